/** A picture and its halves: what wants the picture smaller takes the next best one, as in hairtint/pyramid.py. */

import { round, shrink, View } from "./raster.js";

export class Pyramid {
  #levels;

  /** @param {View} view the picture at its own size: red, green and blue */
  constructor(view) {
    this.#levels = [view];
  }

  /** The picture at its own size. */
  get view() {
    return this.#levels[0];
  }

  /** The smallest level that is at least this large both ways, or the picture where it is smaller than that. */
  covering(width, height) {
    const most = Math.min(this.view.width / width, this.view.height / height);
    return this.#level(most >= 2 ? Math.floor(Math.log2(most)) : 0);
  }

  /** The level whose longer side comes nearest to `longest`, by its ratio. */
  near(longest) {
    return this.#level(Math.max(0, round(Math.log2(Math.max(this.view.width, this.view.height) / longest))));
  }

  #level(number) {
    while (this.#levels.length <= number) {
      const last = this.#levels.at(-1);
      const [width, height] = [last.width, last.height].map((side) => Math.max(1, side >> 1));
      this.#levels.push(View.rgb(shrink(last, width, height, 3)));
    }
    return this.#levels[number];
  }
}
