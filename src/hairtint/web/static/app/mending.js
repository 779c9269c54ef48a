/** What the visitor has changed of a mask, by strokes of a soft round brush. */

import { clip } from "../engine/numbers.js";
import { between, blendRows, widen } from "../engine/raster.js";

const MOST = 50; // steps that can be undone

/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */
/** @typedef {{x: number, y: number}} Point in pixels of the mask */

export class Mending {
  #found;
  #data;
  #kept; // the share of what was found that stays, and what is added to it: so it holds for a larger mask too
  #added;
  #undoable = []; // of each step its box, and the values before it

  /** @param {import("../engine/index.js").Mask} mask is not changed */
  constructor(mask) {
    this.#found = mask;
    this.#data = mask.data.slice();
    this.#kept = new Float32Array(mask.data.length).fill(1);
    this.#added = new Float32Array(mask.data.length);
  }

  /** The mended mask: a new object each time, with the same values until the next stroke. */
  get mask() {
    return { ...this.#found, data: this.#data };
  }

  get undoable() {
    return this.#undoable.length > 0;
  }

  /** Whether the mask is as it was found. */
  get pristine() {
    return this.#kept.every((share) => share === 1) && this.#added.every((value) => value === 0);
  }

  /**
   * A stroke of the brush from a place on.
   * @param {Point} from @param {number} radius in pixels, fading from its half on @param {boolean} hair or none
   * @returns {{box: Box, to: (point: Point) => Box, end: () => void, cancel: () => Box}} boxes of what has changed
   */
  stroke(from, radius, hair) {
    const before = { kept: this.#kept.slice(), added: this.#added.slice() };
    const cover = new Float32Array(this.#data.length); // by how much this stroke has gone over each pixel
    let last = from;
    let whole = null;
    const to = (point) => {
      const box = this.#around(last, point, radius);
      this.#each(box, (i, x, y) => {
        const part = softness(distance(x + 0.5, y + 0.5, last, point) / radius);
        if (part <= cover[i]) return;
        cover[i] = part;
        this.#set(i, before.kept[i] * (1 - part), before.added[i] * (1 - part) + (hair ? part : 0));
      });
      last = point;
      whole = union(whole ?? box, box);
      return box;
    };
    const end = () => {
      const cut = (data) => this.#values(whole, data);
      this.#remember({ box: whole, kept: cut(before.kept), added: cut(before.added) });
    };
    const cancel = () => {
      end();
      return this.undo();
    };
    return { box: to(from), to, end, cancel };
  }

  /** Takes the last stroke or reset back. @returns {Box} what has changed */
  undo() {
    const { box, kept, added } = this.#undoable.pop();
    let at = 0;
    this.#each(box, (i) => this.#set(i, kept[at], added[at++]));
    return box;
  }

  /** The mask as it was found, by a step that can be undone. @returns {Box} what has changed */
  reset() {
    const { width, height } = this.#found;
    const box = { left: 0, top: 0, right: width, bottom: height };
    this.#remember({ box, kept: this.#kept.slice(), added: this.#added.slice() });
    this.#each(box, (i) => this.#set(i, 1, 0));
    return box;
  }

  /** The same strokes on a mask of the picture at another size. @param {import("../engine/index.js").Mask} mask */
  applied({ width, height, data }) {
    const [down, across] = [between(this.#found.height, height), between(this.#found.width, width)];
    const short = new Float32Array(this.#found.width);
    const [kept, added] = [new Float32Array(width), new Float32Array(width)];
    const out = new Float32Array(data.length);
    for (let y = 0, i = 0; y < height; y++) {
      for (const [all, row] of [[this.#kept, kept], [this.#added, added]]) {
        blendRows({ ...this.#found, data: all }, down.left[y], down.share[y], short);
        widen(short, across, row);
      }
      for (let x = 0; x < width; x++, i++) out[i] = kept[x] * data[i] + added[x];
    }
    return { width, height, data: out };
  }

  /** The mask in a box. @param {Box} box */
  part(box) {
    const { left, top, right, bottom } = box;
    return { width: right - left, height: bottom - top, data: this.#values(box, this.#data) };
  }

  #remember(step) {
    this.#undoable.push(step);
    if (this.#undoable.length > MOST) this.#undoable.shift();
  }

  #set(i, kept, added) {
    this.#kept[i] = kept;
    this.#added[i] = added;
    this.#data[i] = kept * this.#found.data[i] + added;
  }

  #values(box, data) {
    const out = new Float32Array((box.right - box.left) * (box.bottom - box.top));
    let at = 0;
    this.#each(box, (i) => (out[at++] = data[i]));
    return out;
  }

  #each({ left, top, right, bottom }, visit) {
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) visit(y * this.#found.width + x, x, y);
  }

  /** The box around a brush that goes from one place to another; empty where that is beside the mask. */
  #around(one, other, radius) {
    const { width, height } = this.#found;
    const [low, high] = [Math.min, Math.max].map((of) => [of(one.x, other.x), of(one.y, other.y)]);
    const [left, right] = [low[0] - radius, high[0] + radius].map((x) => clip(Math.round(x), 0, width));
    const [top, bottom] = [low[1] - radius, high[1] + radius].map((y) => clip(Math.round(y), 0, height));
    return { left, top, right, bottom };
  }
}

function union(one, other) {
  return {
    left: Math.min(one.left, other.left),
    top: Math.min(one.top, other.top),
    right: Math.max(one.right, other.right),
    bottom: Math.max(one.bottom, other.bottom),
  };
}

/** Of a place from the way between two others. */
function distance(x, y, from, to) {
  const [wide, high] = [to.x - from.x, to.y - from.y];
  const share = clip(((x - from.x) * wide + (y - from.y) * high) / (wide * wide + high * high || 1), 0, 1);
  return Math.hypot(x - from.x - share * wide, y - from.y - share * high);
}

/** How much of the brush is at a distance from its middle, in radiuses. */
function softness(distance) {
  const t = clip(2 - 2 * distance, 0, 1);
  return t * t * (3 - 2 * t);
}
