/** What a hairdresser does beyond one colour: switches, each with its amounts and, where it has one, its colour. */

import { DYES, EFFECTS } from "../engine/constants.js";
import { byId, make } from "./dom.js";
import { dyeNamed } from "./palette.js";

/** How each is called, and what stands first among its colours: a dye, or a tone of the hair's own dye. */
const WORDS = {
  ombre: { title: "Ombre", hint: "another colour towards the tips", color: "platinum" },
  roots: { title: "Root shadow", hint: "darker roots", own: "the dye, darker" },
  highlights: { title: "Highlights", hint: "single lighter locks", own: "the dye, lighter" },
  lowlights: { title: "Lowlights", hint: "single darker locks", own: "the dye, darker" },
  "two-tone": { title: "Two-tone", hint: "each side its colour", color: "platinum" },
  gloss: { title: "Gloss", hint: "more shine" },
};
const LABELS = { start: "Begins", softness: "Softness", depth: "Depth", amount: "Amount", share: "Share" };

/** @param {string} kind of an effect */
export const titleOf = (kind) => WORDS[kind].title;

const OTHER = "jet black"; // where the dye is that colour already

/** @param {import("./look.js").LookStore} store */
export function startEffects(store) {
  const fieldset = byId("effects");
  const rows = Object.entries(EFFECTS).map((effect) => row(effect, store));
  fieldset.append(...rows.map(({ element }) => element));
  fieldset.addEventListener("input", () => {
    for (const { refresh } of rows) refresh();
    store.change({ effects: rows.map(({ text }) => text()).filter(Boolean) });
  });
  store.follow(({ method, effects }) => {
    fieldset.disabled = method === "hsv";
    for (const { take } of rows) take(effects);
  });
}

function row([kind, fields], store) {
  const { title, hint, color: first = "", own } = WORDS[kind];
  const numbers = fields.filter(({ name }) => name !== "color");
  const toggle = make("input", { type: "checkbox", id: `effect-${kind}` });
  toggle.setAttribute("role", "switch");
  const label = make(
    "label",
    { className: "switch" },
    toggle,
    make("span", {}, title, make("small", {}, hint)),
  );
  const color = numbers.length < fields.length ? colors(kind, first, own) : null;
  const sliders = numbers.map((field) => slider(kind, field));
  const amounts = make(
    "div",
    { className: "amounts" },
    ...(color ? [field("Colour", color)] : []),
    ...sliders.map((s) => s.element),
  );
  const element = make("div", { className: "effect" }, label, amounts);
  const refresh = () => {
    amounts.hidden = !toggle.checked;
    for (const s of sliders) s.refresh();
  };
  refresh();
  toggle.addEventListener("input", () => {
    if (toggle.checked && dyeNamed(color?.value)?.hex === store.choice.color) color.value = OTHER;
  });
  return {
    element,
    refresh,
    text: () =>
      toggle.checked && [kind, color?.value, ...sliders.map((s) => s.value())].filter(Boolean).join(":"),
    take: (texts) => {
      const mine = texts.find((text) => text.split(":")[0] === kind);
      toggle.checked = Boolean(mine);
      if (mine && color) color.value = dyeIn(mine) ?? first;
      if (mine) numbersIn(mine, numbers).forEach((number, at) => sliders[at].set(number));
      refresh();
    },
  };
}

/** The effect's numbers as a text has them; where it has none, those it begins with. */
function numbersIn(text, numbers) {
  const given = text.split(":").filter((part, at) => at && part !== "" && Number(part) >= 0 && Number(part) <= 1);
  return numbers.map((field, at) => Number(given[at] ?? field.default));
}

const dyeIn = (text) => text.split(":").find((part, at) => at && DYES.some((dye) => dye.name === part));

function colors(kind, first, own) {
  const select = make("select", { id: `effect-${kind}-color` });
  if (own) select.append(make("option", { value: "" }, own));
  const named = (title, families) => {
    const dyes = DYES.filter((dye) => families.includes(dye.family));
    select.append(
      make("optgroup", { label: title }, ...dyes.map((dye) => make("option", { value: dye.name }, dye.name))),
    );
  };
  named("Natural", ["classic", "grey"]);
  named("Vivid", ["fashion"]);
  named("Levels", ["neutral"]);
  select.value = first;
  return select;
}

function slider(kind, { name, default: first }) {
  const range = make("input", {
    type: "range",
    min: 0,
    max: 100,
    value: first * 100,
    id: `effect-${kind}-${name}`,
  });
  const output = make("output", { htmlFor: range.id });
  const refresh = () => {
    output.textContent = `${range.value} %`;
  };
  const set = (number) => (range.value = Math.round(100 * number));
  return { element: field(LABELS[name], output, range), refresh, set, value: () => String(range.value / 100) };
}

function field(name, ...controls) {
  return make("label", { className: "field" }, `${name} `, ...controls);
}
