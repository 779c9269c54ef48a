/** What a hairdresser does beyond one colour: the effects of hairtint/effects.py, painted row by row. */

import { parseColor } from "./color.js";
import { EFFECTS } from "./constants.js";
import { atLevel } from "./natural.js";
import { GREY_LIGHTNESS, lab } from "./perceptual.js";
import { mix, UNIT } from "./rows.js";

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i; // Number() reads more than Python does, as 0x1
const HEX = /^([0-9a-f]{3}|[0-9a-f]{6})$/i; // a colour, even where it could be a number

/**
 * Read "kind:value:value", as Python does: colours and numbers in any order.
 * @param {string} text such as "ombre:platinum:0.5", "gloss:0.4" or "highlights"
 * @returns {{kind: string, color?: number[]|null} & Record<string, any>} the effect's fields
 */
export function parseEffect(text) {
  const [name, ...parts] = String(text).split(":").map((part) => part.trim());
  const kind = name.toLowerCase();
  const fields = Object.hasOwn(EFFECTS, kind) ? EFFECTS[kind] : null;
  if (!fields) throw new Error(`unknown effect "${name.slice(0, 40)}": choose one of ${Object.keys(EFFECTS).join(", ")}`);
  const usage = [kind, ...fields.map((field) => field.name.toUpperCase())].join(":");
  const numbers = fields.map((field) => field.name).filter((field) => field !== "color");
  const takesColor = numbers.length < fields.length;
  const values = { kind };
  for (const part of parts.filter(Boolean)) {
    const number = NUMBER.test(part) ? Number(part) : NaN;
    const share = number >= 0 && number <= 1;
    if ((!share || HEX.test(part)) && takesColor && !("color" in values)) values.color = parseColor(part);
    else if (share && numbers.length) values[numbers.shift()] = number;
    else throw new Error(`${kind}: "${part.slice(0, 40)}" is too much or not from 0 to 1, write ${usage}`);
  }
  for (const field of fields) values[field.name] ??= field.default;
  if (takesColor && values.color === undefined) throw new Error(`${kind} needs a colour: write ${usage}`);
  return values;
}

/**
 * Make an effect ready for the rows of a canvas in one dye.
 * @returns {(dyed: Uint8ClampedArray, rows: import("./rows.js").Rows) => void} paints on one dyed row
 */
export function painter(effect, canvas, dye) {
  return PAINTERS[effect.kind](effect, canvas, dye);
}

const PAINTERS = {
  ombre({ color, start, softness }, canvas) {
    const weight = swayed(canvas, canvas.along, 0.08, (at) => step(at, start, softness));
    return over(canvas, color, weight);
  },
  roots({ color, depth, amount }, canvas, dye) {
    const most = depth ? amount : 0; // the step keeps a width
    const weight = swayed(canvas, canvas.along, 0.15 * depth, (at) => most * (1 - step(at, 0.7 * depth, 1.1 * depth)));
    return over(canvas, other(color, dye, -40), weight);
  },
  highlights: (effect, canvas, dye) => locks(effect, canvas, dye, 1),
  lowlights: (effect, canvas, dye) => locks(effect, canvas, dye, -1),
  "two-tone"({ color, softness }, canvas) {
    return over(canvas, color, swayed(canvas, canvas.across, 0.06, (at) => step(at, 0, softness)));
  },
  gloss({ amount }, { shade }) {
    const reach = Math.max(shade.high - shade.lightness, 6);
    const [shine, depth] = [new Float32Array(256), new Float32Array(256)];
    GREY_LIGHTNESS.forEach((level, grey) => {
      shine[grey] = 0.45 * amount * step(level, shade.lightness + 0.9 * reach, 1.6 * reach);
      depth[grey] = 0.2 * amount * (1 - step(level, shade.lightness - 0.5 * reach, reach));
    });
    return (dyed, rows) => {
      fade(dyed, rows, depth, 0);
      fade(dyed, rows, shine, 255);
    };
  },
};

function locks({ color, amount, share }, canvas, dye, side) {
  const middle = 0.1 + 1.35 * (1 - share) ** 2;
  const maps = side > 0 ? [canvas.strands, canvas.parting] : [canvas.strands];
  const weight = weights(canvas, maps, ([strand, skin = 0]) => amount * step(side * strand, middle, 0.9) * (1 - skin));
  return over(canvas, other(color, dye, 24 * side), weight);
}

/** A weight from a map of places, moved a little from lock to lock. */
function swayed(canvas, map, sway, weight) {
  return weights(canvas, [map, canvas.strands], ([at, strand]) => weight(at + sway * strand));
}

/** A function that gives a row's weights, worked out from its values on some maps. */
function weights({ width }, maps, weight) {
  const buffers = maps.map(() => new Float32Array(width));
  const values = maps.map(() => 0);
  const out = new Float32Array(width);
  return ({ y, from, to }) => {
    maps.forEach((map, k) => map.row(y, buffers[k]));
    for (let x = from; x < to; x++) {
      for (let k = 0; k < buffers.length; k++) values[k] = buffers[k][x];
      out[x] = weight(values);
    }
    return out;
  };
}

/** Paints another dye by weights. */
function over(canvas, color, weight) {
  const coat = canvas.coat(color);
  const fresh = new Uint8ClampedArray(3 * canvas.width);
  return (dyed, rows) => mix(dyed, rows.dyed(coat, fresh), weight(rows), rows.from, rows.to);
}

/** Moves a row towards black or white, by a weight for each grey of the hair below. */
function fade(dyed, { grey, from, to }, table, value) {
  for (let x = from, i = 3 * from; x < to; x++, i += 3) {
    const up = table[grey[x]] * UNIT;
    const down = (1 - table[grey[x]]) * UNIT;
    dyed[i] = dyed[i] * down + value * up;
    dyed[i + 1] = dyed[i + 1] * down + value * up;
    dyed[i + 2] = dyed[i + 2] * down + value * up;
  }
}

/** A smooth step from 0 to 1 around `middle`. */
function step(value, middle, width) {
  const t = Math.min(Math.max((value - middle) / Math.max(width, 1e-3) + 0.5, 0), 1);
  return t * t * (3 - 2 * t);
}

/** The colour asked for, or the main dye made lighter or darker by `change` of L*. */
function other(color, dye, change) {
  return color ?? atLevel(dye, Math.min(Math.max(lab(dye)[0] + change, 8), 92));
}
