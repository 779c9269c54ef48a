/** Effects as texts, "kind:colour:number:number" as the engine reads them, with no more than what this page can show. */

import { EFFECTS } from "../engine/constants.js";
import { dyeNamed, nameOf } from "./palette.js";

const SHARE = /^(1|0|0?\.\d{1,6})$/;
const HEX = /^[0-9a-f]{6}$/;

/** What an effect is made of. @returns {{takesColor: boolean, ownColor: boolean, numbers: {name: string, default: number}[]}} */
export function parts(kind) {
  const color = EFFECTS[kind].find(({ name }) => name === "color");
  const numbers = EFFECTS[kind].filter((field) => field !== color);
  return { takesColor: Boolean(color), ownColor: color?.default === null, numbers };
}

/** @param {string} text @returns {{kind: string, color: string, numbers: number[]}|null} color: "#rrggbb", or nothing */
export function readEffect(text) {
  const [kind, ...given] = text.split(":");
  if (!Object.hasOwn(EFFECTS, kind)) return null;
  const { takesColor, ownColor, numbers } = parts(kind);
  const color = takesColor ? hexOf(given[0]) : "";
  if (color) given.shift();
  if (takesColor && !ownColor && !color) return null;
  if (given.length > numbers.length || !given.every((part) => SHARE.test(part))) return null;
  return { kind, color, numbers: numbers.map((field, at) => Number(given[at] ?? field.default)) };
}

/** The text that `readEffect` reads back. */
export function effectText({ kind, color, numbers }) {
  return [kind, color && (nameOf(color) || color.slice(1)), ...numbers].filter((part) => part !== "").join(":");
}

function hexOf(part = "") {
  return dyeNamed(part)?.hex ?? (HEX.test(part) ? `#${part}` : "");
}
