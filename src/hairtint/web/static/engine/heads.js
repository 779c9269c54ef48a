/** Several people in one picture: their hair is told apart where one dye would not come out alike, as hairtint/heads.py. */

import { HEADS } from "./constants.js";
import { median } from "./numbers.js";
import { GREY_LIGHTNESS } from "./perceptual.js";
import { grey, View } from "./raster.js";
import { regions } from "./regions.js";
import { blocks, measure, towards } from "./shade.js";

const { APART, LEAST, MOST, CORE, SHADE_RATE, SHARED, STAYS, SAMPLES, NEAR } = HEADS;

/**
 * The mask of each shade of hair that is clearly another; the mask itself where there is but one.
 * @param {View} picture red, green and blue
 * @param {{width: number, height: number, data: Float32Array}} mask of its size
 * @param {{left: number, top: number, right: number, bottom: number}} box around all hair
 */
export function toldApart(picture, mask, box) {
  const map = mapped(picture, mask, box);
  return map.large.length < 2 ? [mask] : parts(mask, map, spread(map, byShade(map)));
}

/** The hair of a video: whose is where, and each one's shade, followed from frame to frame. */
export class Heads {
  shades = [];
  #owners = null; // whose the nearest hair was in the frame before, by its place in `shades`

  /** Forget the frames before, as at a cut. */
  reset() {
    this.shades = [];
    this.#owners = null;
  }

  /**
   * The masks of the next frame's heads, all together the mask, each with its steadied shade; none without hair.
   * @param {View} picture red, green and blue
   * @param {{width: number, height: number, data: Float32Array}} mask of its size
   * @returns {{mask: object, shade: import("./shade.js").Shade}[]}
   */
  follow(picture, mask) {
    const map = mapped(picture, mask, { left: 0, top: 0, right: mask.width, bottom: mask.height });
    if (this.#owners?.length !== map.labels.length) this.reset();
    let [known, masks] = [[0], [mask]];
    if (map.some.length < 2 && this.shades.length < 2) this.#owners = new Int32Array(map.labels.length); // nearly always
    else {
      const owners = spread(map, this.shades.length ? this.#recognised(map) : byShade(map));
      known = [...new Set(owners)].sort((a, b) => a - b);
      this.#owners = owners.map((k) => known.indexOf(k));
      masks = parts(mask, map, this.#owners);
    }
    const now = masks.map(({ data, width, height }) => measure(picture, new View(data, width, height)));
    this.shades = now[0] ? now.map((shade, k) => this.#followed(known[k], shade)) : [];
    return this.shades.map((shade, k) => ({ mask: masks[k], shade }));
  }

  /** A known head's shade moved towards what is measured; as measured where it is another's, or in other light. */
  #followed(number, now) {
    const before = this.shades[number] ?? now;
    return Math.abs(before.lightness - now.lightness) > APART ? now : towards(before, now, SHADE_RATE);
  }

  /** Whose each large region is, -1 elsewhere: the head's that was there, unless it looks like another. */
  #recognised(map) {
    const levels = this.shades.map((shade) => shade.lightness);
    const alike = levels.map((level, k) => levels.findIndex((v, j) => j === k || Math.abs(v - level) < APART / 2));
    const before = this.#owners.map((k) => alike[k]); // heads that have come to look alike are one
    const groups = new Int32Array(map.labels.length).fill(-1);
    for (const number of map.some) {
      const cells = cellsOf(map, number);
      const counts = levels.map(() => 0);
      for (const i of cells) counts[before[i]]++;
      const touching = [...counts.keys()].filter((k) => counts[k] >= SHARED * cells.length);
      if (touching.length > 1) {
        divide(map, cells, before, levels, touching, groups);
        continue;
      }
      const level = median(cells.map((i) => map.lightness[i]));
      const away = levels.map((v) => Math.abs(v - level));
      const there = counts.indexOf(Math.max(...counts));
      let closest = away[there] <= APART ? there : away.indexOf(Math.min(...away));
      if (!map.large.includes(number) && closest !== there) continue;
      if (away[closest] > APART) closest = levels.push(level) - 1;
      for (const i of cells) groups[i] = closest;
    }
    return groups;
  }
}

/** Which of the heads that touch each cell of their region belongs to: by its look, and by where they were. */
function divide(map, cells, before, levels, heads, groups) {
  for (const i of cells) {
    const level = levelAround(map, i);
    const unlike = heads.map((k) => Math.abs(level - levels[k]) - (before[i] === k ? STAYS : 0));
    groups[i] = heads[unlike.indexOf(Math.min(...unlike))];
  }
}

/** The mean lightness of the hair around a cell. */
function levelAround({ labels, lightness, width, height }, at) {
  let [sum, count] = [0, 0];
  eachNeighbour(at, width, height, NEAR >> 1, (i) => {
    if (!labels[i]) return;
    sum += lightness[i];
    count++;
  });
  return sum / count;
}

/** The regions of hair in cells of `step` pixels: `some` may be known heads, the `large` ones of them any. */
function mapped(picture, mask, box) {
  const step = Math.max(1, Math.floor(Math.min(box.right - box.left, box.bottom - box.top) / SAMPLES));
  const map = regions(blocks(new View(mask.data, mask.width, mask.height).box(box), step), CORE);
  const { areas, labels, width } = map;
  const { data, offset, row, pixel } = blocks(picture.box(box), step);
  const largest = areas.map((_, k) => k).slice(1).sort((a, b) => areas[b] - areas[a]).slice(0, MOST);
  const [some, large] = [LEAST / 2, LEAST].map((least) => largest.filter((k) => areas[k] >= least * areas[largest[0]]));
  const lightness = Float32Array.from(labels, (k, i) => {
    const at = offset + Math.floor(i / width) * row + (i % width) * pixel;
    return k && GREY_LIGHTNESS[grey(data[at], data[at + 1], data[at + 2])];
  });
  return { ...map, some, large, lightness, step, box };
}

function cellsOf({ labels }, number) {
  const cells = [];
  labels.forEach((k, i) => k === number && cells.push(i));
  return cells;
}

/** The group of each large region by its shade, from 0 for the darkest on; -1 elsewhere. */
function byShade(map) {
  const groups = new Int32Array(map.labels.length).fill(-1);
  const sorted = map.large.map((k) => {
    const cells = cellsOf(map, k);
    return { cells, level: median(cells.map((i) => map.lightness[i])) };
  });
  sorted.sort((a, b) => a.level - b.level);
  let group = 0;
  sorted.forEach(({ cells, level }, k) => {
    if (k && level - sorted[k - 1].level > APART) group++;
    for (const i of cells) groups[i] = group;
  });
  return groups;
}

/** Each cell's group, that of the nearest one that has any; changes `groups`. */
function spread({ width, height }, groups) {
  const first = groups.find((k) => k >= 0) ?? 0;
  if (groups.every((k) => k < 0 || k === first)) return groups.fill(first);
  let ring = [...groups.keys()].filter((i) => groups[i] >= 0);
  while (ring.length) {
    const next = [];
    for (const at of ring) {
      eachNeighbour(at, width, height, 1, (i) => {
        if (groups[i] >= 0) return;
        groups[i] = groups[at];
        next.push(i);
      });
    }
    ring = next;
  }
  return groups;
}

function eachNeighbour(at, width, height, reach, visit) {
  const [x, y] = [at % width, Math.floor(at / width)];
  for (let j = Math.max(0, y - reach); j <= Math.min(height - 1, y + reach); j++) {
    for (let i = Math.max(0, x - reach); i <= Math.min(width - 1, x + reach); i++) visit(j * width + i);
  }
}

/** The mask of each group of cells; the mask itself where there is but one. */
function parts(mask, { box, step, width: wide, height: high }, groups) {
  const { width, height, data } = mask;
  const count = groups.reduce((most, k) => Math.max(most, k), 0) + 1;
  if (count === 1) return [mask];
  const cell = (place, start, most) => Math.min(most - 1, Math.max(0, Math.floor((place - start) / step)));
  return Array.from({ length: count }, (_, group) => {
    const part = new Float32Array(data.length);
    for (let y = 0, i = 0; y < height; y++) {
      const row = cell(y, box.top, high) * wide;
      for (let x = 0; x < width; x++, i++) {
        if (groups[row + cell(x, box.left, wide)] === group) part[i] = data[i];
      }
    }
    return { width, height, data: part };
  });
}
