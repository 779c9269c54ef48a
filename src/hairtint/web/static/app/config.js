/** What the page was served with: JSON in <html data-config>. All addresses are relative to the page. */

const given = JSON.parse(document.documentElement.dataset.config || "{}");

export const config = {
  /** Where a hairtint server answers; null for a page of static files. @type {string|null} */
  api: given.server ? (given.api ?? "api/v1/") : null,
  /** The network of the browser's engine. */
  modelUrl: given.modelUrl ?? "models/swift.onnx",
  /** onnxruntime-web, which runs it. */
  vendorUrl: given.vendorUrl ?? "static/vendor/",
};

export const limits = {
  /** Bytes of a photo's file. */
  bytes: 64_000_000,
  /** Longest side in pixels that is worked on while colours are tried. */
  screenSide: 1280,
  /** Longest side in pixels of what is saved. */
  saveSide: 4096,
  /** Shortest side in pixels: below there is no face to see. */
  leastSide: 32,
};
