/** What is on beside the dye, each with a button that takes it off; undo, and back to the first look. */

import { byId, icon, make } from "./dom.js";
import { titleOf } from "./effects.js";

/** Whether a key is the one that undoes. @param {KeyboardEvent} event */
export function undoes({ key, ctrlKey, metaKey, shiftKey }) {
  return key.toLowerCase() === "z" && (ctrlKey || metaKey) && !shiftKey;
}

/** @param {import("./look.js").LookStore} store */
export function startSteps(store) {
  const [chips, undo, reset] = ["chips", "undo", "reset"].map(byId);
  for (const sign of ["pointerdown", "keydown", "click", "focusin"]) {
    addEventListener(sign, (event) => event.repeat || store.settle(), true);
  }
  undo.addEventListener("click", () => store.undo());
  reset.addEventListener("click", () => store.reset());
  addEventListener("keydown", (event) => {
    const taken = event.defaultPrevented || event.target.matches("[type=text]");
    if (!undoes(event) || taken || !chips.parentElement.offsetParent) return;
    event.preventDefault();
    store.undo();
  });
  chips.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const at = [...chips.querySelectorAll("button")].indexOf(button);
    const { method, effects } = store.choice;
    store.change(method === "hsv" ? { method: "natural" } : { effects: effects.filter((_, k) => k !== at) });
    const left = chips.querySelectorAll("button");
    (left[Math.min(at, left.length - 1)] ?? undo).focus();
  });
  store.follow(({ method, effects }) => {
    const titles = method === "hsv" ? ["Hue only"] : effects.map((text) => titleOf(text.split(":")[0]));
    chips.replaceChildren(...titles.map(chip));
    chips.hidden = !titles.length;
    undo.ariaDisabled = String(!store.undoable); // not disabled: it would lose the focus
    reset.ariaDisabled = String(store.pristine);
  });
}

function chip(title) {
  const button = make("button", { type: "button", className: "tag", ariaLabel: `Take off: ${title}` }, title, icon("close"));
  return make("li", {}, button);
}
