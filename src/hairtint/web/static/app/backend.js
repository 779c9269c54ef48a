/** Who finds and dyes the hair: the engine in this browser, or, where it cannot run, the server the page came from. */

import { Engine } from "../engine/index.js";
import { config } from "./config.js";
import { byId } from "./dom.js";
import { Problem } from "./problem.js";
import { ServerEngine } from "./server.js";

/**
 * @typedef {object} Backend
 * @property {(image: ImageData) => Promise<import("../engine/index.js").Mask>} mask
 * @property {(image: ImageData, mask: object, look: object, wanted?: () => boolean) => Promise<ImageData>} recolor where
 *   it has to wait for a server it goes on only if it still is wanted, and fails otherwise
 * @property {boolean} [remote] it is a server, and dyes with the mask that it found itself
 */

const { photoModelUrl, videoModelUrl } = config;
const engines = new Map(); // by the address of the network
const reports = new Map();
let started = null;

/**
 * The one backend of this page for photos; later calls share the first one's work, and a failed start can be tried again.
 * @param {(progress: {loaded: number, total: number}) => void} onprogress of the newest call is used
 * @returns {Promise<Backend>}
 */
export function backend(onprogress) {
  reports.set(photoModelUrl, onprogress);
  started ??= start().catch((error) => {
    started = null;
    throw error;
  });
  return started;
}

/**
 * The engine of this browser for video, whatever `backend` is: video never leaves the device.
 * @param {(progress: {loaded: number, total: number}) => void} onprogress of the newest call is used
 * @returns {Promise<Engine>}
 */
export function localEngine(onprogress) {
  reports.set(videoModelUrl, onprogress);
  return load(videoModelUrl).catch((error) => {
    throw notStarted(error);
  });
}

/** Begins to fetch the network while the visitor still looks for a photo. */
export function warm() {
  load(photoModelUrl).catch(() => {}); // `backend` will say what is wrong
}

async function load(modelUrl) {
  if (!canCompute()) throw new Error("This browser is too old for the network: update it, or use another one.");
  if (!engines.has(modelUrl)) {
    const engine = Engine.load({ modelUrl, onprogress: (state) => reports.get(modelUrl)?.(state) });
    engines.set(modelUrl, engine.catch((error) => {
      engines.delete(modelUrl);
      throw error;
    }));
  }
  return engines.get(modelUrl);
}

async function start() {
  if (!canCompute() && config.api) return new ServerEngine(config.api);
  try {
    return await load(photoModelUrl);
  } catch (error) {
    if (!config.api || error.kind === "download") throw notStarted(error);
    if (!(await allowed(error.message)))
      throw new Problem("Nothing was sent", "The photo stayed on this device. To colour it here, try another browser.");
    sayRemote();
    return new ServerEngine(config.api);
  }
}

function notStarted(error) {
  return new Problem("The colours could not be started", error.message);
}

/** The page has promised that pictures stay here: only the visitor can let them go. @returns {Promise<boolean>} */
function allowed(reason) {
  const dialog = byId("ask");
  byId("ask-reason").textContent = reason;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    byId("ask-yes").onclick = () => dialog.close("yes");
    byId("ask-no").onclick = () => dialog.close("no");
    dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
  });
}

/** Takes the promise back where it does not hold. */
function sayRemote() {
  byId("privacy").textContent = "Photos are coloured by this server, which forgets them within minutes.";
  byId("shutter-privacy").textContent = "The picture goes to this server, which forgets it within minutes.";
}

/** What a browser cannot do that is too old: no video, and photos only where there is a server. */
export function sayOld() {
  byId("live-lead").textContent =
    "Your camera, recoloured while you move: that needs a newer browser. Update this one, or use another.";
  if (config.api) sayRemote();
}

/** WebAssembly with SIMD, by the smallest module that uses it: i32.const 0, i8x16.splat, drop. */
export function canCompute() {
  const simd = [0, 97, 115, 109, 1, 0, 0, 0, 1, 4, 1, 96, 0, 0, 3, 2, 1, 0, 10, 9, 1, 7, 0, 65, 0, 253, 15, 26, 11];
  return typeof WebAssembly === "object" && WebAssembly.validate(new Uint8Array(simd));
}
