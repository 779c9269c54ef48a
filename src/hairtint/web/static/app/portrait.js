/** One photo: its pixels for the screen, the mask that is found once, and the larger pixels that are saved. */

import { limits } from "./config.js";
import { copied, decode, withAlpha } from "./decode.js";
import { Mending } from "./mending.js";
import { Problem } from "./problem.js";

export class Portrait {
  #backend;
  #file;
  #found = null; // the mask, however little hair it shows
  #straight; // what is dyed: the image, but not lying on white
  #alpha;
  #large = null; // {straight, alpha, mask}: made when first saved
  #mending = null;

  /** @param {Blob} file @param {string} name @throws {Problem} the file cannot be read */
  static async open(file, name) {
    const kept = await copied(file);
    return new Portrait(kept, name, await decode(kept, limits.screenSide));
  }

  constructor(file, name, { image, straight, alpha, width, height }) {
    this.#file = file;
    this.#straight = straight;
    this.#alpha = alpha;
    this.name = name;
    this.image = image;
    this.mask = null;
    this.unshared = null; // {choice, blob}: what was made too late to be shared
    this.side = Math.max(width, height);
  }

  /** @param {import("./backend.js").Backend} backend @throws {Problem} there is no hair: see `paintable` */
  async find(backend) {
    this.#backend = backend;
    this.#found = await backend.mask(this.image);
    if (!this.#found.data.some((share) => share > 0.5)) {
      throw new Problem(
        "No hair was found",
        "Choose a photo where the hair is well lit and in view: from the front or the side, not too far away.",
      );
    }
    this.accept();
  }

  /** Whether the hair that was not found can be painted. */
  get paintable() {
    return Boolean(this.#found) && this.mendable;
  }

  /** Goes on with what was found, be it nothing. */
  accept() {
    this.mask = this.#found;
  }

  /** Whether masks can be changed: a server dyes with its own. */
  get mendable() {
    return !this.#backend?.remote;
  }

  get mended() {
    return Boolean(this.#mending);
  }

  /** What changes the mask; `mend` makes it the one that is dyed with. */
  get mending() {
    return (this.#mending ??= new Mending(this.mask));
  }

  mend() {
    this.mask = this.#mending.mask;
    this.unshared = null;
  }

  /** The photo on the screen in this look. @param {() => boolean} wanted as for `Backend` @returns {Promise<ImageData>} */
  async dyed(look, wanted) {
    const dyed = await this.#backend.recolor(this.#straight, this.mask, look, wanted);
    return this.#alpha ? onWhite(dyed, this.#alpha) : dyed;
  }

  /**
   * The photo at the size it is saved in.
   * @returns {Promise<{straight: ImageData, alpha: Uint8Array|null, mask: object}>}
   */
  async large() {
    if (this.side <= limits.screenSide) return { straight: this.#straight, alpha: this.#alpha, mask: this.mask };
    if (!this.#large) {
      const { image, straight, alpha } = await decode(this.#file, limits.saveSide);
      this.#large = { straight, alpha, mask: await this.#backend.mask(image) };
    }
    const { mask, ...photo } = this.#large;
    return { ...photo, mask: this.#mending?.applied(mask) ?? mask };
  }

  /** The result at the size it is saved in, and as what. @returns {Promise<{image: ImageData, type: string}>} */
  async largeDyed(look) {
    const { straight, alpha, mask } = await this.large();
    const dyed = await this.#backend.recolor(straight, mask, look);
    return { image: alpha ? withAlpha(dyed, alpha) : dyed, type: this.#type(alpha) };
  }

  /** PNG stays PNG; what else can be seen through stays WebP or becomes PNG; all else is JPEG. */
  #type(alpha) {
    const { type } = this.#file;
    if (type === "image/png" || (alpha && type !== "image/webp")) return "image/png";
    return alpha ? "image/webp" : "image/jpeg";
  }
}

/** @param {ImageData} image is changed @returns {ImageData} */
function onWhite(image, alpha) {
  const { data } = image;
  for (let at = 0; at < data.length; at++) {
    if (at % 4 < 3) data[at] = 255 + ((data[at] - 255) * alpha[at >> 2]) / 255;
  }
  return image;
}

/** A mask as a grey picture. @returns {ImageData} */
export function greyOf({ width, height, data }) {
  const image = new ImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  for (let at = 0; at < data.length; at++) pixels[at] = 0xff000000 | (Math.round(255 * data[at]) * 0x010101);
  return image;
}
