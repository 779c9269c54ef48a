/** A file becomes pixels. */

import { limits } from "./config.js";
import { hiddenCanvas } from "./dom.js";
import { Problem } from "./problem.js";

const KINDS = "Choose a JPEG, PNG, WebP, AVIF or GIF picture.";

/**
 * A file's bytes, which stay even where the file goes away or changes.
 * @param {Blob} file @returns {Promise<Blob>} @throws {Problem} it is too large, or cannot be read
 */
export async function copied(file) {
  if (file.size > limits.bytes) {
    const [size, most] = [file.size, limits.bytes].map((bytes) => Math.ceil(bytes / 1e6));
    throw new Problem(
      "This file is too large",
      `It has ${size} MB: choose one of at most ${most} MB, or save the photo smaller.`,
    );
  }
  const bytes = await file.arrayBuffer().catch(() => {
    throw new Problem("This file cannot be read", "It may have been moved or changed: choose it again.");
  });
  return new Blob([bytes], { type: file.type });
}

/**
 * @param {Blob} file
 * @param {number} side the longest side to have; larger pictures are scaled down
 * @returns {Promise<{image: ImageData, straight: ImageData, alpha: Uint8Array|null, width: number, height: number}>}
 *   pixels as they look on white and as they are, both opaque; how opaque they were where that is not all of them; and
 *   the size before scaling
 * @throws {Problem} the file is no picture, or of a kind that this browser cannot read
 */
export async function decode(file, side) {
  const bitmap = await opened(file);
  try {
    if (Math.min(bitmap.width, bitmap.height) < limits.leastSide) {
      throw new Problem("This picture is too small", `Choose one of at least ${limits.leastSide} pixels a side.`);
    }
    return { ...pixels(bitmap, side), width: bitmap.width, height: bitmap.height };
  } finally {
    bitmap.close();
  }
}

async function opened(file) {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    if (await isHeic(file)) {
      throw new Problem(
        "This is a HEIC photo",
        "This browser cannot open HEIC. Save or share the photo as JPEG; to take JPEGs with an iPhone from now on: " +
          "Settings › Camera › Formats › Most Compatible.",
      );
    }
    const picture = file.type.startsWith("image/");
    throw new Problem(
      picture ? "This picture cannot be opened" : "This is not a picture",
      picture ? `It may be damaged, or of a kind this browser does not know. ${KINDS}` : KINDS,
    );
  }
}

/** HEIC files say so in their first box. */
async function isHeic(file) {
  const head = new TextDecoder("latin1").decode(await file.slice(4, 12).arrayBuffer());
  return /^ftyp(hei[cmsx]|hev[cmx]|mif1|msf1)/.test(head);
}

function pixels(bitmap, side) {
  const scale = Math.min(1, side / Math.max(bitmap.width, bitmap.height));
  const [width, height] = [bitmap.width, bitmap.height].map((n) => Math.max(1, Math.round(n * scale)));
  const context = hiddenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  context.imageSmoothingQuality = "high";
  context.drawImage(bitmap, 0, 0, width, height);
  const straight = context.getImageData(0, 0, width, height);
  const alpha = opacity(straight);
  if (!alpha) return { image: straight, straight, alpha };
  context.globalCompositeOperation = "destination-over";
  context.fillStyle = "#fff";
  context.fillRect(0, 0, width, height);
  return { image: context.getImageData(0, 0, width, height), straight: withAlpha(straight), alpha };
}

/** The pixels with another alpha, all opaque without one. @param {ImageData} image is changed @returns {ImageData} */
export function withAlpha(image, alpha = null) {
  for (let at = 0; 4 * at < image.data.length; at++) image.data[4 * at + 3] = alpha ? alpha[at] : 255;
  return image;
}

/** The alpha of all pixels; null where all are opaque. */
function opacity({ data }) {
  const alpha = new Uint8Array(data.length / 4);
  for (let at = 0; at < alpha.length; at++) alpha[at] = data[4 * at + 3];
  return alpha.every((value) => value === 255) ? null : alpha;
}
