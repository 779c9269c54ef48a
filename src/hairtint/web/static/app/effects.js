/** What a hairdresser does beyond one colour: switches, each with its amounts and, where it has one, its colour. */

import { DYES } from "../engine/constants.js";
import { byId, make } from "./dom.js";

/** In the order of their painting. `color` is what stands first in the list; empty: a tone of the dye itself. */
const EFFECTS = [
  {
    kind: "ombre",
    title: "Ombre",
    hint: "another colour towards the tips",
    color: "platinum",
    numbers: [
      ["Begins", 0.5],
      ["Softness", 0.4],
    ],
  },
  {
    kind: "roots",
    title: "Root shadow",
    hint: "darker roots",
    color: "",
    own: "the dye, darker",
    numbers: [
      ["Depth", 0.4],
      ["Amount", 0.8],
    ],
  },
  {
    kind: "highlights",
    title: "Highlights",
    hint: "single lighter locks",
    color: "",
    own: "the dye, lighter",
    numbers: [
      ["Amount", 0.7],
      ["Share", 0.5],
    ],
  },
  {
    kind: "lowlights",
    title: "Lowlights",
    hint: "single darker locks",
    color: "",
    own: "the dye, darker",
    numbers: [
      ["Amount", 0.7],
      ["Share", 0.5],
    ],
  },
  { kind: "two-tone", title: "Two-tone", hint: "each side its colour", color: "black", numbers: [["Softness", 0.1]] },
  { kind: "gloss", title: "Gloss", hint: "more shine", numbers: [["Amount", 0.5]] },
];

/** @param {import("./look.js").LookStore} store */
export function startEffects(store) {
  const fieldset = byId("effects");
  const rows = EFFECTS.map(row);
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

function row(effect) {
  const toggle = make("input", { type: "checkbox", id: `effect-${effect.kind}` });
  toggle.setAttribute("role", "switch");
  const label = make(
    "label",
    { className: "switch" },
    toggle,
    make("span", {}, effect.title, make("small", {}, effect.hint)),
  );
  const color = "color" in effect ? colors(effect) : null;
  const sliders = effect.numbers.map(([name, value]) => slider(effect, name, value));
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
  return {
    element,
    refresh,
    text: () =>
      toggle.checked && [effect.kind, color?.value, ...sliders.map((s) => s.value())].filter(Boolean).join(":"),
    take: (texts) => {
      const mine = texts.find((text) => text.split(":")[0] === effect.kind);
      toggle.checked = Boolean(mine);
      if (mine && color) color.value = dyeIn(mine) ?? effect.color;
      if (mine) numbersIn(mine, effect).forEach((number, at) => sliders[at].set(number));
      refresh();
    },
  };
}

/** The effect's numbers as a text has them; where it has none, those it begins with. */
function numbersIn(text, { numbers }) {
  const given = text.split(":").filter((part, at) => at && part !== "" && Number(part) >= 0 && Number(part) <= 1);
  return numbers.map(([, value], at) => Number(given[at] ?? value));
}

const dyeIn = (text) => text.split(":").find((part, at) => at && DYES.some((dye) => dye.name === part));

function colors({ kind, color, own }) {
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
  select.value = color;
  return select;
}

function slider({ kind }, name, value) {
  const range = make("input", {
    type: "range",
    min: 0,
    max: 100,
    value: value * 100,
    id: `effect-${kind}-${name.toLowerCase()}`,
  });
  const output = make("output", { htmlFor: range.id });
  const refresh = () => {
    output.textContent = `${range.value} %`;
  };
  const set = (number) => (range.value = Math.round(100 * number));
  return { element: field(name, output, range), refresh, set, value: () => String(range.value / 100) };
}

function field(name, ...controls) {
  return make("label", { className: "field" }, `${name} `, ...controls);
}
