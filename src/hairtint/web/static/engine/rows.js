/** The rows of a canvas at full size, dyed one after another: `Rows` of hairtint/canvas.py. */

import { CANVAS, NATURAL } from "./constants.js";
import { clip } from "./numbers.js";
import { grey } from "./raster.js";
import { Sides } from "./sides.js";

const { OWN, FAINT, SOLID } = CANVAS;
const LAST = NATURAL.ENTRIES - 1;
const TINGE = Uint8ClampedArray.from({ length: 511 }, (_, i) => (i - 255) * OWN + 128); // of a colour's difference

export class Rows {
  /**
   * @param {import("./canvas.js").Canvas} canvas
   * @param {import("./raster.js").View} cover the mask of its box
   */
  constructor(canvas, cover) {
    const { width } = canvas;
    Object.assign(this, { canvas, cover, width, y: 0, from: 0, to: 0 });
    this.expected = expectedColours(canvas.shade);
    this.sides = canvas.behind && new Sides(canvas);
    this.hair = new Uint8ClampedArray(3 * width);
    this.behind = new Uint8ClampedArray(3 * width);
    this.own = new Uint8ClampedArray(3 * width);
    this.grey = new Uint8Array(width);
    this.mask = new Float32Array(width);
  }

  /** Go to row `y`; false where it has no hair. Hair lies from column `from` to before `to`. */
  load(y) {
    const { cover, mask, width } = this;
    let at = cover.offset + y * cover.row;
    let [from, to] = [width, 0];
    for (let x = 0; x < width; x++, at++) {
      const share = cover.data[at];
      mask[x] = share < 0 ? 0 : share > 1 ? 1 : share;
      if (share > 0) {
        if (x < from) from = x;
        to = x + 1;
      }
    }
    Object.assign(this, { y, from, to });
    if (from >= to) return false;
    this.#read();
    this.#colours();
    return true;
  }

  /** The row in one dye: bytes in `out`, meaningless outside the mask. */
  dyed({ levels, colours, offset }, out) {
    const { own, grey: greys, mask: claim, from, to } = this;
    const places = offset.narrow(this.y);
    const { left, share } = offset.across;
    const last = places.length - 1;
    for (let x = from, i = 3 * from; x < to; x++, i += 3) {
      if (claim[x] === 0) continue;
      const place = left[x];
      const start = places[place];
      const moved = start + share[x] * (places[place < last ? place + 1 : last] - start);
      const step = (levels[greys[x]] + moved + 0.5) | 0;
      const k = 3 * (step < 0 ? 0 : step > LAST ? LAST : step);
      out[i] = colours[k] + own[i] - 128;
      out[i + 1] = colours[k + 1] + own[i + 1] - 128;
      out[i + 2] = colours[k + 2] + own[i + 2] - 128;
    }
    return out;
  }

  /** The row's pixels that have hair, hair and background taken apart where the mask is soft. */
  #read() {
    const { hair, behind, mask, from, to } = this;
    const { data, offset, row, pixel } = this.canvas.picture;
    let at = offset + this.y * row + from * pixel;
    let soft = false;
    for (let x = from, i = 3 * from; x < to; x++, i += 3, at += pixel) {
      if (mask[x] === 0) continue;
      behind[i] = hair[i] = data[at];
      behind[i + 1] = hair[i + 1] = data[at + 1];
      behind[i + 2] = hair[i + 2] = data[at + 2];
      soft ||= mask[x] > FAINT && mask[x] < SOLID;
    }
    if (soft && this.sides) this.#unmix(); // without any background that is known, both are what is seen
  }

  #unmix() {
    const { hair, behind, mask, sides } = this;
    sides.load(this.y);
    for (let x = this.from; x < this.to; x++) {
      const claimed = mask[x];
      if (!(claimed > FAINT && claimed < SOLID)) continue;
      sides.at(x);
      const { found, clear } = sides.told(hair, 3 * x);
      const share = claimed + clear * 4 * claimed * (1 - claimed) * (clip((found - 0.1) / 0.75, 0, 1) - claimed);
      const rest = 1 - share;
      const scale = 1 / (share * share + rest * rest);
      for (let k = 0, i = 3 * x; k < 3; k++, i++) {
        const [own, back] = [sides.hair[k], sides.behind[k]];
        const left = (hair[i] - share * own - rest * back) * scale; // what the two do not explain
        hair[i] = own + share * left;
        behind[i] = back + rest * left;
      }
      mask[x] = share;
    }
  }

  /** Greys, and how each pixel's colour differs from what its grey lets expect. */
  #colours() {
    const { hair, own, expected, grey: greys, mask: claim, from, to } = this;
    for (let x = from, i = 3 * from; x < to; x++, i += 3) {
      if (claim[x] === 0) continue;
      const level = grey(hair[i], hair[i + 1], hair[i + 2]);
      greys[x] = level;
      own[i] = TINGE[255 + hair[i] - expected[3 * level]];
      own[i + 1] = TINGE[255 + hair[i + 1] - expected[3 * level + 1]];
      own[i + 2] = TINGE[255 + hair[i + 2] - expected[3 * level + 2]];
    }
  }
}

export const UNIT = 1 / (1 + 1e-5); // OpenCV's blendLinear divides by the sum of the weights and this little more

/** Bytes from `below` moved towards `above` by a weight in [0, 1] for each pixel, three bytes a pixel; in place. */
export function mix(below, above, weight, from, to) {
  for (let x = from, i = 3 * from; x < to; x++, i += 3) {
    if (weight[x] === 0) continue;
    const up = weight[x] * UNIT;
    const down = (1 - weight[x]) * UNIT;
    below[i] = below[i] * down + above[i] * up;
    below[i + 1] = below[i + 1] * down + above[i + 1] * up;
    below[i + 2] = below[i + 2] * down + above[i + 2] * up;
  }
}

/** What colour hair of this shade has at each grey: its own up to its median, white at white. */
function expectedColours({ rgb }) {
  const middle = Math.min(Math.max(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2], 1), 254);
  const table = new Uint8ClampedArray(3 * 256);
  for (let level = 0; level < 256; level++) {
    const tinge = Math.min(level, (middle * (255 - level)) / (255 - middle));
    for (let k = 0; k < 3; k++) table[3 * level + k] = level + tinge * (rgb[k] / middle - 1);
  }
  return table;
}
