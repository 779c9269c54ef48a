/** One dye on one shade of hair, as small tables: the physics is told in hairtint/natural.py. */

import { parseColor } from "./color.js";
import { DYES, NATURAL, PERCEPTUAL } from "./constants.js";
import { clip } from "./numbers.js";
import { GREY_LIGHTNESS, lab, lightness, luminance, toLinear, toSrgb } from "./perceptual.js";
import { round } from "./raster.js";

const { STEP, LOWEST, ENTRIES, SHINE, CRUSHED, LOCKS, LIGHT, DRAWN, GAPS, DARK, COVERING, COVERED, PALE, UNLIKE, SHADOW } = NATURAL;
const { EUMELANIN, LIT, LEAST_LIT, EXPOSURES } = NATURAL;
const { LUMINANCE } = PERCEPTUAL;
const GRID = 201; // places from 0 to 100 at which the strands' scale is known

const inLight = (level, exposure) => lightness(Math.min(1, exposure * luminance(level)));

/** How lightness moves from a shade to a dye: `new = light(base) + strand(L) - strand(base)`. */
export class Tone {
  /** @param {{lightness: number, high: number, light?: number}} shade @param {number[]} dye [red, green, blue] */
  constructor(shade, dye) {
    const exposure = clip(luminance(shade.light ?? 100) / LIT, LEAST_LIT, 1);
    const start = inLight(shade.lightness, 1 / exposure);
    const goal = lab(dye)[0];
    const reached = goal - 0.12 * Math.max(0, goal - start - 20);
    const white = 0.6 * within(start, LIGHT) * Math.max(0, goal - 86);
    const [ceiling, floor] = [Math.max(73 + 0.12 * start, start) + white, Math.min(11 + 0.06 * start, Math.max(start, goal))];
    this.exposure = exposure;
    this.start = shade.lightness;
    this.centre = inLight(Math.max(Math.min(reached, ceiling), floor), exposure);
    this.lift = (this.centre + 16) / (this.start + 16);
    const up = Math.max(82 - this.centre, 4);
    const covering = 1 - within(inLight(this.centre, 1 / exposure), DARK);
    this.up = up + covering * (1 - within(this.lift, COVERING)) * (COVERED - up);
    this.rim = 6.5 * Math.max(0, this.lift - 1);
    this.drawn = this.lift > 1 ? within(this.start, DRAWN) : 0;
    const acts = this.#acts(shade.high);
    this.strands = summed(this.#strands(shade.high).map((slope, i) => slope * acts[i]));
    const gain = clip(this.lift ** 0.3, 0.7, 1.4);
    this.rises = summed(acts.map((share) => gain * share));
    this.offsets = Float64Array.from({ length: 4 * 100 + 1 }, (_, i) => this.light(i / 4) - this.strand(i / 4) - LOWEST);
  }

  #strands(high) {
    const steepest = clip(this.lift ** 0.25, 1, 1.25);
    const most = 0.3 * clip(Math.abs(this.lift - 1), 0, 1);
    const beyond = (i) => (this.lift > 1 ? i / 2 > this.start : i / 2 < this.start);
    const slope = Float64Array.from({ length: GRID }, (_, i) => {
      const far = clip(Math.abs(i / 2 - this.start) / 45, 0, 1);
      return steepest * (beyond(i) ? 1 - most * far * far * (3 - 2 * far) : 1);
    });
    if (this.lift > 1) {
      const more = (1 - within(this.start, CRUSHED)) * (Math.min(this.lift ** 0.5, 2) - 1);
      slope.forEach((v, i) => (slope[i] = v * (1 + more * Math.exp(-(((i / 2 - this.start) / LOCKS) ** 2)))));
      const rise = slope.reduce((sum, v, i) => sum + (beyond(i) && i / 2 <= high ? v / 2 : 0), 0);
      const lacking = Math.max(0, 1 - Math.max(SHINE - this.centre, 4) / Math.max(rise, 1e-6));
      const kept = 1 - Math.min(this.lift - 1, 1) * lacking;
      const deeper = this.drawn * (Math.min(this.lift ** 0.6, 2.2) - 1);
      slope.forEach((v, i) => {
        const gap = within(this.start - i / 2, GAPS);
        slope[i] = v * kept * (1 + deeper * gap * gap * (3 - 2 * gap));
      });
    }
    return slope;
  }

  /** How far bleach acts at each L* of the grid: skin between strands and glare get no brighter by it. */
  #acts(high) {
    const knee = Math.max(high, this.start + 4);
    const most = this.lift > 1 ? 1 - within(this.centre, PALE) : 0;
    return Float64Array.from({ length: GRID }, (_, i) => {
      const past = Math.max(i / 2 - knee, 0);
      const bright = Math.min(this.centre + knee - this.start + past, 100);
      return 1 - Math.min(past / 8, 1) * most * (1 - Math.min((i / 2 + 16) / (bright + 16), 1) ** 1.5);
    });
  }

  /** The new L* of broad light (L*). */
  light(base) {
    const away = base - this.start;
    if (away >= 0) return this.centre - this.up * Math.expm1((onGrid(this.rises, this.start) - onGrid(this.rises, base)) / this.up);
    const down = Math.max(this.centre - 9, 3);
    const fall = clip(Math.max(this.lift ** (0.5 + 0.5 * this.drawn), this.lift / 1.8), 0.5, 3.5);
    return this.centre + down * Math.expm1((fall * away) / down);
  }

  /** The strands' scale: L* such that differences on it are kept. */
  strand(level) {
    return onGrid(this.strands, level);
  }

  /** The strands' part of each 8-bit grey, in steps, to be added to the offset of its place. */
  levels() {
    return Int16Array.from(GREY_LIGHTNESS, (level) => round(this.strand(level) / STEP));
  }

  /** What to add to `levels` where the broad light is `base` and the outline's share is `rim`: index of `ramp`. */
  offset(base, rim) {
    const at = clip(4 * base, 0, 400);
    const i = Math.min(Math.floor(at), 399);
    const offset = this.offsets[i] + (at - i) * (this.offsets[i + 1] - this.offsets[i]);
    return (offset - this.rim * rim) / STEP;
  }
}

/** The running sum of a slope over the grid. */
function summed(slope) {
  let sum = 0;
  return slope.map((v) => (sum += v) / 2);
}

/** What a table of the grid says at an L*. */
function onGrid(table, level) {
  const at = clip(2 * level, 0, GRID - 1);
  const i = Math.min(Math.floor(at), GRID - 2);
  return table[i] + (at - i) * (table[i + 1] - table[i]);
}

const ramps = new Map();

/** The colours of a dye from deepest shadow to highlight: red, green, blue of each entry, bytes. */
export function ramp(dye, exposure = 1) {
  const darker = round(-EXPOSURES * Math.log2(exposure));
  const key = [...dye, darker].join();
  if (!ramps.has(key)) {
    if (ramps.size >= 64) ramps.delete(ramps.keys().next().value);
    ramps.set(key, makeRamp(dye, darker));
  }
  return ramps.get(key);
}

function makeRamp(dye, darker) {
  const goal = lab(dye)[0];
  const pigment = dye.map((v) => Math.max(toLinear(v / 255), 0.003));
  const [warm, like] = [warmth(dye), likeness(dye)];
  const table = new Uint8ClampedArray(3 * ENTRIES);
  for (let i = 0; i < ENTRIES; i++) {
    const level = softLimits(LOWEST + STEP * i);
    const lit = inLight(level, 2 ** (darker / EXPOSURES));
    const above = clip((lit - goal) / Math.max(100 - goal, 1), 0, 1);
    const below = clip((goal - lit) / Math.max(goal, 1), 0, 1);
    const depth = 1 - above ** 1.2 + 0.3 * below;
    const brown = warm * Math.max(below - 0.03, 0);
    const rgb = pigment.map((p, k) => p ** depth * Math.exp(-EUMELANIN[k] * brown));
    const bright = luminance(level);
    const own = withLuminance(rgb, bright);
    const share = like * within(below, SHADOW);
    if (share > 0) {
      const natural = withLuminance(hair(lit).map((v) => toLinear(v / 255)), bright);
      own.forEach((v, k) => (own[k] = v + share * (natural[k] - v)));
    }
    own.forEach((v, k) => (table[3 * i + k] = 255 * toSrgb(v)));
  }
  return table;
}

function softLimits(level) {
  const raised = 3 * softplus(level / 3);
  return clip(100 - 3 * softplus((100 - raised) / 3), 0, 100);
}

function softplus(x) {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** The dye as it looks at another lightness (L*): the same hair in shadow or in light. */
export function atLevel(dye, level) {
  const at = 3 * round((level - LOWEST) / STEP);
  return Array.from(ramp(dye).subarray(at, at + 3));
}

const CHART = DYES.filter(({ family }) => family === "neutral").map(({ hex }) => parseColor(hex));
const LEVELS = CHART.map((rgb) => lab(rgb)[0]);

/** How much a dye looks like natural hair of its lightness, 0 to 1. */
function likeness(dye) {
  const own = lab(dye);
  const usual = lab(hair(own[0]));
  return 1 - within(Math.hypot(own[1] - usual[1], own[2] - usual[2]), UNLIKE);
}

/** The colour of natural hair of a level, between the neutral ones of the chart. */
function hair(level) {
  let next = 1;
  while (next < CHART.length - 1 && LEVELS[next] < level) next++;
  const at = within(level, [LEVELS[next - 1], LEVELS[next]]);
  return CHART[next].map((v, k) => CHART[next - 1][k] + at * (v - CHART[next - 1][k]));
}

/** How far a value has come between two others, 0 to 1. */
function within(value, [from, to]) {
  return clip((value - from) / (to - from), 0, 1);
}

/** How blond a dye is, 0 to 1.4: the shadows of blonde hair go to brown by what melanin is left, not to olive. */
function warmth(dye) {
  const [, a, b] = lab(dye);
  const toward = Math.cos(Math.atan2(b, a) - (75 * Math.PI) / 180);
  return 1.4 * Math.max(0, toward) * Math.min(1, Math.hypot(a, b) / 10);
}

/** A linear colour scaled to a luminance, and paled just enough to stay in the gamut of sRGB. */
function withLuminance(rgb, target) {
  const now = rgb.reduce((sum, v, k) => sum + v * LUMINANCE[k], 0);
  const scaled = rgb.map((v) => (v * target) / now);
  const excess = Math.max(Math.max(...scaled) - target, 1e-9);
  const keep = Math.min(1, (1 - target) / excess);
  return scaled.map((v) => clip(target + keep * (v - target), 0, 1));
}
