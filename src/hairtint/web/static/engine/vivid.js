/** Colours that no hair has by nature, and the picture without them: see hairtint/vivid.py. */

import { VIVID as CONSTANTS } from "./constants.js";
import { clip } from "./numbers.js";
import { round, View } from "./raster.js";

const { NATURAL, VIVID, BROWN } = CONSTANTS;

/** By how many grey levels each pixel is too green or too blue. @param {View} view @returns {Uint8Array} row by row */
export function coolness(view) {
  const cool = new Uint8Array(view.width * view.height);
  each(view, (i, red, green, blue) => (cool[i] = Math.max(0, green - red, blue - green)));
  return cool;
}

/** The picture with its vivid colours turned to browns of their lightness. @param {View} view @returns {View} */
export function browned(view) {
  const { width, height } = view;
  const data = new Uint8ClampedArray(3 * width * height);
  const cool = coolness(view);
  each(view, (i, red, green, blue) => {
    const share = clip((cool[i] - NATURAL) / (VIVID - NATURAL), 0, 1);
    const grey = round(0.299 * red + 0.587 * green + 0.114 * blue);
    const turned = (level, brown) => level + share * (Math.min(255, round(brown * grey)) - level);
    data[3 * i] = turned(red, BROWN[0]);
    data[3 * i + 1] = turned(green, BROWN[1]);
    data[3 * i + 2] = turned(blue, BROWN[2]);
  });
  return View.rgb({ width, height, data });
}

function each({ data, width, height, offset, row, pixel }, visit) {
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0, at = offset + y * row; x < width; x++, i++, at += pixel) visit(i, data[at], data[at + 1], data[at + 2]);
  }
}
