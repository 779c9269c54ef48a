/** The dyes with names, as radio buttons: natural ones, vivid ones, and the chart of hairdressers' levels. */

import { DYES } from "../engine/constants.js";
import { byId, make } from "./dom.js";

const CHART = ["neutral", "warm", "ash"];
const GROUPS = [
  ["Natural", ["classic", "grey"]],
  ["Vivid", ["fashion"]],
];

/** @param {string} hex @returns {string} the name of the dye of this colour, or nothing */
export function nameOf(hex) {
  return DYES.find((dye) => dye.hex === hex)?.name ?? "";
}

/** @param {string} name @returns {{name: string, hex: string, family: string}} */
export function dyeNamed(name) {
  return DYES.find((dye) => dye.name === name);
}

/** @param {import("./look.js").LookStore} store */
export function startPalette(store) {
  const palette = byId("palette");
  for (const [title, families] of GROUPS) {
    const swatches = make(
      "div",
      { className: "swatches" },
      ...DYES.filter((dye) => families.includes(dye.family)).map(button),
    );
    palette.append(make("section", { className: "group" }, make("h2", {}, title), swatches));
  }
  palette.append(chart());
  palette.addEventListener("change", ({ target }) => {
    const dye = dyeNamed(target.value);
    store.change({ color: dye.hex, name: dye.name });
  });
  store.follow(({ color, name }) => {
    for (const radio of palette.querySelectorAll("input")) radio.checked = radio.value === (name || nameOf(color));
  });
}

function button(dye) {
  const radio = make("input", { type: "radio", name: "dye", value: dye.name });
  return make("label", { className: "dye" }, radio, swatch(dye.hex), make("span", { className: "name" }, dye.name));
}

/** Levels 1 to 10 across, tones down, as on the charts of the trade. */
function chart() {
  const rows = CHART.map((tone) => {
    const dyes = DYES.filter((dye) => dye.family === tone);
    return make(
      "div",
      { className: "tones" },
      make("span", { className: "tone", ariaHidden: "true" }, tone),
      ...dyes.map(level),
    );
  });
  return make("details", { className: "group" }, make("summary", {}, "Hairdressers’ chart"), ...rows);
}

function level(dye, index) {
  const radio = make("input", { type: "radio", name: "dye", value: dye.name });
  const words = make("span", { className: "hidden" }, `Level ${index + 1}, ${dye.name}`);
  return make("label", { className: "level", title: `${index + 1}: ${dye.name}` }, radio, swatch(dye.hex), words);
}

/** A lock of hair of this colour. @param {string} hex */
export function swatch(hex) {
  const element = make("span", { className: "swatch", ariaHidden: "true" });
  element.style.setProperty("--c", hex);
  return element;
}
