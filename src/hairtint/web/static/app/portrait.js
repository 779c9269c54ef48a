/** One photo: its pixels for the screen, the mask that is found once, and the larger pixels that are saved. */

import { limits } from "./config.js";
import { copied, decode } from "./decode.js";
import { Problem } from "./problem.js";

const LEAST_HAIR = 0.002; // of the picture: a smaller share is a speck, not somebody's hair

export class Portrait {
  #backend;
  #file;
  #alpha;
  #large = null; // {image, alpha, mask}: made when first saved

  /** @param {Blob} file @param {string} name @throws {Problem} the file cannot be read */
  static async open(file, name) {
    const kept = await copied(file);
    const { image, alpha, width, height } = await decode(kept, limits.screenSide);
    return new Portrait(kept, name, image, alpha, Math.max(width, height));
  }

  constructor(file, name, image, alpha, side) {
    this.#file = file;
    this.#alpha = alpha;
    this.name = name;
    this.image = image;
    this.mask = null;
    this.side = side;
  }

  /** @param {import("./backend.js").Backend} backend @throws {Problem} there is no hair */
  async find(backend) {
    this.#backend = backend;
    const mask = await backend.mask(this.image);
    if (coverage(mask) < LEAST_HAIR) {
      throw new Problem(
        "No hair was found",
        "Choose a photo where the hair is well lit and in view: from the front or the side, not too far away.",
      );
    }
    this.mask = mask;
  }

  /** The photo on the screen in this look. @returns {Promise<ImageData>} */
  dyed(look) {
    return this.#backend.recolor(this.image, this.mask, look);
  }

  /**
   * The photo at the size it is saved in.
   * @returns {Promise<{image: ImageData, alpha: Uint8Array|null, mask: object}>}
   */
  async large() {
    if (this.side <= limits.screenSide) return { image: this.image, alpha: this.#alpha, mask: this.mask };
    if (!this.#large) {
      const { image, alpha } = await decode(this.#file, limits.saveSide);
      this.#large = { image, alpha, mask: await this.#backend.mask(image) };
    }
    return this.#large;
  }

  /** The result at the size it is saved in, and as what. @returns {Promise<{image: ImageData, type: string}>} */
  async largeDyed(look) {
    const { image, alpha, mask } = await this.large();
    const dyed = await this.#backend.recolor(image, mask, look);
    if (alpha) takeFromWhite(dyed, alpha);
    return { image: dyed, type: this.#type(alpha) };
  }

  /** PNG stays PNG; what else can be seen through stays WebP or becomes PNG; all else is JPEG. */
  #type(alpha) {
    const { type } = this.#file;
    if (type === "image/png" || (alpha && type !== "image/webp")) return "image/png";
    return alpha ? "image/webp" : "image/jpeg";
  }
}

/** Gives a picture that lies on white its alpha back; the array makes 0 of what is below 0 or no number. */
function takeFromWhite({ data }, alpha) {
  for (let at = 0; at < alpha.length; at++) {
    const white = 255 - alpha[at];
    for (let k = 4 * at; white && k < 4 * at + 3; k++) data[k] = (255 * (data[k] - white)) / alpha[at];
    data[4 * at + 3] = alpha[at];
  }
}

/** The share of the picture that is hair. */
function coverage({ data }) {
  let sum = 0;
  for (const value of data) sum += value;
  return sum / data.length;
}

/** A mask as a grey picture. @returns {ImageData} */
export function greyOf({ width, height, data }) {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < data.length; at++) pixels[at] = 0xff000000 | (Math.round(255 * data[at]) * 0x010101);
  return image;
}
