/** Frame in, dyed frame out, with memory of the frames before: hairtint/tinter.py. */

import { Heads } from "./heads.js";
import { largestRegion, refine } from "./matte.js";
import { Memory } from "./memory.js";
import { View } from "./raster.js";
import { recolor } from "./recolor.js";

export class Tinter {
  #memory = new Memory();
  #heads = new Heads();
  #mask = null; // what was dyed of the frame before

  /** Whether the last frame was the first of its scene. */
  get anew() {
    return this.#memory.anew;
  }

  /** Forget the frames before, as at the start of another video. */
  reset() {
    this.#memory.reset();
    this.#forget();
  }

  #forget() {
    this.#heads.reset();
    this.#mask = null;
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
    if (this.#memory.anew) this.#forget();
    const mask = look.largestRegion ? largestRegion(refined, this.#mask) : refined;
    this.#mask = mask;
    const matted = performance.now();
    recolor(frame, mask, look, look.method === "natural" ? this.#heads.follow(View.rgba(frame), mask) : null);
    const dyed = performance.now();
    return { mask, timings: { memory: remembered - started, matte: matted - remembered, color: dyed - matted } };
  }
}
