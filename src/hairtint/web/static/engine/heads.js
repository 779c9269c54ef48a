/** Several people in one picture: their hair is told apart where one dye would not come out alike, as hairtint/heads.py. */

import { HEADS } from "./constants.js";
import { GREY_LIGHTNESS } from "./perceptual.js";
import { grey, View } from "./raster.js";
import { regions } from "./regions.js";
import { blocks } from "./shade.js";

const { APART, LEAST, MOST, CORE, SAMPLES } = HEADS;

/**
 * The mask of each shade of hair that is clearly another; the mask itself where there is but one.
 * @param {View} picture red, green and blue
 * @param {{width: number, height: number, data: Float32Array}} mask of its size
 * @param {{left: number, top: number, right: number, bottom: number}} box around all hair
 */
export function toldApart(picture, mask, box) {
  const { width, height, data } = mask;
  const step = Math.max(1, Math.floor(Math.min(box.right - box.left, box.bottom - box.top) / SAMPLES));
  const few = blocks(new View(data, width, height).box(box), step);
  const map = regions(few, CORE);
  if (map.areas.length < 3) return [mask];
  const groups = grouped(map, blocks(picture.box(box), step));
  const most = Math.max(...groups.values());
  if (most === 0) return [mask];
  const nearest = spread(map, groups);
  const cell = (place, start, count) => Math.min(count - 1, Math.max(0, Math.floor((place - start) / step)));
  return Array.from({ length: most + 1 }, (_, group) => {
    const part = new Float32Array(data.length);
    for (let y = 0, i = 0; y < height; y++) {
      const row = cell(y, box.top, map.height) * map.width;
      for (let x = 0; x < width; x++, i++) {
        if (nearest[row + cell(x, box.left, map.width)] === group) part[i] = data[i];
      }
    }
    return { width, height, data: part };
  });
}

/** The group of each large region by its shade, from 0 for the darkest on. */
function grouped({ labels, areas, width }, { data, offset, row, pixel }) {
  const largest = areas.map((_, k) => k).slice(1).sort((a, b) => areas[b] - areas[a]).slice(0, MOST);
  const large = largest.filter((k) => areas[k] >= LEAST * areas[largest[0]]);
  const levels = new Map(large.map((k) => [k, []]));
  labels.forEach((k, i) => {
    const at = offset + Math.floor(i / width) * row + (i % width) * pixel;
    levels.get(k)?.push(GREY_LIGHTNESS[grey(data[at], data[at + 1], data[at + 2])]);
  });
  const sorted = large.map((k) => [k, median(levels.get(k))]).sort((a, b) => a[1] - b[1]);
  let group = 0;
  return new Map(sorted.map(([k, level], i) => [k, i && level - sorted[i - 1][1] > APART ? ++group : group]));
}

function median(values) {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

/** The group of the nearest large region, for each place. */
function spread({ labels, width, height }, groups) {
  const nearest = Int32Array.from(labels, (k) => groups.get(k) ?? -1);
  let ring = [...nearest.keys()].filter((i) => nearest[i] >= 0);
  while (ring.length) {
    const next = [];
    for (const at of ring) {
      eachNeighbour(at, width, height, (i) => {
        if (nearest[i] >= 0) return;
        nearest[i] = nearest[at];
        next.push(i);
      });
    }
    ring = next;
  }
  return nearest;
}

function eachNeighbour(at, width, height, visit) {
  const [x, y] = [at % width, Math.floor(at / width)];
  for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
    for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) visit(j * width + i);
  }
}
