/** What the visitor takes home. */

import { fileOf, hiddenCanvas } from "./dom.js";

/** "me.jpg", "copper", "jpg" -> "me-copper.jpg"; letters of all languages stay. */
export function fileName(source, what, extension) {
  const stem = clean(source.replace(/\.[^.]*$/, "")).slice(0, 60) || "hairtint";
  return `${stem}-${clean(what)}.${extension}`;
}

function clean(text) {
  const words = text.normalize("NFC").toLowerCase();
  return words.replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "");
}

/** @param {ImageData} image @param {string} type PNG where the browser cannot write it @returns {Promise<Blob>} */
export function encoded(image, type) {
  const canvas = hiddenCanvas(image.width, image.height);
  canvas.getContext("2d").putImageData(image, 0, 0);
  return fileOf(canvas, type, 0.94);
}

/** @param {Blob} blob @param {string} name */
export function download(blob, name) {
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** Whether the system's own sheet can take pictures from here. */
export function canShare() {
  return Boolean(navigator.canShare?.({ files: [new File([""], "a.jpg", { type: "image/jpeg" })] }));
}

/** @param {Blob} blob @param {string} name */
export async function share(blob, name) {
  try {
    await navigator.share({ files: [new File([blob], name, { type: blob.type })] });
  } catch (error) {
    if (error.name !== "AbortError") throw error; // the visitor closed the sheet
  }
}
