/** A few words for the document. */

/** @param {string} id @returns {any} the element of this id */
export const byId = (id) => document.getElementById(id);

/**
 * A new element: make("label", { className: "dye", htmlFor: "x" }, "text", child).
 * @param {string} tag @param {object} properties @param {...(Node|string)} children
 */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

/** Gives an element the focus where what had it is hidden or disabled by now. */
export function catchFocus(element) {
  if (!document.activeElement?.offsetParent) element.focus({ preventScroll: true });
}

/** An icon of icons.svg by its id. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `${new URL("../icons.svg", import.meta.url)}#${name}`);
  svg.append(use);
  return svg;
}

/** Puts pixels on a canvas, which takes their size. @param {HTMLCanvasElement} canvas @param {ImageData} image */
export function show(canvas, image) {
  if (canvas.width !== image.width) canvas.width = image.width;
  if (canvas.height !== image.height) canvas.height = image.height;
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** A canvas drawn small onto another, for thumbnails: `side` is the longer side in pixels. */
export function shrink(source, canvas, side = 240) {
  const scale = Math.min(1, side / Math.max(source.width, source.height));
  canvas.width = Math.max(1, Math.round(source.width * scale));
  canvas.height = Math.max(1, Math.round(source.height * scale));
  const context = canvas.getContext("2d");
  context.imageSmoothingQuality = "high";
  context.drawImage(source, 0, 0, canvas.width, canvas.height);
}

/** A canvas that nobody sees, also in browsers that know none but those of the page. */
export function hiddenCanvas(width, height) {
  return globalThis.OffscreenCanvas ? new OffscreenCanvas(width, height) : make("canvas", { width, height });
}

/** The file of a hidden canvas. @returns {Promise<Blob>} */
export function fileOf(canvas, type, quality) {
  if (canvas.convertToBlob) return canvas.convertToBlob({ type, quality });
  return new Promise((resolve) => canvas.toBlob(resolve, type, quality));
}
