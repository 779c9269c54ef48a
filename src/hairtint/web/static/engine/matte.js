/** From the network's small probability map to a soft mask at the picture's own size: see hairtint/matte.py. */

import { boxBlur } from "./blur.js";
import { bounds, widened } from "./box.js";
import { MATTE } from "./constants.js";
import { between, blendRows, grey, greys, resize, round, View } from "./raster.js";
import { regions } from "./regions.js";

const { GUIDE, FAINT, DOUBT, LARGER, EPSILON } = MATTE;
const SHARES = Float32Array.from({ length: 256 }, (_, level) => level / 255);

/**
 * @param {{width: number, height: number, data: Float32Array}} probability in [0, 1]
 * @param {import("./pyramid.js").Pyramid} pyramid of the picture
 * @param {number | null} [reach] how many pixels of the map the outline may move and soften; null: what suits the map
 *     of a whole picture
 * @returns {{width: number, height: number, data: Float32Array}} the mask, in [0, 1]
 */
export function refine(probability, pyramid, reach = null) {
  const { width, height } = pyramid.view;
  const little = pyramid.near(GUIDE);
  const [wide, high] = [little.width, little.height];
  const mask = resize(probability, wide, high);
  const longest = Math.max(probability.width, probability.height);
  const far = reach ?? Math.max(MATTE.REACH, MATTE.SHARE * longest);
  const radius = Math.max(1, round((far * Math.max(wide, high)) / longest));
  const full = new Float32Array(width * height);
  const near = bounds(new View(mask.data, wide, high), FAINT);
  const crop = near && widened(near, 4 * radius, wide, high);
  const fit = crop && fitted(greys(little.box(crop), SHARES), part(mask, crop), radius);
  if (fit) {
    const columns = span(crop.left + fit.box.left, crop.left + fit.box.right, wide, width);
    const rows = span(crop.top + fit.box.top, crop.top + fit.box.bottom, high, height);
    if (columns.to > columns.from && rows.to > rows.from) apply(fit, crop, pyramid.view, columns, rows, full);
  }
  return { width, height, data: full };
}

/** Slope and offset where there is hair, 0 elsewhere, and the box of it; null without any. */
function fitted(guide, mask, radius) {
  const fit = linear(guide, mask, radius);
  const box = settle(fit, guide, mask);
  return box && { ...fit, box };
}

/** Slope and offset, averaged over all windows a pixel lies in: mask = slope * guide + offset; and the mean mask. */
function linear(guide, mask, radius) {
  const { width, height } = guide;
  const [g, m] = [guide.data, mask.data];
  const plane = (data) => ({ width, height, data });
  const mean = (data) => boxBlur(plane(data), radius).data;
  const [meanGuide, meanMask] = [mean(g), mean(m)];
  const squares = new Float32Array(g.length);
  const products = new Float32Array(g.length);
  for (let i = 0; i < g.length; i++) {
    squares[i] = g[i] * g[i];
    products[i] = g[i] * m[i];
  }
  const [slope, offset] = [mean(squares), mean(products)];
  for (let i = 0; i < g.length; i++) {
    const variance = slope[i] - meanGuide[i] * meanGuide[i];
    slope[i] = (offset[i] - meanGuide[i] * meanMask[i]) / (variance + EPSILON);
    offset[i] = meanMask[i] - slope[i] * meanGuide[i];
  }
  return { slope: plane(mean(slope)), offset: plane(mean(offset)), around: plane(meanMask) };
}

/**
 * Where the map is sure, no texture may enter the mask; where no hair has a core, there is none. Changes slope and
 * offset, and returns the box of what is left, or null.
 */
function settle({ slope, offset, around }, guide, mask) {
  const { width, height } = guide;
  const value = new Float32Array(width * height);
  doubted(slope.data, offset.data, around.data, guide.data, mask.data, value);
  const core = cores({ width, height, data: value });
  const box = { left: width, top: height, right: 0, bottom: 0 };
  const hair = grown(core, width, height, box);
  for (const part of [slope.data, offset.data]) {
    for (let i = 0; i < part.length; i++) part[i] *= hair[i];
  }
  return box.right > box.left ? box : null;
}

/** Slope and offset weakened where the map is sure, and what they give. */
function doubted(slope, offset, around, guide, mask, value) {
  const scale = 1 / (1 - 2 * DOUBT);
  for (let i = 0; i < value.length; i++) {
    const unsure = 4 * around[i] * (1 - around[i]);
    slope[i] *= unsure * scale;
    offset[i] = (offset[i] * unsure + mask[i] * (1 - unsure) - DOUBT) * scale;
    value[i] = slope[i] * guide[i] + offset[i];
  }
}

/** Which regions above 0 reach one half somewhere: 1 there, 0 elsewhere. */
export function cores(plane) {
  const { labels, areas } = regions(plane, 0);
  const kept = new Uint8Array(areas.length);
  for (let i = 0; i < labels.length; i++) if (plane.data[i] > 0.5) kept[labels[i]] = 1;
  return Uint8Array.from(labels, (k) => kept[k]);
}

/** The regions and one pixel around them; `box` grows to hold them. */
function grown(core, width, height, box) {
  const hair = new Uint8Array(core.length);
  for (let y = 0; y < height; y++) {
    const [above, below] = [Math.max(0, y - 1) * width, Math.min(height - 1, y + 1) * width];
    const row = y * width;
    let [first, last] = [width, -1];
    for (let x = 0; x < width; x++) {
      if (!core[above + x] && !core[row + x] && !core[below + x]) continue;
      if (x) hair[row + x - 1] = 1;
      hair[row + x] = 1;
      if (x + 1 < width) hair[row + x + 1] = 1;
      if (x < first) first = x;
      last = x;
    }
    if (last < 0) continue;
    box.left = Math.min(box.left, Math.max(0, first - 1));
    box.right = Math.max(box.right, Math.min(width, last + 2));
    box.top = Math.min(box.top, y);
    box.bottom = y + 1;
  }
  return hair;
}

/** A stretch of the small copy with a margin, and the stretch of the `size` pixels that it stands for. */
function span(start, end, count, size) {
  const first = Math.max(0, start - 1);
  const last = Math.min(count, end + 1);
  return { first, last, from: round((first * size) / count), to: round((last * size) / count) };
}

/** The linear function at full size, on the rows and columns that hold hair. */
function apply({ slope, offset }, crop, view, columns, rows, full) {
  const across = between(columns.last - columns.first, columns.to - columns.from);
  const down = between(rows.last - rows.first, rows.to - rows.from);
  const [left, right] = [columns.first - crop.left, columns.last - crop.left];
  const [top, bottom] = [rows.first - crop.top, rows.last - crop.top];
  const parts = [slope, offset].map((plane) => part(plane, { left, top, right, bottom }));
  const s = new Float32Array(columns.last - columns.first);
  const o = new Float32Array(columns.last - columns.first);
  for (let y = rows.from; y < rows.to; y++) {
    const [upper, share] = [down.left[y - rows.from], down.share[y - rows.from]];
    blendRows(parts[0], upper, share, s);
    blendRows(parts[1], upper, share, o);
    line(s, o, across, view, y, columns.from, full);
  }
}

/** One row of the linear function, from a column on; slope and offset come at the small copy's width. */
function line(slope, offset, { left, share }, { data, offset: origin, row, pixel, width }, y, from, full) {
  const last = slope.length - 1;
  let place = origin + y * row + from * pixel;
  let at = y * width + from;
  for (let x = 0; x < left.length; x++, at++, place += pixel) {
    const i = left[x];
    const k = i < last ? i + 1 : last;
    const s = slope[i];
    const o = offset[i];
    const nextS = slope[k];
    const nextO = offset[k];
    if (s === 0 && o === 0 && nextS === 0 && nextO === 0) continue; // far from hair
    const level = SHARES[grey(data[place], data[place + 1], data[place + 2])];
    const value = (s + share[x] * (nextS - s)) * level + o + share[x] * (nextO - o);
    full[at] = value < 0 ? 0 : value > 1 ? 1 : value;
  }
}

export function part({ data, width }, { left, top, right, bottom }) {
  const wide = right - left;
  const out = new Float32Array(wide * (bottom - top));
  for (let y = top; y < bottom; y++) {
    out.set(data.subarray(y * width + left, y * width + right), (y - top) * wide);
  }
  return { width: wide, height: bottom - top, data: out };
}

/**
 * The mask with every region but the largest set to 0; its soft rim stays with it. In video the region that lies on most
 * of what was kept of the frame `before` is kept, unless another is clearly larger.
 */
export function largestRegion(mask, before) {
  const { width, height, data } = mask;
  const { labels, areas } = regions(mask, 0.5);
  let chosen = ofMost(areas);
  if (before?.width === width && before.height === height) {
    const shared = areas.map(() => 0);
    labels.forEach((k, i) => k && before.data[i] > 0.5 && shared[k]++);
    const known = ofMost(shared);
    if (LARGER * areas[known] >= areas[chosen]) chosen = known;
  }
  const around = regions(mask, 0.25).labels;
  const rims = new Set();
  labels.forEach((k, i) => k && k === chosen && rims.add(around[i]));
  const kept = data.map((v, i) => (rims.has(around[i]) && (labels[i] === chosen || !(v > 0.5)) ? v : 0));
  return { width, height, data: kept };
}

function ofMost(counts) {
  return counts.reduce((most, count, k) => (count > counts[most] ? k : most), 0);
}
