/** Several people in one picture: their hair is told apart where one dye would not come out alike, as hairtint/heads.py. */

import { HEADS } from "./constants.js";
import { View } from "./raster.js";
import { blocks, measure } from "./shade.js";

const { APART, LEAST, SAMPLES } = HEADS;

/**
 * The mask of each shade of hair that is clearly another; the mask itself where there is but one.
 * @param {View} picture red, green and blue
 * @param {{width: number, height: number, data: Float32Array}} mask of its size
 */
export function toldApart(picture, mask) {
  const step = Math.max(1, Math.floor(Math.min(mask.width, mask.height) / SAMPLES));
  const few = dense(blocks(new View(mask.data, mask.width, mask.height), step));
  if (new Set(grouped(blocks(picture, step), few).groups).size < 2) return [mask];
  const { labels, groups } = grouped(picture, mask);
  return [...new Set(groups)].map((group) => only(mask, (i) => groups[labels[i]] === group));
}

/** The region of each pixel, 0 where there is no hair, and the group of each region by its shade. */
function grouped(picture, mask) {
  const { labels, areas } = regions(mask);
  if (areas.length < 3) return { labels, groups: areas.map(() => 0) };
  const most = Math.max(...areas);
  const large = areas.flatMap((area, k) => (area > 0 && area >= LEAST * most ? [k] : []));
  const lightness = new Map(large.map((k) => [k, measure(picture, view(only(mask, (i) => labels[i] === k))).lightness]));
  large.sort((a, b) => lightness.get(a) - lightness.get(b));
  const known = new Map();
  let group = 0;
  large.forEach((k, i) => {
    if (i && lightness.get(k) - lightness.get(large[i - 1]) > APART) group++;
    known.set(k, group);
  });
  return { labels, groups: areas.map((_, k) => known.get(k) ?? known.get(areas.indexOf(most))) };
}

/** What hangs together of a mask above 0, by corners as well: a number for each pixel, and how many have each. */
function regions({ width, height, data }) {
  const labels = new Int32Array(data.length);
  const areas = [0];
  const stack = [];
  for (let seed = 0; seed < data.length; seed++) {
    if (labels[seed] || !(data[seed] > 0)) continue;
    const label = areas.push(0) - 1;
    labels[seed] = label;
    stack.push(seed);
    while (stack.length) {
      const at = stack.pop();
      areas[label]++;
      const [x, y] = [at % width, Math.floor(at / width)];
      for (let j = Math.max(0, y - 1); j <= Math.min(height - 1, y + 1); j++) {
        for (let i = Math.max(0, x - 1); i <= Math.min(width - 1, x + 1); i++) {
          const next = j * width + i;
          if (labels[next] || !(data[next] > 0)) continue;
          labels[next] = label;
          stack.push(next);
        }
      }
    }
  }
  return { labels, areas };
}

const only = (mask, wanted) => ({ ...mask, data: mask.data.map((v, i) => (wanted(i) ? v : 0)) });
const view = ({ data, width, height }) => new View(data, width, height);

/** The values of a view of a mask, one after another. */
function dense({ data, width, height, offset, row, pixel }) {
  const values = Float32Array.from({ length: width * height }, (_, i) => {
    const y = Math.floor(i / width);
    return data[offset + y * row + (i - y * width) * pixel];
  });
  return { width, height, data: values };
}
