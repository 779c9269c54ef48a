/** What people write, as three numbers: the notations of hairtint.Color.parse. */

import { DYES } from "./constants.js";

/**
 * @param {string} text "#b5562b", "#abc", "rgb(181, 86, 43)", the name of a dye, or a level such as "7 ash"
 * @returns {[number, number, number]} red, green and blue, 0 to 255
 */
export function parseColor(text) {
  const wanted = String(text).trim().toLowerCase();
  const hex = named(wanted) ?? readHex(wanted);
  if (hex) return [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
  const found = /^rgb\(\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*[, ]\s*(\d{1,3})\s*\)$/.exec(wanted);
  const rgb = found?.slice(1).map(Number);
  if (rgb?.every((v) => v <= 255)) return rgb;
  throw new Error(`unknown colour "${String(text).slice(0, 40)}": give "#b5562b", "rgb(181, 86, 43)" or a named dye`);
}

/** "#rrggbb" of small hex digits. */
export function readHex(text) {
  const found = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/.exec(text)?.[1];
  return found && `#${found.length === 6 ? found : found.replace(/./g, "$&$&")}`;
}

function named(text) {
  const name = text.split(/[\s_/-]+/).join(" ").replace("gray", "grey");
  return NAMES.get(name);
}

const NAMES = new Map(DYES.flatMap(({ name, hex }) => [[name.replace("blonde", "blond"), hex], [name, hex]]));
for (const [family, suffix] of [["neutral", ""], ["warm", " warm"], ["ash", " ash"]]) {
  DYES.filter((dye) => dye.family === family).forEach(({ hex }, k) => {
    for (const word of ["", "level "]) NAMES.set(`${word}${k + 1}${suffix}`, hex);
  });
}
