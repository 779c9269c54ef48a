/** A photo of several people, or a very long one, is seen in parts as well: see hairtint/parts.py. */

import { PARTS } from "./constants.js";
import { cores } from "./matte.js";
import { clip } from "./numbers.js";
import { resize, round } from "./raster.js";
import { regions } from "./regions.js";

const { LONG, LEAST, TRACE, CELLS, SPECK, APART, BESIDE, SMALL, FEW, MANY, STEEP } = PARTS;

/**
 * The mask of a picture: the most that the whole and the parts show.
 * @param {Pyramid} picture
 * @param {(picture: Pyramid) => Promise<{probability: Plane, mask: Plane}>} see the mask in the picture's size
 * @param {(picture: Pyramid) => Promise<Plane>} look is asked about places where more hair may be
 * @typedef {import("./pyramid.js").Pyramid} Pyramid
 * @typedef {{width: number, height: number, data: Float32Array}} Plane
 */
export async function seen(picture, see, look) {
  const { probability, mask } = await see(picture);
  const grid = await wanted(probability, picture, look);
  if (!grid) return mask;
  const votes = new Votes(mask);
  for (const { rows, columns } of places(picture.size, grid)) {
    votes.add((await see(part(picture, rows, columns))).mask.data, rows, columns);
  }
  votes.raise(mask.data);
  const kept = cores(mask);
  for (let i = 0; i < kept.length; i++) mask.data[i] *= kept[i];
  return mask;
}

/** What the parts show at each place: see _Votes in hairtint/parts.py. */
class Votes {
  #hair;
  #rest;
  #weight;
  #width;
  #height;

  constructor({ width, height }) {
    [this.#hair, this.#rest, this.#weight] = Array.from({ length: 3 }, () => new Float32Array(width * height));
    [this.#width, this.#height] = [width, height];
  }

  add(data, rows, columns) {
    const down = weights(rows, this.#height);
    const across = weights(columns, this.#width);
    for (let y = 0, i = 0; y < down.length; y++) {
      let at = (rows[0] + y) * this.#width + columns[0];
      for (let x = 0; x < across.length; x++, i++, at++) {
        const weight = down[y] * across[x];
        if (data[i] > 0.5) {
          this.#weight[at] += weight;
          this.#hair[at] += weight * data[i];
        } else this.#rest[at] += weight * data[i];
      }
    }
  }

  /** Values raised to the result. */
  raise(data) {
    for (let i = 0; i < data.length; i++) {
      const weight = this.#weight[i];
      const share = clip(STEEP * (weight - 0.5) + 0.5, 0, 1);
      const hair = this.#hair[i] / Math.max(weight, 1e-6);
      const rest = this.#rest[i] / Math.max(1 - weight, 1e-6);
      data[i] = Math.max(data[i], rest + share * (hair - rest));
    }
  }
}

/** How many parts the picture is to be seen in; null where the whole shows all there is. */
async function wanted(probability, picture, look) {
  const { size } = picture;
  const { width, height } = size;
  if (width * height < LEAST) return null;
  const many = gridOf(size, MANY);
  if (Math.max(width, height) > LONG * Math.min(width, height)) return many;
  const some = probability.data.some((v) => v > 0.5);
  const found = some ? heads(probability, width / height) : [];
  if (found.length > 1) return many;
  const suspects = some ? beside(found, size) : places(size, gridOf(size, FEW));
  for (const { rows, columns } of suspects) {
    const { data } = await look(part(picture, rows, columns));
    const share = data.reduce((sum, v) => sum + (v > 0.5), 0) / data.length;
    if (share > 0 && share < (some ? 1 : SMALL)) return many;
  }
  return null;
}

function part(picture, rows, columns) {
  return picture.box({ left: columns[0], top: rows[0], right: columns.at(-1), bottom: rows.at(-1) });
}

/** So many parts, those nearest to squares. */
function gridOf({ width, height }, count) {
  const grids = [];
  for (let down = 1; down <= count; down++) if (count % down === 0) grids.push({ down, across: count / down });
  const odd = ({ down, across }) => Math.abs(Math.log(((height / (down + 1)) * (across + 1)) / width));
  return grids.reduce((best, grid) => (odd(grid) < odd(best) ? grid : best));
}

/** Rows and columns of each part, row by row: where it begins, counts in full and ends. */
function places({ width, height }, { down, across }) {
  return spans(height, down).flatMap((rows) => spans(width, across).map((columns) => ({ rows, columns })));
}

function spans(length, count) {
  const edges = Array.from({ length: count + 2 }, (_, k) => round((length * k) / (count + 1)));
  return edges.slice(2).map((last, k) => [edges[k], edges[k + 1], last]);
}

/** Of the pixels of a span; those of all spans of a length add up to 1. */
function weights([first, middle, last], length) {
  return Float32Array.from({ length: last - first }, (_, i) => {
    const x = i + 0.5;
    if (first + x < middle) return first === 0 ? 1 : x / (middle - first);
    return last === length ? 1 : (last - first - x) / (last - middle);
  });
}

/** Where each head's hair begins and ends across the picture, as shares of its width, a margin included. */
function heads(probability, narrow) {
  const cells = resize(probability, CELLS, CELLS);
  const near = new Float32Array(CELLS * CELLS);
  const { labels, areas } = regions(cells, TRACE);
  const least = SPECK * Math.max(...areas);
  for (const [k, { left, top, right, bottom }] of boxes(labels, areas.length).entries()) {
    if (areas[k + 1] < least) continue;
    const margin = APART * Math.max((right - left) * narrow, bottom - top);
    const [down, across] = [Math.ceil(margin), Math.ceil(margin / narrow)];
    for (let y = Math.max(0, top - down); y < Math.min(CELLS, bottom + down); y++) {
      near.fill(1, y * CELLS + Math.max(0, left - across), y * CELLS + Math.min(CELLS, right + across));
    }
  }
  const joined = regions({ width: CELLS, height: CELLS, data: near }, 0);
  return boxes(joined.labels, joined.areas.length).map(({ left, right }) => [left / CELLS, right / CELLS]);
}

/** The box of each region. */
function boxes(labels, count) {
  const found = Array.from({ length: count }, () => ({ left: CELLS, top: CELLS, right: 0, bottom: 0 }));
  labels.forEach((k, i) => {
    const [box, x, y] = [found[k], i % CELLS, Math.floor(i / CELLS)];
    box.left = Math.min(box.left, x);
    box.right = Math.max(box.right, x + 1);
    box.top = Math.min(box.top, y);
    box.bottom = Math.max(box.bottom, y + 1);
  });
  return found.slice(1);
}

/** The wider side of a wide picture beside a head, where there is room for another. */
function beside(found, { width, height }) {
  return found.flatMap((edges) => {
    const [left, right] = edges.map((edge) => round(edge * width));
    const columns = left > width - right ? [0, left] : [right, width];
    return width > height && columns[1] - columns[0] >= BESIDE * width ? [{ rows: [0, height], columns }] : [];
  });
}
