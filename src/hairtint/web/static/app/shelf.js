/** Looks that were kept, with a small picture of each while the page is open, and the look in the page's address. */

import { byId, icon, make, shrink } from "./dom.js";
import { wordsOf } from "./look.js";
import { lookText, readLook } from "./look-text.js";
import { swatch } from "./palette.js";
import { mark } from "./place.js";
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
    mark();
    if (look) store.change(look);
    else write(store);
  });
}

/**
 * @param {import("./look.js").LookStore} store
 * @param {() => HTMLCanvasElement|null} dyed the picture with dyed hair, where there is one
 */
export function startShelf(store, dyed) {
  const [shelf, heart] = ["shelf", "keep"].map(byId);
  const pictures = new Map(); // by the look's text; they stay in memory
  let texts = [];

  const now = () => lookText(store.look); // without effects that the method switches off
  const showHeart = () => heart.setAttribute("aria-pressed", String(texts.includes(now())));
  const show = () => {
    shelf.replaceChildren(...texts.map((text) => item(text, pictures.get(text))));
    shelf.hidden = !texts.length;
    showHeart();
  };
  const keep = (changed) => {
    texts = changed;
    remember("looks", JSON.stringify(texts));
    show();
  };
  heart.addEventListener("click", () => {
    const text = now();
    const others = texts.filter((other) => other !== text);
    if (others.length < texts.length) {
      keep(others);
      return say("No longer kept");
    }
    const picture = dyed();
    if (picture) pictures.set(text, small(picture));
    keep([text, ...texts].slice(0, MOST));
    say(others.length < MOST ? "Kept" : `Kept; the oldest of ${MOST} was removed`);
  });
  shelf.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (!button) return;
    const at = [...shelf.children].indexOf(button.closest("li"));
    if (!button.matches(".remove")) return store.change(readLook(texts[at]));
    keep(texts.filter((_, k) => k !== at));
    (shelf.children[Math.min(at, texts.length - 1)]?.querySelector("button") ?? heart).focus();
  });
  const read = () => {
    texts = stored();
    show();
  };
  addEventListener("storage", ({ key }) => key === "looks" && read()); // another tab has kept or removed one
  read();
  store.follow(showHeart);
}

function stored() {
  try {
    const texts = JSON.parse(remembered("looks") ?? "[]");
    return texts.filter((text) => typeof text === "string" && readLook(text)).slice(0, MOST);
  } catch {
    return []; // not what this page wrote
  }
}

/** In the line of the tab that is open. */
function say(text) {
  byId(document.body.dataset.tab === "live" ? "live-status" : "status").textContent = text;
}

function small(picture) {
  const canvas = make("canvas");
  shrink(picture, canvas, 160);
  return canvas;
}

function item(text, picture) {
  const choice = readLook(text);
  const words = wordsOf(choice);
  const look = make(
    "button",
    { type: "button", className: "kept", title: words },
    picture ?? swatch(choice.color),
    make("span", { className: "name" }, words.replace(" %", "\u00a0%")),
  );
  const remove = make("button", { type: "button", className: "remove", ariaLabel: `Remove: ${words}` }, icon("close"));
  return make("li", {}, look, remove);
}
