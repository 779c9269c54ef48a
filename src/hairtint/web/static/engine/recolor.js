/** Dyeing hair whose mask is known, as hairtint/recolor.py does. */

import { bounds, widened } from "./box.js";
import { Canvas } from "./canvas.js";
import { parseColor } from "./color.js";
import { CANVAS, RECOLOR } from "./constants.js";
import { painter, parseEffect } from "./effects.js";
import { swapHue } from "./hsv.js";
import { round, View } from "./raster.js";
import { mix, Rows } from "./rows.js";
import { toldApart } from "./heads.js";
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
 * @param {ReturnType<import("./heads.js").Heads["follow"]>|null} [heads] the hair before dyeing; null measures this picture
 */
export function recolor(picture, mask, look, heads = null) {
  new Subject(picture, mask, heads).dye(look, picture.data);
}

/** A picture and its mask, to be dyed once or again and again: what no dye changes is worked out only once. */
export class Subject {
  #canvas = null;
  #heads; // the mask and the shade of each
  #parts = null; // the same, where there are several, to be dyed one by one

  /** As `recolor`. */
  constructor(picture, mask, heads = null) {
    const { width, height } = picture;
    if (mask.data.length !== width * height) {
      throw new Error(`the mask has ${mask.data.length} values, the picture ${width} x ${height}: give a mask of its size`);
    }
    this.#heads = heads?.length ? heads : null;
    Object.assign(this, { picture, mask, box: visible(mask.data, width, height) });
  }

  /**
   * @param {ReturnType<typeof readLook>} look
   * @param {Uint8ClampedArray} out holds the picture, and after this the dyed one; a copy where it is to be dyed again
   */
  dye(look, out) {
    if (!this.box || !(look.strength > 0)) return;
    const { width, height } = this.picture;
    const [part, target] = [this.picture, { width, height, data: out }].map((whole) => View.rgba(whole).box(this.box));
    const mask = new View(this.mask.data, width, height);
    const cover = mask.box(this.box);
    if (look.method === "hsv") return swapHue(target, cover, look.dye, look.strength);
    this.#heads ??= this.#toldApart();
    if (this.#heads.length > 1) {
      this.#parts ??= this.#heads.map((head) => new Subject(this.picture, head.mask, [head]));
      return this.#parts.forEach((subject) => subject.dye(look, out));
    }
    this.#canvas ??= new Canvas(part, cover, this.#heads[0].shade);
    paint(this.#canvas, cover, look, target);
  }

  /** The mask and the shade of all hair, or of each head whose shade is clearly another. */
  #toldApart() {
    const [whole, { width, height }] = [View.rgba(this.picture), this.picture];
    const masks = toldApart(whole, { width, height, data: this.mask.data }, this.box);
    return masks.map((mask) => ({ mask, shade: measure(whole, new View(mask.data, width, height)) }));
  }
}

function paint(canvas, cover, { dye, strength, effects }, target) {
  const coat = canvas.coat(dye);
  const painters = effects.map((effect) => painter(effect, canvas, dye)); // before the first pixel changes
  const rows = new Rows(canvas, cover);
  const dyed = new Uint8ClampedArray(3 * canvas.width);
  const { data, offset, row, pixel } = target;
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

/** The box around all hair that can change a byte, with a margin of background, by whole paces; null without any. */
function visible(data, width, height) {
  const { VISIBLE, PACE } = RECOLOR;
  const found = bounds(new View(data, width, height), VISIBLE);
  if (!found) return null;
  const { left, top, right, bottom } = widened(found, CANVAS.MARGIN, width, height);
  const [from, to] = [(at) => Math.floor(at / PACE) * PACE, (at) => Math.ceil(at / PACE) * PACE];
  return { left: from(left), top: from(top), right: Math.min(width, to(right)), bottom: Math.min(height, to(bottom)) };
}
