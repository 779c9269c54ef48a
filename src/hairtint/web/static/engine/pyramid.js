/** A picture and its halves: what wants the picture smaller takes the next best one, as in hairtint/pyramid.py. */

import { round, shrink, View } from "./raster.js";

export class Pyramid {
  #levels;
  #made;

  /**
   * @param {View} view the picture at its own size: red, green and blue
   * @param {(number: number) => View} [made] gives the other levels; without it they are made of the view
   */
  constructor(view, made = null) {
    this.#levels = [view];
    this.#made = made;
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

  /** The pyramid of a part: left, top, right and bottom in pixels. */
  box(box) {
    return new Pyramid(this.view.box(box));
  }

  /** The pyramid of the mirror image. */
  mirrored() {
    return new Pyramid(this.view.mirrored(), (number) => this.#level(number).mirrored());
  }

  #level(number) {
    while (this.#levels.length <= number) {
      this.#levels.push(this.#made?.(this.#levels.length) ?? halved(this.#levels.at(-1)));
    }
    return this.#levels[number];
  }
}

function halved(view) {
  const [width, height] = [view.width, view.height].map((side) => Math.max(1, side >> 1));
  return View.rgb(shrink(view, width, height, 3));
}
