/** Memory of the frames before, so that masks are steady without trailing behind motion: see hairtint/memory.py. */

import { boxBlur } from "./blur.js";
import { MEMORY } from "./constants.js";
import { halvings, motion, sample } from "./flow.js";
import { greys, resize, round, shrink, View } from "./raster.js";

const { SIDE, KEEP, CUT, TRUST, LEAST_CONTRAST, SURPRISE } = MEMORY;

export class Memory {
  #frame = null;
  #map = null;

  /** Whether the last picture was the first of its scene. */
  anew = true;

  /** Forget everything: the next frame is the first. */
  reset() {
    this.#frame = this.#map = null;
  }

  /**
   * The steadied map of the network's map for a picture.
   * @param {{width: number, height: number, data: Float32Array}} probability
   * @param {import("./pyramid.js").Pyramid} pyramid of the picture
   */
  blend(probability, pyramid) {
    const { width, height } = pyramid.view;
    const [wide, high] = [width, height].map((side) => Math.max(16, round((side * SIDE) / Math.max(width, height))));
    const level = pyramid.covering(wide, high);
    const fits = level.width === wide && level.height === high;
    const small = greys(fits ? level : View.rgb(shrink(level, wide, high, 3)));
    const frame = { ...small, levels: halvings(small) };
    const same = this.#frame && alike(this.#frame, small) && alike(this.#map, probability);
    const known = same ? carried(probability, frame, this.#frame, this.#map) : null;
    this.anew = known === null;
    const steady = known ?? probability;
    this.#frame = frame;
    this.#map = steady;
    return steady;
  }
}

function alike(one, other) {
  return one.width === other.width && one.height === other.height;
}

/** The new map blended into the old one, which is carried along the motion of the picture; null after a cut. */
function carried(map, frame, before, old) {
  const flow = motion(frame.levels, before.levels);
  const { width, height } = frame;
  const moved = { x: upscaled(flow, "x", width, height), y: upscaled(flow, "y", width, height) };
  const error = unlikeness(frame, before, moved);
  if (error.reduce((a, b) => a + b) / error.length > CUT) return null;
  return blended(map, old, frame, moved, error);
}

function upscaled(flow, axis, width, height) {
  const scale = axis === "x" ? width / flow.width : height / flow.height;
  const { data } = resize({ ...flow, data: flow[axis] }, width, height);
  for (let i = 0; i < data.length; i++) data[i] *= scale;
  return data;
}

/**
 * How much each pixel differs from the one it should come from, in contrasts of the frame. A change of the light is none
 * of the scene, and in the dark all differences are small.
 */
function unlikeness({ width, height, data }, before, { x, y }) {
  const carried = new Float32Array(data.length);
  const [now, then] = [light(data), light(before.data)];
  const gain = now.contrast / then.contrast;
  for (let v = 0, i = 0; v < height; v++) {
    for (let u = 0; u < width; u++, i++) {
      const level = now.mean + gain * (sample(before, u + x[i], v + y[i]) - then.mean);
      carried[i] = Math.min(255, Math.max(0, level));
    }
  }
  const [one, other] = [data, carried].map((levels) => boxBlur({ width, height, data: levels }, 2, 1).data); // no noise
  return one.map((level, i) => Math.abs(level - other[i]) / now.contrast);
}

/** Mean and contrast of a frame, in grey levels. */
function light(values) {
  const mean = values.reduce((a, b) => a + b) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  return { mean, contrast: Math.max(LEAST_CONTRAST, deviation) };
}

function blended(map, old, frame, moved, error) {
  const { width, height } = map;
  const [scaleX, scaleY] = [width / frame.width, height / frame.height];
  const resized = (data) => resize({ width: frame.width, height: frame.height, data }, width, height).data;
  const [x, y, unlike] = [moved.x, moved.y, error].map(resized);
  const carriedMap = new Float32Array(map.data.length);
  const change = new Float32Array(map.data.length);
  for (let v = 0, i = 0; v < height; v++) {
    for (let u = 0; u < width; u++, i++) {
      x[i] = u + x[i] * scaleX;
      y[i] = v + y[i] * scaleY;
      carriedMap[i] = sample(old, x[i], y[i]);
      change[i] = Math.abs(map.data[i] - carriedMap[i]);
    }
  }
  const surprise = boxBlur({ width, height, data: change }, 2, 1).data;
  const out = new Float32Array(map.data.length);
  for (let i = 0; i < out.length; i++) {
    const inside = x[i] > -1 && y[i] > -1 && x[i] < width && y[i] < height;
    const doubt = 1 + (unlike[i] / TRUST) ** 2;
    const news = 1 + (surprise[i] / SURPRISE) ** 2;
    out[i] = map.data[i] + (inside ? KEEP / (doubt * news) : 0) * (carriedMap[i] - map.data[i]);
  }
  return { width, height, data: out };
}
