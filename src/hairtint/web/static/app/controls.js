/** Strength, method, and the line that says which look it is. */

import { byId } from "./dom.js";

const METHODS = {
  natural: "Lightens and darkens as bleach and dye do; works on black hair.",
  hsv: "The hue changes and nothing else: black, white and grey hair keep their look.",
};

/** @param {import("./look.js").LookStore} store */
export function startControls(store) {
  byId("controls").addEventListener("submit", (event) => event.preventDefault());
  byId("strength").addEventListener("input", ({ target }) => store.change({ strength: target.value / 100 }));
  byId("method").addEventListener("change", ({ target }) => store.change({ method: target.value }));
  store.follow(({ color, name, strength, method }) => {
    byId("now-swatch").style.setProperty("--c", color);
    document.documentElement.style.setProperty("--dye", color);
    byId("now-name").textContent = name || "Your own colour";
    byId("now-hex").textContent = color;
    byId("strength").value = Math.round(strength * 100);
    byId("strength-value").textContent = `${Math.round(strength * 100)} %`;
    byId("method").querySelector(`[value=${method}]`).checked = true;
    byId("method-hint").textContent = METHODS[method];
  });
}
