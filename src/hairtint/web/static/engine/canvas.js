/** A picture with its hair, laid out for dyeing: small maps of the box around it, as in hairtint/canvas.py. */

import { alongStrands, blur } from "./blur.js";
import { CANVAS } from "./constants.js";
import { Tone, ramp } from "./natural.js";
import { GREY_LIGHTNESS } from "./perceptual.js";
import { clip } from "./numbers.js";
import { between, blendRows, greys, resize, round, shrink, stretch, View, widen } from "./raster.js";

const { SMALL } = CANVAS;
const COATS = 32; // a canvas keeps at most so many

/** A small map that gives any of its rows at full size. */
class Tall {
  /** @param {{width: number, height: number, channels?: number, data: Float32Array}} plane */
  constructor(plane, width, height) {
    this.plane = plane;
    this.down = between(plane.height, height);
    this.across = between(plane.width, width);
    this.short = new Float32Array(plane.width * (plane.channels ?? 1));
  }

  /** Row `y`, its width still small. */
  narrow(y) {
    blendRows(this.plane, this.down.left[y], this.down.share[y], this.short);
    return this.short;
  }

  /** Row `y` at full width. */
  row(y, out) {
    widen(this.narrow(y), this.across, out);
    return out;
  }
}

export class Canvas {
  #coats = new Map();
  #maps = new Map();

  /**
   * @param {import("./raster.js").View} picture the box around the hair, red, green and blue
   * @param {import("./raster.js").View} cover its mask, in [0, 1]
   * @param {import("./shade.js").Shade} shade the hair before dyeing
   */
  constructor(picture, cover, shade) {
    Object.assign(this, { picture, shade, width: picture.width, height: picture.height });
    const [wide, high] = this.#size(SMALL);
    const small = look(picture, wide, high, 3);
    this.cover = look(cover, wide, high, 1, Float32Array);
    const inside = this.#from(this.cover, (c) => clip(2 * c - 1, 0, 1) ** 2);
    const outside = this.#from(this.cover, (c) => clip(1 - 3 * c, 0, 1) ** 2);
    this.inside = inside;
    const level = levels(small);
    const size = this.#size(SMALL >> 1); // enough for what is blurred widely
    const [hair, within, without] = [this.cover, inside, outside].map((plane) => resized(plane, size));
    [this.base] = spread([resized(times(level, inside), size)], within, [6, 2], [shade.lightness]);
    const rim = this.#from(blur(hair, 2.5), (c) => Math.min(2 - 2 * c, 1.2));
    const mean = weightedMean(rim.data, within.data);
    this.rim = this.#from(rim, (r) => r - mean);
    const colours = channels(small, size);
    this.hair = this.tall(near(colours, within, shade.rgb));
    const known = outside.data.some((weight) => weight > 0);
    this.behind = known ? this.tall(near(colours, without, background(small, outside))) : null;
  }

  /** What one dye needs: the part of each grey, the colours, and the part of each place. */
  coat(dye) {
    const key = dye.join();
    if (!this.#coats.has(key)) {
      if (this.#coats.size >= COATS) this.#coats.clear();
      const tone = new Tone(this.shade, dye);
      const offset = { ...this.base, data: this.base.data.map((base, i) => tone.offset(base, this.rim.data[i])) };
      this.#coats.set(key, { levels: tone.levels(), colours: ramp(dye, tone.exposure), offset: this.tall(offset) });
    }
    return this.#coats.get(key);
  }

  tall(plane) {
    return new Tall(plane, this.width, this.height);
  }

  /** How far down the hair, from the crown (0) to the tips (1): distance from the crown, sideways counted half. */
  get along() {
    return this.#once("along", () => {
      const top = this.quantile(this.#places((x, y) => y), 0.01);
      const distance = this.#places((x, y) => Math.hypot(0.5 * (x - this.crown), Math.max(y - top, 0)));
      const longest = Math.max(this.quantile(distance, 0.97), 1e-3);
      return this.tall(this.#from(distance, (d) => clip(d / longest, 0, 1)));
    });
  }

  /** From left (-1) to right (1) of the picture, 0 at the parting. */
  get across() {
    const half = Math.max(this.cover.width / 2, 1);
    return this.#once("across", () => this.tall(this.#places((x) => (x - this.crown) / half)));
  }

  /** The column of the parting on the small maps: the middle of the topmost fifth of the hair. */
  get crown() {
    return this.#once("crown", () => {
      const { data, width } = this.cover;
      const end = (Math.floor(this.quantile(this.#places((x, y) => y), 0.2)) + 1) * width;
      let [sum, mass] = [0, 0];
      for (let i = 0; i < end; i++) {
        sum += (i % width) * data[i];
        mass += data[i];
      }
      return sum / Math.max(mass, 1e-6);
    });
  }

  /**
   * How a lock stands out from its neighbours, about -1 (shadow) to 1 (light): a band-pass of lightness, its mean
   * along the strands. It fades towards the outline, where the light of the background mixes in.
   */
  get strands() {
    return this.#once("strands", () => {
      const level = levels(look(this.picture, ...this.#size(4 * SMALL), 3));
      const within = blur(resize(this.inside, level.width, level.height), 2);
      const hair = this.#from(within, (w) => clip(2 * w - 1, 0, 1) ** 2);
      const [broad] = spread([times(level, hair)], hair, [6], [this.shade.lightness]);
      const fine = blur(times(this.#from(level, (l, i) => l - broad.data[i]), hair), 1.2);
      const [band, weight] = [fine, hair].map((plane) => resized(plane, this.#size(2 * SMALL)));
      const inner = times(alongStrands(band), weight);
      const scale = 1 / Math.max(2 * Math.sqrt(weightedMean(inner.data.map((v) => v * v), weight.data)), 1e-3);
      return this.tall(this.#from(inner, (v) => clip(v * scale, -1, 1)));
    });
  }

  /** How far a place is the skin of the parting, 0 to 1: at the crown, around the lightest line. */
  get parting() {
    return this.#once("parting", () => {
      const [across, along] = [this.across.plane.data, this.along.plane];
      const strands = resize(this.strands.plane, along.width, along.height).data;
      const upper = this.#from(along, (d) => clip(1.5 - d / 0.3, 0, 1));
      const weight = this.#from(upper, (u, i) => u * Math.exp(-((across[i] / 0.25) ** 2)) * Math.max(strands[i], 0) ** 3);
      const middle = weightedMean(across, weight.data);
      return this.tall(this.#from(upper, (u, i) => u * Math.exp(-(((across[i] - middle) / 0.11) ** 2))));
    });
  }

  /** The value that `share` of the hair lies below on a small map. */
  quantile({ data }, share) {
    const weight = this.cover.data;
    const [low, high] = data.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
    const BINS = 1024;
    const bin = (v) => (high > low ? Math.min(BINS - 1, Math.floor(((v - low) / (high - low)) * BINS)) : 0);
    const mass = new Float64Array(BINS);
    data.forEach((v, i) => (mass[bin(v)] += weight[i]));
    let goal = share * mass.reduce((a, b) => a + b);
    const wanted = Math.max(0, mass.findIndex((m) => m >= goal || ((goal -= m), false)));
    const inside = Array.from(data.keys()).filter((i) => bin(data[i]) === wanted);
    inside.sort((i, k) => data[i] - data[k]);
    const found = inside.find((i) => (goal -= weight[i]) <= 1e-9) ?? inside.at(-1);
    return found === undefined ? low : data[found];
  }

  #size(longest) {
    const scale = Math.min(1, longest / Math.max(this.width, this.height));
    return [this.width, this.height].map((side) => Math.max(1, round(side * scale)));
  }

  #from(plane, change) {
    return { ...plane, data: plane.data.map(change) };
  }

  #places(value) {
    const { width, height } = this.cover;
    const data = new Float32Array(width * height);
    for (let i = 0; i < data.length; i++) data[i] = value(i % width, Math.floor(i / width));
    return { width, height, data };
  }

  #once(name, make) {
    if (!this.#maps.has(name)) this.#maps.set(name, make());
    return this.#maps.get(name);
  }
}

/** A view at a small size, by halves and then bilinearly; of large ones every k-th pixel is looked at. */
function look(view, width, height, channels, Values) {
  const step = Math.max(1, Math.floor(Math.max(view.width, view.height) / (2 * Math.max(width, height))));
  let small = view.every(step, true);
  while (small.width >= 2 * width && small.height >= 2 * height) {
    const [right, bottom] = [small.width & ~1, small.height & ~1];
    const half = shrink(small.box({ left: 0, top: 0, right, bottom }), right / 2, bottom / 2, channels, Values);
    small = new View(half.data, half.width, half.height, { row: channels * half.width, pixel: channels });
  }
  return stretch(small, width, height, channels, Values);
}

function levels(small) {
  return greys(View.rgb(small), GREY_LIGHTNESS);
}

function resized({ width, height, data }, [wide, high]) {
  return shrink(new View(data, width, height), wide, high, 1, Float32Array);
}

/** Red, green and blue of a small picture at another size. */
function channels(small, [width, height]) {
  const { data } = shrink(View.rgb(small), width, height, 3);
  const planes = [0, 1, 2].map(() => ({ width, height, data: new Float32Array(width * height) }));
  planes.forEach((plane, k) => {
    for (let i = 0; i < plane.data.length; i++) plane.data[i] = data[3 * i + k];
  });
  return planes;
}

/** The colours that have weight, spread over the whole box: three channels together. */
function near(colours, weight, otherwise) {
  const weighted = colours.map((plane) => times(plane, weight));
  const { width, height } = weight;
  return { width, height, channels: 3, data: weave(spread(weighted, weight, [4, 1], otherwise)) };
}

function weave([red, green, blue]) {
  const out = new Float32Array(3 * red.data.length);
  for (let i = 0; i < red.data.length; i++) {
    out[3 * i] = red.data[i];
    out[3 * i + 1] = green.data[i];
    out[3 * i + 2] = blue.data[i];
  }
  return out;
}

/** The mean colour of what is surely background. */
function background({ data }, outside) {
  const sum = [0, 0, 0];
  let count = 0;
  outside.data.forEach((weight, i) => {
    if (!(weight > 0)) return;
    count++;
    for (let k = 0; k < 3; k++) sum[k] += data[3 * i + k];
  });
  return sum.map((v) => v / count);
}

function weightedMean(values, weight) {
  let [sum, mass] = [0, 0];
  weight.forEach((share, i) => {
    sum += values[i] * share;
    mass += share;
  });
  return sum / Math.max(mass, 1e-6);
}

/**
 * The means of maps, given times their weight, around each place, by the last blur; what is too far from any weight for
 * that gets the mean by the blur before, and in the end `otherwise`.
 */
function spread(weighted, weight, sigmas, otherwise) {
  let means = otherwise.map((value) => new Float32Array(weight.data.length).fill(value));
  for (const sigma of sigmas) {
    const total = blur(weight, sigma).data;
    means = weighted.map((plane, k) => settled(blur(plane, sigma).data, total, means[k]));
  }
  return means.map((data) => ({ ...weight, data }));
}

function times(plane, weight) {
  const data = new Float32Array(plane.data.length);
  for (let i = 0; i < data.length; i++) data[i] = plane.data[i] * weight.data[i];
  return { ...plane, data };
}

/** From a weighted sum to a mean, with a trace of something else. */
function settled(sum, total, other) {
  for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] + 1e-3 * other[i]) / (total[i] + 1e-3);
  return sum;
}
