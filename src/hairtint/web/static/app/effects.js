/** What a hairdresser does beyond one colour: switches, each with its amounts and, where it has one, its colour. */

import { DYES, EFFECTS } from "../engine/constants.js";
import { byId, make } from "./dom.js";
import { effectText, parts, readEffect } from "./effect-text.js";
import { dyeNamed, swatch } from "./palette.js";

/** How each is called, and what stands first among its colours: a dye, or a tone of the hair's own dye. */
const WORDS = {
  ombre: { title: "Ombre", hint: "another colour towards the tips", first: "platinum" },
  roots: { title: "Root shadow", hint: "darker roots", own: ["the dye, darker", "black"] },
  highlights: { title: "Highlights", hint: "single lighter locks", own: ["the dye, lighter", "white"] },
  lowlights: { title: "Lowlights", hint: "single darker locks", own: ["the dye, darker", "black"] },
  "two-tone": { title: "Two-tone", hint: "each side its colour", first: "platinum" },
  gloss: { title: "Gloss", hint: "more shine" },
};
const LABELS = { start: "Begins", softness: "Softness", depth: "Depth", amount: "Amount", share: "Share" };
const OTHER = "jet black"; // where the dye has the first colour already
const FAMILIES = ["classic", "grey", "fashion"];
const NO_COLOR = "#808080"; // what the browser's own field shows of none

/** @param {string} kind of an effect */
export const titleOf = (kind) => WORDS[kind].title;

/** @param {import("./look.js").LookStore} store */
export function startEffects(store) {
  const fieldset = byId("effects");
  const rows = Object.keys(EFFECTS).map((kind) => row(kind, store));
  fieldset.append(...rows.map(({ element }) => element));
  fieldset.addEventListener("input", () => {
    for (const { refresh } of rows) refresh();
    store.change({ effects: rows.map(({ text }) => text()).filter(Boolean) });
  });
  store.follow(({ method, effects }) => {
    fieldset.disabled = method === "hsv";
    const read = effects.map(readEffect);
    for (const { kind, take } of rows) take(read.find((effect) => effect?.kind === kind));
  });
}

function row(kind, store) {
  const { title, hint } = WORDS[kind];
  const { takesColor, numbers } = parts(kind);
  const toggle = make("input", { type: "checkbox", id: `effect-${kind}` });
  toggle.setAttribute("role", "switch");
  const label = make(
    "label",
    { className: "switch" },
    toggle,
    make("span", {}, title, make("small", {}, hint)),
  );
  const color = takesColor ? colors(kind) : null;
  const sliders = numbers.map((field) => slider(kind, field));
  const amounts = make(
    "div",
    { className: "amounts" },
    ...(color ? [color.element] : []),
    ...sliders.map((s) => s.element),
  );
  const element = make("div", { className: "effect" }, label, amounts);
  const refresh = () => {
    amounts.hidden = !toggle.checked;
    for (const s of sliders) s.refresh();
  };
  refresh();
  toggle.addEventListener("input", () => {
    if (toggle.checked && color?.value() === store.choice.color) color.set(dyeNamed(OTHER).hex);
  });
  return {
    kind,
    element,
    refresh,
    text: () =>
      toggle.checked && effectText({ kind, color: color?.value() ?? "", numbers: sliders.map((s) => s.value()) }),
    take: (effect) => {
      toggle.checked = Boolean(effect);
      if (effect) color?.set(effect.color);
      effect?.numbers.forEach((number, at) => sliders[at].set(number));
      refresh();
    },
  };
}

/** Dyes to choose from, after them any colour by the browser's own means. `value`: "#rrggbb", or nothing. */
function colors(kind) {
  const { title, first, own } = WORDS[kind];
  const radios = [];
  const tint = (words, value, shown = value) => {
    const radio = make("input", { type: "radio", name: `effect-${kind}-color`, value });
    radios.push(radio);
    const name = make("span", { className: "hidden" }, `${title}: ${words}`);
    return make("label", { className: "tint", title: words }, radio, swatch(shown), name);
  };
  const any = make("input", { type: "color", ariaLabel: `${title}: any colour` });
  const anyLabel = make("label", { className: "tint any", title: "any colour" }, any, swatch("transparent"));
  const tints = DYES.filter((dye) => FAMILIES.includes(dye.family)).map((dye) => tint(dye.name, dye.hex));
  if (own) tints.unshift(tint(own[0], "", `color-mix(in oklab, var(--dye) 65%, ${own[1]})`));
  const element = make("div", { className: "tints", ariaLabel: `${title}: colour` }, ...tints, anyLabel);
  element.setAttribute("role", "radiogroup");
  let now;
  const set = (hex) => {
    now = hex;
    for (const radio of radios) radio.checked = radio.value === hex;
    any.value = hex || NO_COLOR;
    const chosen = !radios.some((radio) => radio.checked);
    anyLabel.classList.toggle("chosen", chosen);
    anyLabel.querySelector(".swatch").style.setProperty("--c", chosen ? hex : "transparent");
  };
  set(first ? dyeNamed(first).hex : "");
  element.addEventListener("input", ({ target }) => set(target.value));
  return { element, set, value: () => now };
}

function slider(kind, { name, default: first }) {
  const range = make("input", {
    type: "range",
    min: 0,
    max: 100,
    value: first * 100,
    id: `effect-${kind}-${name}`,
  });
  const amount = make("span", { ariaHidden: "true" });
  const refresh = () => {
    amount.textContent = `${range.value} %`;
  };
  const set = (number) => (range.value = Math.round(100 * number));
  const element = make("label", { className: "field" }, `${LABELS[name]} `, amount, range);
  return { element, refresh, set, value: () => range.value / 100 };
}
