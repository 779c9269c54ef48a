/** How soft a photo is: where hair fades more slowly than its mask does, the mask follows. See hairtint/softness.py. */

import { blur } from "./blur.js";
import { bounds, widened } from "./box.js";
import { Canvas } from "./canvas.js";
import { CANVAS, SOFTNESS } from "./constants.js";
import { part } from "./matte.js";
import { clip, median } from "./numbers.js";
import { round, View } from "./raster.js";
import { Sides } from "./sides.js";
import { measure } from "./shade.js";

const { SHARPER, MOST, REACH, POINTS, LEAST, CLEAR, TAIL, GRAIN, FLAT } = SOFTNESS;
const range = (from, to) => Array.from({ length: to - from }, (_, i) => from + i);

/**
 * The mask as soft as its photo along the outline of the hair; itself where it is no sharper.
 * @param {{width: number, height: number, data: Float32Array}} mask in [0, 1]
 * @param {View} picture red, green and blue
 */
export function asSoft(mask, picture) {
  const sigma = missing(mask, picture);
  if (!sigma) return mask;
  const { width, height } = mask;
  const box = widened(bounds(new View(mask.data, width, height)), round(3 * sigma) + CANVAS.MARGIN, width, height);
  const blurred = blur(part(mask, box), sigma);
  blurred.data.forEach((share, i) => (blurred.data[i] = clip((share - TAIL) / (1 - 2 * TAIL), 0, 1)));
  byColour(blurred, picture.box(box));
  const soft = blur(blurred, GRAIN * sigma);
  const data = new Float32Array(width * height);
  for (let y = 0; y < soft.height; y++) {
    data.set(soft.data.subarray(y * soft.width, (y + 1) * soft.width), (box.top + y) * width + box.left);
  }
  return { width, height, data };
}

/** By how many pixels, as the sigma of a blur, the edge of the mask is sharper than the photo's; 0 if by few. */
function missing(mask, picture) {
  const { width, height, data } = mask;
  const found = bounds(new View(data, width, height), 0.5);
  if (!found) return 0;
  const box = widened(found, 1, width, height);
  const hair = part(mask, box);
  const reach = Math.min(Math.max(4, round(REACH * Math.max(hair.width, hair.height))), 14);
  const near = (x, y) => [clip(x, 0, width - 1), clip(y, 0, height - 1)];
  const share = (x, y) => (([i, k]) => data[k * width + i])(near(x, y));
  const colour = (x, y) => {
    const [i, k] = near(x, y);
    const at = picture.offset + k * picture.row + i * picture.pixel;
    return [picture.data[at], picture.data[at + 1], picture.data[at + 2]];
  };
  const mean = (places) => [0, 1, 2].map((k) => places.reduce((sum, place) => sum + colour(...place)[k], 0) / 4);
  const around = range(-((reach + 1) >> 1) - 1, ((reach + 1) >> 1) + 2);
  const [photo, own] = [[], []];
  for (const [column, row] of outline(hair)) {
    const [x, y] = [box.left + column, box.top + row];
    const right = share(x + 2, y) - share(x - 2, y);
    const down = share(x, y + 2) - share(x, y - 2);
    const length = Math.max(Math.hypot(right, down), 1e-6);
    const steps = [1.25, 1.75, 2.25, 2.75].map((t) => [right, down].map((v) => round((t * reach * v) / length)));
    const [inner, outer] = [1, -1].map((side) => steps.map(([i, k]) => [x + side * i, y + side * k]));
    const behind = mean(outer);
    const gap = mean(inner).map((v, k) => v - behind[k]);
    const distance = gap.reduce((sum, v) => sum + v * v, 0);
    const known = inner.every((p) => share(...p) > 0.5) && outer.every((p) => share(...p) < 0.5);
    if (!known || !(distance > CLEAR ** 2)) continue;
    const along = (levels) => levels.reduce((sum, level, k) => sum + (level - behind[k]) * gap[k], 0) / distance;
    const patch = (value) => around.map((down) => around.map((right) => value(x + right, y + down)));
    photo.push(sigmaOf(patch((i, k) => clip(along(colour(i, k)), -0.2, 1.2))));
    own.push(sigmaOf(patch(share)));
  }
  if (photo.length < LEAST) return 0;
  const sigma = Math.sqrt(Math.max(median(photo) ** 2 - median(own) ** 2, 0));
  return sigma > SHARPER ? Math.min(sigma, MOST) : 0;
}

/** At most POINTS pixels where hair begins or ends, in some rows and in some columns. */
function outline({ width, height, data }) {
  const step = Math.max(1, Math.floor(Math.min(width, height) / 96));
  const found = [];
  const look = (x, y, next) => data[y * width + x] > 0.5 !== data[y * width + x + next] > 0.5 && found.push([x, y]);
  for (let y = 0; y < height; y += step) for (let x = 0; x + 1 < width; x++) look(x, y, 1);
  for (let y = 0; y + 1 < height; y++) for (let x = 0; x < width; x += step) look(x, y, width);
  const few = Math.min(found.length, POINTS);
  return range(0, few).map((i) => found[Math.floor((i * found.length) / few)]);
}

/** The blur of an edge from 0 to 1 in a patch, told by its steepest slope. */
function sigmaOf(patch) {
  let most = 0;
  for (let y = 1; y + 1 < patch.length; y++) {
    const [a, b, c] = [patch[y - 1], patch[y], patch[y + 1]];
    for (let l = 0, x = 1, r = 2; r < b.length; l++, x++, r++) {
      const across = a[r] - a[l] + 2 * (b[r] - b[l]) + c[r] - c[l];
      const down = c[l] - a[l] + 2 * (c[x] - a[x]) + c[r] - a[r];
      most = Math.max(most, Math.hypot(across, down) / 8);
    }
  }
  return 1 / (Math.sqrt(2 * Math.PI) * Math.max(most, FLAT));
}

/** Give each faint and each nearly solid pixel the share of hair that its colour speaks for, where that tells; in place. */
function byColour(mask, picture) {
  const { width, height, data } = mask;
  const cover = new View(data.slice(), width, height);
  const canvas = new Canvas(picture, cover, measure(picture, cover));
  if (!canvas.behind) return;
  const sides = new Sides(canvas);
  for (let y = 0, i = 0; y < height; y++) {
    sides.load(y);
    for (let x = 0, at = picture.offset + y * picture.row; x < width; x++, i++, at += picture.pixel) {
      if (!(data[i] > 0 && data[i] < 1)) continue;
      sides.at(x);
      const { found, clear } = sides.told(picture.data, at);
      const mixed = data[i] * (1 - data[i]);
      data[i] += clear * (Math.min(10 * mixed, 1) - 4 * mixed) * (clip(found, 0, 1) - data[i]);
    }
  }
}
