/** A look as a text for the page's address and the browser's storage: "color=b5562b&strength=80&effect=gloss:0.4". */

import { readHex } from "../engine/color.js";
import { effectText, readEffect } from "./effect-text.js";
import { nameOf } from "./palette.js";

const LONGEST = 600; // far longer than any that this page writes
const METHODS = ["natural", "hsv"];

/** @param {import("./look.js").Choice} choice */
export function lookText({ color, strength, method, effects }) {
  const text = new URLSearchParams({ color: color.slice(1), strength: Math.round(100 * strength), method });
  for (const effect of effects) text.append("effect", effect);
  return text.toString().replaceAll("%3A", ":");
}

/** @param {string} text from anywhere @returns {import("./look.js").Choice|null} null: it is none */
export function readLook(text) {
  if (text.length > LONGEST) return null;
  const given = new URLSearchParams(text);
  const color = readHex(given.get("color") ?? "");
  const [strength, method] = [given.get("strength") ?? "100", given.get("method") ?? "natural"];
  const effects = given.getAll("effect").map(readEffect);
  const sound = color && /^\d{1,3}$/.test(strength) && strength <= 100 && METHODS.includes(method) && !effects.includes(null);
  if (!sound || new Set(effects.map(({ kind }) => kind)).size < effects.length) return null;
  return { color, name: nameOf(color), strength: strength / 100, method, effects: effects.map(effectText) };
}
