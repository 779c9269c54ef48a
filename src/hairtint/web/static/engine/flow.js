/**
 * Dense optical flow between two small grey frames: where each pixel of one was in the other.
 *
 * Inverse search of small patches from coarse to fine, then a mean of the patches around each pixel in which those
 * that explain it best count most (T. Kroeger et al., "Fast optical flow using dense inverse search",
 * arXiv:1603.03590), then a little blur in place of the paper's variational refinement.
 */

import { boxBlur } from "./blur.js";
import { resize } from "./raster.js";

const PATCH = 8;
const STRIDE = 4;
const STEPS = 12; // of the search, at most
const STILL = 0.01; // pixels a step: the search has arrived
const LEAST = 16; // shorter side of the coarsest frames, about

/**
 * The halved copies of a frame on which motion is searched, finest first.
 * @param {{width: number, height: number, data: ArrayLike<number>}} frame greys
 */
export function halvings(frame) {
  const levels = [halved(frame)];
  while (Math.min(levels.at(-1).width, levels.at(-1).height) >= 2 * LEAST) levels.push(halved(levels.at(-1)));
  return levels;
}

/**
 * @param {ReturnType<typeof halvings>} now
 * @param {ReturnType<typeof halvings>} before of the same size
 * @returns {{x: Float32Array, y: Float32Array, width: number, height: number}} motion to where each pixel of the finest
 *   level was before, in its pixels
 */
export function motion(now, before) {
  let flow = null;
  for (let level = now.length - 1; level >= 0; level--) {
    const { width, height } = now[level];
    const guess = flow ? enlarged(flow, width, height) : null;
    flow = densified(now[level], before[level], searched(now[level], before[level], guess));
  }
  return flow;
}

function halved({ width, height, data }) {
  const [wide, high] = [Math.max(1, width >> 1), Math.max(1, height >> 1)];
  const out = new Float32Array(wide * high);
  for (let y = 0, i = 0; y < high; y++) {
    const [upper, lower] = [2 * y * width, Math.min(2 * y + 1, height - 1) * width];
    for (let x = 0; x < wide; x++, i++) {
      const [l, r] = [2 * x, Math.min(2 * x + 1, width - 1)];
      out[i] = 0.25 * (data[upper + l] + data[upper + r] + data[lower + l] + data[lower + r]);
    }
  }
  return { width: wide, height: high, data: out };
}

function enlarged(flow, width, height) {
  const [x, y] = ["x", "y"].map((axis) => resize({ ...flow, data: flow[axis] }, width, height).data);
  const [byX, byY] = [width / flow.width, height / flow.height];
  return { x: x.map((v) => v * byX), y: y.map((v) => v * byY), width, height };
}

/** The motion of each patch: `columns` by `rows` of them. */
function searched(now, before, guess) {
  const [lefts, tops] = [corners(now.width), corners(now.height)];
  const [columns, rows] = [lefts.length, tops.length];
  const found = { x: new Float32Array(columns * rows), y: new Float32Array(columns * rows), lefts, tops };
  const search = new Search(now, before);
  tops.forEach((top, r) =>
    lefts.forEach((left, c) => {
      const i = r * columns + c;
      search.at(left, top);
      const middle = (top + PATCH / 2) * now.width + left + PATCH / 2;
      search.propose(guess ? guess.x[middle] : 0, guess ? guess.y[middle] : 0);
      if (c) search.propose(found.x[i - 1], found.y[i - 1]);
      if (r) search.propose(found.x[i - columns], found.y[i - columns]);
      [found.x[i], found.y[i]] = search.descend();
    }),
  );
  return found;
}

function corners(side) {
  const last = side - PATCH;
  const out = [];
  for (let at = 0; at < last; at += STRIDE) out.push(at);
  return [...out, Math.max(0, last)];
}

/** Finds one patch after another of `now` in `before`. */
class Search {
  constructor(now, before) {
    this.now = now;
    this.before = before;
    this.patch = new Float32Array(PATCH * PATCH);
    this.slopeX = new Float32Array(PATCH * PATCH);
    this.slopeY = new Float32Array(PATCH * PATCH);
    this.difference = new Float32Array(PATCH * PATCH);
  }

  /** Take the patch with this corner. */
  at(left, top) {
    const { width, height, data } = this.now;
    let [xx, xy, yy, sx, sy] = [0, 0, 0, 0, 0];
    for (let v = 0, i = 0; v < PATCH; v++) {
      const y = Math.min(top + v, height - 1);
      const [row, above, below] = [y * width, Math.max(y - 1, 0) * width, Math.min(y + 1, height - 1) * width];
      for (let u = 0; u < PATCH; u++, i++) {
        const x = Math.min(left + u, width - 1);
        const gx = 0.5 * (data[row + Math.min(x + 1, width - 1)] - data[row + Math.max(x - 1, 0)]);
        const gy = 0.5 * (data[below + x] - data[above + x]);
        this.patch[i] = data[row + x];
        this.slopeX[i] = gx;
        this.slopeY[i] = gy;
        xx += gx * gx;
        xy += gx * gy;
        yy += gy * gy;
        sx += gx;
        sy += gy;
      }
    }
    const count = PATCH * PATCH;
    Object.assign(this, { left, top, sx, sy, x: 0, y: 0, error: Infinity });
    [this.xx, this.xy, this.yy] = [xx - (sx * sx) / count + 1, xy - (sx * sy) / count, yy - (sy * sy) / count + 1];
  }

  /** Keep this motion where it explains the patch better than those proposed before. */
  propose(x, y) {
    const error = this.#compare(x, y);
    if (error < this.error) Object.assign(this, { x, y, error });
  }

  /** Gauss-Newton from the best proposal on; what ran off further than a patch has lost its way. */
  descend() {
    let { x, y } = this;
    const best = { x, y, error: this.error };
    const determinant = this.xx * this.yy - this.xy * this.xy;
    for (let step = 0; step < STEPS; step++) {
      const error = this.#compare(x, y);
      if (error < best.error) Object.assign(best, { x, y, error });
      else if (step) break;
      let [bx, by] = [0, 0];
      for (let i = 0; i < this.patch.length; i++) {
        bx += this.slopeX[i] * this.difference[i];
        by += this.slopeY[i] * this.difference[i];
      }
      const [dx, dy] = [(this.yy * bx - this.xy * by) / determinant, (this.xx * by - this.xy * bx) / determinant];
      x -= dx;
      y -= dy;
      if (dx * dx + dy * dy < STILL * STILL || Math.hypot(x - this.x, y - this.y) > PATCH) break;
    }
    return [best.x, best.y];
  }

  /** The squared error of a motion, but for a difference in brightness; leaves the differences behind. */
  #compare(x, y) {
    const { width, height, data } = this.before;
    const { patch, difference } = this;
    const [right, bottom] = [width - 1, height - 1];
    const [wholeX, wholeY] = [Math.floor(x), Math.floor(y)];
    const [fx, fy] = [x - wholeX, y - wholeY];
    let [sum, squares] = [0, 0];
    for (let v = 0, i = 0; v < PATCH; v++) {
      const at = this.top + v + wholeY;
      const upper = Math.min(Math.max(at, 0), bottom) * width;
      const lower = Math.min(Math.max(at + 1, 0), bottom) * width;
      for (let u = 0; u < PATCH; u++, i++) {
        const from = this.left + u + wholeX;
        const l = Math.min(Math.max(from, 0), right);
        const r = Math.min(Math.max(from + 1, 0), right);
        const above = data[upper + l] + fx * (data[upper + r] - data[upper + l]);
        const below = data[lower + l] + fx * (data[lower + r] - data[lower + l]);
        const d = above + fy * (below - above) - patch[i];
        difference[i] = d;
        sum += d;
        squares += d * d;
      }
    }
    const mean = sum / difference.length;
    for (let i = 0; i < difference.length; i++) difference[i] -= mean;
    return squares - sum * mean;
  }
}

/** The motion of each pixel, from the patches that it lies in. */
function densified(now, before, { x, y, lefts, tops }) {
  const { width, height } = now;
  const [sumX, sumY, mass] = [0, 0, 0].map(() => new Float32Array(width * height));
  tops.forEach((top, r) =>
    lefts.forEach((left, c) => {
      const i = r * lefts.length + c;
      spreadOut(now, before, left, top, x[i], y[i], { sumX, sumY, mass });
    }),
  );
  for (let i = 0; i < mass.length; i++) {
    if (!mass[i]) continue;
    sumX[i] /= mass[i];
    sumY[i] /= mass[i];
  }
  const smooth = (data) => boxBlur({ width, height, data }, 1).data;
  return { x: smooth(sumX), y: smooth(sumY), width, height };
}

function spreadOut(now, before, left, top, x, y, { sumX, sumY, mass }) {
  const { width, height } = now;
  for (let v = top; v < Math.min(top + PATCH, height); v++) {
    for (let u = left; u < Math.min(left + PATCH, width); u++) {
      const i = v * width + u;
      const weight = 1 / Math.max(1, Math.abs(sample(before, u + x, v + y) - now.data[i]));
      sumX[i] += weight * x;
      sumY[i] += weight * y;
      mass[i] += weight;
    }
  }
}

/** The value at a place between pixels; the outermost pixels go on outside. */
export function sample({ width, height, data }, x, y) {
  const cx = x < 0 ? 0 : x > width - 1 ? width - 1 : x;
  const cy = y < 0 ? 0 : y > height - 1 ? height - 1 : y;
  const left = Math.floor(cx);
  const top = Math.floor(cy);
  const i = top * width + left;
  const right = left + 1 < width ? 1 : 0;
  const down = top + 1 < height ? width : 0;
  const above = data[i] + (cx - left) * (data[i + right] - data[i]);
  const below = data[i + down] + (cx - left) * (data[i + down + right] - data[i + down]);
  return above + (cy - top) * (below - above);
}
