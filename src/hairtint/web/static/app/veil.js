/** The veil over the picture while something takes its time. */

import { byId } from "./dom.js";

/** @param {string} text what is being done */
export function busy(text) {
  byId("veil-text").textContent = text;
  byId("status").textContent = text; // which screen readers say
  byId("progress").removeAttribute("value");
  byId("veil").hidden = false;
  byId("compare").setAttribute("aria-busy", "true");
}

/** How far the download of the network and its runtime is, in words. @param {{loaded: number, total: number}} state */
export function fetched({ loaded, total }) {
  if (total && loaded >= total) return "Starting the network";
  const [now, all] = [loaded, total].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  return `Fetching the network, once: ${total ? `${now} of ${all}` : now} MB`;
}

/** The same on the veil. @param {{loaded: number, total: number}} state */
export function progress(state) {
  const { loaded, total } = state;
  if (total && loaded >= total) return busy(fetched(state));
  if (total) byId("progress").value = loaded / total;
  byId("veil-text").textContent = fetched(state);
}

export function idle() {
  byId("veil").hidden = true;
  byId("compare").removeAttribute("aria-busy");
}
