/** `method: "hsv"`: the hue replaced in HSV without ever computing HSV, as in hairtint/hsv.py. */

import { round } from "./raster.js";
import { UNIT } from "./rows.js";

/** The fully saturated colour of a dye's hue, three numbers in [0, 1]; red for a grey. */
function pureHue(dye) {
  const [low, high] = [Math.min(...dye), Math.max(...dye)];
  if (low === high) return [1, 0, 0];
  return dye.map((v) => (v - low) / (high - low));
}

/**
 * Give the hair of a box another hue, in place.
 * @param {import("./raster.js").View} picture
 * @param {import("./raster.js").View} cover its mask, in [0, 1]
 * @param {number[]} dye
 * @param {number} strength
 */
export function swapHue(picture, cover, dye, strength) {
  const pure = pureHue(dye);
  const { data } = picture;
  const swapped = new Uint8ClampedArray(1);
  const mixed = new Uint8ClampedArray(1);
  for (let y = 0; y < cover.height; y++) {
    let at = picture.offset + y * picture.row;
    let share = cover.offset + y * cover.row;
    for (let x = 0; x < cover.width; x++, at += picture.pixel, share++) {
      if (!(cover.data[share] > 0)) continue;
      const up = Math.min(cover.data[share], 1);
      const low = Math.min(data[at], data[at + 1], data[at + 2]);
      const span = Math.max(data[at], data[at + 1], data[at + 2]) - low;
      for (let k = 0; k < 3; k++) {
        const before = data[at + k];
        swapped[0] = low + span * pure[k];
        mixed[0] = (before * (1 - up) + swapped[0] * up) * UNIT;
        data[at + k] = before + round((mixed[0] - before) * strength);
      }
    }
  }
}
