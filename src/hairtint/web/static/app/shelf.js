/** Looks that were kept, with a small picture of each while the page is open, and the look in the page's address. */

import { byId, icon, make, shrink } from "./dom.js";
import { lookText, readLook } from "./look-text.js";
import { swatch } from "./palette.js";
import { remember, remembered } from "./storage.js";

const MOST = 12; // looks
const PAUSE = 300; // milliseconds: browsers refuse an address that changes with every step of a slider

/** The look in the address, if there is one. */
export const lookOfAddress = () => readLook(location.hash.slice(1));

/** @param {import("./look.js").LookStore} store */
export function startAddress(store) {
  let pause;
  const write = ({ pristine, choice }) => {
    const hash = pristine ? "" : `#${lookText(choice)}`;
    if (hash !== location.hash) history.replaceState(history.state, "", hash || location.pathname + location.search);
  };
  store.follow(() => {
    clearTimeout(pause);
    pause = setTimeout(() => write(store), PAUSE);
  });
  addEventListener("hashchange", () => {
    const look = history.state ? null : lookOfAddress(); // the page's own steps of the history change no look
    if (look) store.change(look);
    else write(store);
  });
}

/** @param {import("./look.js").LookStore} store */
export function startShelf(store) {
  const shelf = byId("shelf");
  const pictures = new Map(); // by the look's text; they stay in memory
  let texts = stored();

  const show = () => {
    shelf.replaceChildren(...texts.map((text) => item(text, pictures.get(text))));
    shelf.hidden = !texts.length;
  };
  const keep = (changed) => {
    texts = changed;
    remember("looks", JSON.stringify(texts));
    show();
  };
  byId("keep").addEventListener("click", () => {
    const text = lookText(store.choice);
    const picture = seen();
    if (picture) pictures.set(text, picture);
    keep([text, ...texts.filter((other) => other !== text)].slice(0, MOST));
  });
  shelf.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const at = [...shelf.children].indexOf(button.closest("li"));
    if (!button.matches(".remove")) return store.change(readLook(texts[at]));
    keep(texts.filter((_, k) => k !== at));
    (shelf.children[Math.min(at, texts.length - 1)]?.querySelector("button") ?? byId("keep")).focus();
  });
  show();
}

function stored() {
  try {
    const texts = JSON.parse(remembered("looks") ?? "[]");
    return texts.filter((text) => typeof text === "string" && readLook(text)).slice(0, MOST);
  } catch {
    return []; // not what this page wrote
  }
}

/** The dyed picture, small; nothing where there is none. */
function seen() {
  const { tab, state } = document.body.dataset;
  const source = tab === "live" ? byId("live-canvas") : state === "ready" ? byId("after") : null;
  if (!source?.width) return null;
  const canvas = make("canvas");
  shrink(source, canvas, 160);
  return canvas;
}

function item(text, picture) {
  const { name, color, effects } = readLook(text);
  const words = [name || color, ...effects.map((effect) => effect.split(":")[0])].join(", ");
  const look = make(
    "button",
    { type: "button", className: "kept", title: words },
    picture ?? swatch(color),
    make("span", { className: "name" }, words),
  );
  const remove = make("button", { type: "button", className: "remove", ariaLabel: `Remove: ${words}` }, icon("close"));
  return make("li", {}, look, remove);
}
