/** Means and Gaussian blurs of planes of floats. */

import { CANVAS } from "./constants.js";
import { clip } from "./numbers.js";
import { resize, round } from "./raster.js";

const { PACES, SHORT, AGREE } = CANVAS;

/**
 * The mean of the (2 radius + 1)^2 pixels around each, one channel.
 * @param {{width: number, height: number, data: ArrayLike<number>}} plane
 * @param {number} radius
 * @param {number} edge 0 mirrors the picture at its rim with the outermost pixel twice (BORDER_REFLECT), 1 with it once
 *   (BORDER_REFLECT_101)
 */
export function boxBlur({ width, height, data }, radius, edge = 0) {
  const side = 2 * radius + 1;
  const rows = mirror(height, radius, edge);
  const columns = mirror(width, radius, edge);
  const out = new Float32Array(width * height);
  const sums = new Float64Array(width);
  for (let t = 0; t < side; t++) addRow(sums, data, rows[t] * width);
  for (let y = 0; y < height; y++) {
    slide(sums, columns, radius, out, y * width);
    if (y + 1 < height) exchange(sums, data, rows[y + side] * width, rows[y] * width);
  }
  return { width, height, data: out };
}

/** The means of 2 radius + 1 neighbours along a row of sums; `columns` says what stands outside of it. */
function slide(sums, columns, radius, out, at) {
  const side = 2 * radius + 1;
  const scale = 1 / (side * side);
  const width = sums.length;
  const inside = Math.max(radius, width - radius - 1); // from `radius` to here all neighbours are in the row
  let sum = 0;
  let x = 0;
  for (let t = 0; t < side; t++) sum += sums[columns[t]];
  for (; x < radius && x < width; x++) {
    out[at + x] = sum * scale;
    sum += sums[columns[x + side]] - sums[columns[x]];
  }
  for (; x < inside && x < width; x++) {
    out[at + x] = sum * scale;
    sum += sums[x + radius + 1] - sums[x - radius];
  }
  for (; x < width; x++) {
    out[at + x] = sum * scale;
    sum += sums[columns[x + side]] - sums[columns[x]];
  }
}

/** One row enters the sums, another leaves them. */
function exchange(sums, data, enters, leaves) {
  for (let x = 0; x < sums.length; x++) sums[x] += data[enters + x] - data[leaves + x];
}

function addRow(sums, data, at) {
  for (let x = 0; x < sums.length; x++) sums[x] += data[at + x];
}

/** The pixel that stands at each place from `radius` before the first to one more than that behind the last. */
function mirror(count, radius, edge) {
  const places = new Int32Array(count + 2 * radius + 2);
  const period = Math.max(1, 2 * count - 2 * edge);
  for (let i = 0; i < places.length; i++) {
    const k = (((i - radius) % period) + period) % period;
    places[i] = k < count ? k : 2 * count - 1 - edge - k;
  }
  return places;
}

/** A Gaussian blur; the outermost pixels go on outside. A wide one is as smooth at half the size. */
export function blur(plane, sigma) {
  const { width, height } = plane;
  if (sigma > 3 && Math.min(width, height) > 32) {
    return resize(blur(half(plane), sigma / 2), width, height);
  }
  const kernel = gaussian(sigma);
  return { width, height, data: turned(turned(plane.data, width, height, kernel), height, width, kernel) };
}

/** The right half of the kernel, from its middle on. */
function gaussian(sigma) {
  const radius = Math.round(sigma * 8 + 1) >> 1;
  const half = Float64Array.from({ length: radius + 1 }, (_, i) => Math.exp((-i * i) / (2 * sigma * sigma)));
  const sum = 2 * half.reduce((a, b) => a + b) - half[0];
  return half.map((v) => v / sum);
}

/** The rows blurred and written as columns: done twice, both directions are blurred and the picture stands as before. */
function turned(data, width, height, kernel) {
  const radius = kernel.length - 1;
  const out = new Float32Array(width * height);
  const row = new Float64Array(width + 2 * radius + 4);
  for (let y = 0; y < height; y++) {
    const at = y * width;
    row.fill(data[at], 0, radius);
    for (let x = 0; x < width; x++) row[radius + x] = data[at + x];
    row.fill(data[at + width - 1], radius + width);
    for (let x = 0; x < width; x += 4) {
      fourth(row, x + radius, kernel, sums);
      for (let k = 0; k < 4 && x + k < width; k++) out[(x + k) * height + y] = sums[k];
    }
  }
  return out;
}

const sums = new Float64Array(4);

/** Four pixels of a row at once, which saves loading most of them four times. */
function fourth(row, at, kernel, out) {
  const middle = kernel[0];
  let a = middle * row[at];
  let b = middle * row[at + 1];
  let c = middle * row[at + 2];
  let d = middle * row[at + 3];
  for (let k = 1; k < kernel.length; k++) {
    const weight = kernel[k];
    a += weight * (row[at - k] + row[at + k]);
    b += weight * (row[at - k + 1] + row[at + k + 1]);
    c += weight * (row[at - k + 2] + row[at + k + 2]);
    d += weight * (row[at - k + 3] + row[at + k + 3]);
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/** Means of 2x2 pixels; an odd row or column at the end is left out or stands alone, as OpenCV rounds the size. */
function half({ width, height, data }) {
  const [wide, high] = [round(width / 2), round(height / 2)];
  const out = new Float32Array(wide * high);
  for (let y = 0; y < high; y++) {
    const upper = 2 * y * width;
    const lower = 2 * y + 1 < height ? upper + width : upper;
    for (let x = 0; x < wide; x++) {
      const left = 2 * x;
      const right = left + 1 < width ? left + 1 : left;
      out[y * wide + x] = (data[upper + left] + data[upper + right] + data[lower + left] + data[lower + right]) / 4;
    }
  }
  return { width: wide, height: high, data: out };
}

/** Means along the line of least change through each place: `_along_strands` of hairtint/canvas.py. */
export function alongStrands({ width, height, data }) {
  const count = data.length;
  const [even, odd] = [0, 1].map(() => ({ width, height, data: new Float32Array(count) }));
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i++) {
      const right = data[x + 1 < width ? i + 1 : i] - data[x ? i - 1 : i];
      const down = data[y + 1 < height ? i + width : i] - data[y ? i - width : i];
      even.data[i] = down * down - right * right;
      odd.data[i] = -2 * right * down;
    }
  }
  const turns = [even, odd].map((part) => blur(part, 5));
  const [cosine, sine] = turns.map((part) => part.data);
  const [x, y, dx, dy] = [0, 1, 2, 3].map(() => new Float32Array(2 * count)); // one way, the other
  for (let i = 0; i < count; i++) {
    const length = Math.sqrt(cosine[i] ** 2 + sine[i] ** 2) + 1e-6;
    cosine[i] /= length;
    sine[i] /= length;
    x[i] = x[i + count] = i % width;
    y[i] = y[i + count] = Math.floor(i / width);
    dx[i + count] = -(dx[i] = Math.sqrt(Math.max(1 + cosine[i], 0) / 2));
    dy[i + count] = -(dy[i] = Math.sqrt(Math.max(1 - cosine[i], 0) / 2) * (sine[i] < 0 ? -1 : 1));
  }
  const around = turns.map((part) => blur(part, 9).data);
  const further = around[0].map((c, i) => clip((Math.hypot(c, around[1][i]) - AGREE[0]) / (AGREE[1] - AGREE[0]), 0, 1));
  PACES.forEach((pace, step) => {
    const means = data.map((v) => v / 2);
    for (let i = 0; i < 2 * count; i++) {
      const px = near((x[i] += pace * dx[i]), width - 1);
      const py = near((y[i] += pace * dy[i]), height - 1);
      const fx = (px & 31) / 32;
      const fy = (py & 31) / 32;
      const at = (py >> 5) * width + (px >> 5);
      const right = at + (fx ? 1 : 0);
      const below = fy ? width : 0;
      means[i < count ? i : i - count] += sample(data, at, right, below, fx, fy) / 4;
      const c = sample(cosine, at, right, below, fx, fy);
      const s = sample(sine, at, right, below, fx, fy);
      const across = (1 + c) * dx[i] + s * dy[i];
      const down = s * dx[i] + (1 - c) * dy[i];
      const length = Math.sqrt(across * across + down * down) + 1e-6;
      dx[i] = across / length;
      dy[i] = down / length;
    }
    data = step < SHORT ? means : data.map((v, i) => v + further[i] * (means[i] - v));
  });
  return { width, height, data };
}

/** What a plane is between two places and the two below them. */
function sample(plane, left, right, below, fx, fy) {
  const upper = plane[left] + fx * (plane[right] - plane[left]);
  return upper + fy * (plane[left + below] + fx * (plane[right + below] - plane[left + below]) - upper);
}

/** A place from 0 to `last`, in 1/32 of a pixel, as OpenCV samples. */
function near(place, last) {
  return Math.min(Math.max(Math.floor(32 * place + 0.5), 0), 32 * last);
}
