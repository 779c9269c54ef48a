/** Frame in, dyed frame out, with memory of the frames before: hairtint/live/tinter.py. */

import { TINTER } from "./constants.js";
import { largestRegion, refine } from "./matte.js";
import { Memory } from "./memory.js";
import { View } from "./raster.js";
import { recolor } from "./recolor.js";
import { measure, towards } from "./shade.js";

const { SHADE_RATE, NEW_HEAD } = TINTER;

export class Tinter {
  #memory = new Memory();
  #shade = null;

  /** Forget the frames before, as at the start of another video. */
  reset() {
    this.#memory.reset();
    this.#shade = null;
  }

  /**
   * Dye a frame in place.
   * @param {{width: number, height: number, data: Uint8ClampedArray}} frame RGBA
   * @param {import("./pyramid.js").Pyramid} pyramid of it
   * @param {{width: number, height: number, data: Float32Array}} probability the network's map of it
   * @param {ReturnType<typeof import("./recolor.js").readLook>} look
   * @returns {{mask: {width: number, height: number, data: Float32Array}, timings: object}} timings in milliseconds
   */
  tint(frame, pyramid, probability, look) {
    const started = performance.now();
    const steady = this.#memory.blend(probability, pyramid);
    const remembered = performance.now();
    const refined = refine(steady, pyramid);
    const mask = look.largestRegion ? largestRegion(refined) : refined;
    const matted = performance.now();
    const shade = look.method === "natural" ? this.#follow(frame, mask) : null;
    recolor(frame, mask, look, shade);
    const dyed = performance.now();
    return { mask, timings: { memory: remembered - started, matte: matted - remembered, color: dyed - matted } };
  }

  #follow(frame, mask) {
    const now = measure(View.rgba(frame), new View(mask.data, mask.width, mask.height));
    const known = this.#shade && now && !this.#memory.anew;
    const close = known && Math.abs(this.#shade.lightness - now.lightness) <= NEW_HEAD;
    this.#shade = close ? towards(this.#shade, now, SHADE_RATE) : now;
    return this.#shade;
  }
}
