/** Dyeing hair whose mask is known, as hairtint/recolor.py does. */

import { Canvas } from "./canvas.js";
import { parseColor } from "./color.js";
import { RECOLOR } from "./constants.js";
import { painter, parseEffect } from "./effects.js";
import { swapHue } from "./hsv.js";
import { round, View } from "./raster.js";
import { mix, Rows } from "./rows.js";
import { measure } from "./shade.js";

/**
 * A Look in a form that can be painted; throws a sentence where it cannot be.
 * @param {import("./index.js").Look} look
 */
export function readLook({ color, strength = 1, method = "natural", effects = [], largestRegion = false }) {
  const dye = parseColor(color);
  if (!(strength >= 0 && strength <= 1)) throw new Error(`strength ${strength}: give a number from 0 to 1`);
  if (method !== "natural" && method !== "hsv") throw new Error(`method "${method}": choose "natural" or "hsv"`);
  if (method === "hsv" && effects.length) throw new Error('effects need method "natural": leave them out');
  return { dye, strength: Number(strength), method, effects: effects.map(parseEffect), largestRegion };
}

/**
 * Change the colour of the hair, in place, and of nothing else.
 * @param {{width: number, height: number, data: Uint8ClampedArray}} picture RGBA; opacity stays
 * @param {{data: Float32Array}} mask of its size, in [0, 1]
 * @param {ReturnType<typeof readLook>} look
 * @param {import("./shade.js").Shade|null} [shade] the hair before dyeing; null measures this picture
 */
export function recolor(picture, mask, look, shade = null) {
  const { width, height } = picture;
  if (mask.data.length !== width * height) {
    throw new Error(`the mask has ${mask.data.length} values, the picture ${width} x ${height}: give a mask of its size`);
  }
  const box = look.strength > 0 ? visible(mask.data, width, height) : null;
  if (!box) return;
  const part = View.rgba(picture).box(box);
  const cover = new View(mask.data, width, height).box(box);
  if (look.method === "hsv") return swapHue(part, cover, look.dye, look.strength);
  const canvas = new Canvas(part, cover, shade ?? measure(part, cover), look.dye);
  paint(canvas, cover, look);
}

function paint(canvas, cover, { dye, strength, effects }) {
  const coat = canvas.coat(dye);
  const painters = effects.map((effect) => painter(effect, canvas)); // before the first pixel changes
  const rows = new Rows(canvas, cover);
  const dyed = new Uint8ClampedArray(3 * canvas.width);
  const { data, offset, row, pixel } = canvas.picture;
  for (let y = 0; y < canvas.height; y++) {
    if (!rows.load(y)) continue;
    rows.dyed(coat, dyed);
    for (const add of painters) add(dyed, rows);
    mix(rows.behind, dyed, rows.mask, rows.from, rows.to);
    put(rows, data, offset + y * row, pixel, strength);
  }
}

/** The row's pixels, moved from what they were towards what they are now. */
function put({ behind, mask, from, to }, data, start, pixel, strength) {
  for (let x = from, i = 3 * from, at = start + from * pixel; x < to; x++, i += 3, at += pixel) {
    if (mask[x] === 0) continue;
    if (strength === 1) {
      data[at] = behind[i];
      data[at + 1] = behind[i + 1];
      data[at + 2] = behind[i + 2];
    } else {
      for (let k = 0; k < 3; k++) data[at + k] += round((behind[i + k] - data[at + k]) * strength);
    }
  }
}

/** The box around all hair that can change a byte, with a margin of background; null without any. */
function visible(data, width, height) {
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let y = 0; y < height; y++) {
    const at = y * width;
    for (let x = 0; x < width; x++) {
      if (!(data[at + x] > RECOLOR.VISIBLE)) continue;
      if (y < top) top = y;
      if (y >= bottom) bottom = y + 1;
      if (x < left) left = x;
      if (x >= right) right = x + 1;
    }
  }
  if (right <= left) return null;
  const { MARGIN } = RECOLOR;
  return {
    left: Math.max(0, left - MARGIN),
    top: Math.max(0, top - MARGIN),
    right: Math.min(width, right + MARGIN),
    bottom: Math.min(height, bottom + MARGIN),
  };
}
