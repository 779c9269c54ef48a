/** The measured shade of somebody's hair, the anchor that every dye starts from: see hairtint/shade.py. */

import { bounds } from "./box.js";
import { SHADE } from "./constants.js";
import { GREY_LIGHTNESS } from "./perceptual.js";
import { grey } from "./raster.js";

/**
 * What hair looks like before it is dyed.
 * @typedef {{rgb: number[], lightness: number, low: number, high: number, light: number}} Shade median colour; median
 *   L*; the L* that one pixel in ten lies below; the L* that one in ten lies above; and the one that one in a hundred of
 *   the whole picture, or around the hair, lies above, at least `high`
 */

/**
 * @param {import("./raster.js").View} picture red, green and blue
 * @param {import("./raster.js").View} mask of its size
 * @returns {Shade|null} null where there is no hair
 */
export function measure(picture, mask) {
  const box = bounds(mask);
  if (!box) return null;
  const extent = Math.min(box.bottom - 1 - box.top, box.right - 1 - box.left);
  const step = Math.max(1, Math.floor(extent / SHADE.SAMPLES));
  const [hair, cover] = [picture.box(box), mask.box(box)];
  const [few, their] = [hair, cover].map((view) => blocks(view, step));
  const some = sampled(few, their);
  const shade = some ?? sampled(hair, cover);
  const whole = blocks(picture, Math.max(1, Math.floor(Math.min(picture.width, picture.height) / SHADE.SAMPLES)));
  const around = some ? few : hair;
  return { ...shade, light: Math.max(brightest(whole), brightest(around), shade.high) };
}

/** The first pixel of each whole block of `step` by `step`. */
export function blocks(view, step) {
  const [right, bottom] = [view.width, view.height].map((side) => side - (side % step));
  return view.box({ left: 0, top: 0, right, bottom }).every(step);
}

function brightest(few) {
  const counts = new Uint32Array(256);
  eachPixel(few, (x, y, k) => counts[grey(few.data[k], few.data[k + 1], few.data[k + 2])]++);
  return GREY_LIGHTNESS[quantile(counts, 0.99)];
}

function sampled(picture, mask) {
  let most = 0;
  eachPixel(mask, (x, y, i) => (most = Math.max(most, mask.data[i])));
  if (!most) return null;
  const counts = [0, 1, 2, 3].map(() => new Uint32Array(256));
  eachPixel(mask, (x, y, i) => {
    if (!(mask.data[i] > 0.5 * most)) return;
    const k = picture.offset + y * picture.row + x * picture.pixel;
    const [red, green, blue] = [picture.data[k], picture.data[k + 1], picture.data[k + 2]];
    counts[0][red]++;
    counts[1][green]++;
    counts[2][blue]++;
    counts[3][grey(red, green, blue)]++;
  });
  const [low, lightness, high] = [0.1, 0.5, 0.9].map((share) => GREY_LIGHTNESS[quantile(counts[3], share)]);
  return { rgb: counts.slice(0, 3).map((count) => quantile(count, 0.5)), lightness, low, high };
}

function eachPixel({ width, height, offset, row, pixel }, visit) {
  for (let y = 0; y < height; y++) {
    for (let x = 0, i = offset + y * row; x < width; x++, i += pixel) visit(x, y, i);
  }
}

/** The value that this share of all values reaches. */
function quantile(counts, share) {
  const goal = share * counts.reduce((a, b) => a + b);
  let sum = 0;
  return counts.findIndex((count) => (sum += count) >= goal);
}

/** A shade moved the fraction `rate` of the way to another, faster as far as the light explains the change. */
export function towards(shade, other, rate) {
  const quick = Math.min(1, SHADE.LIGHT_PACE * rate);
  const lit = (shade.lightness + 16) * ((other.light + 16) / (shade.light + 16) - 1);
  const change = other.lightness - shade.lightness;
  const pace = rate + (quick - rate) * (change && Math.min(1, Math.max(0, lit / change)));
  const mix = (a, b) => a + pace * (b - a);
  return {
    rgb: shade.rgb.map((v, k) => mix(v, other.rgb[k])),
    lightness: mix(shade.lightness, other.lightness),
    low: mix(shade.low, other.low),
    high: mix(shade.high, other.high),
    light: shade.light + quick * (other.light - shade.light),
  };
}
