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

/** How far the download of the network and its runtime is. @param {{loaded: number, total: number}} state */
export function progress({ loaded, total }) {
  if (total) byId("progress").value = loaded / total;
  const megabytes = (loaded / 2 ** 20).toFixed(1);
  byId("veil-text").textContent =
    `Fetching the network, once: ${megabytes}${total ? ` of ${(total / 2 ** 20).toFixed(1)}` : ""} MB`;
  if (total && loaded >= total) busy("Starting the network");
}

export function idle() {
  byId("veil").hidden = true;
  byId("compare").removeAttribute("aria-busy");
}
