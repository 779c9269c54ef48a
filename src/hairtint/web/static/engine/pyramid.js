/** A picture and its halves: what wants the picture smaller takes the next best one, as in hairtint/pyramid.py. */

import { round, shrink, View } from "./raster.js";

export class Pyramid {
  #levels;
  #made;

  /**
   * @param {View} view the picture at its own size: red, green and blue
   * @param {(number: number) => View} [made] gives the levels, of the same sizes, when they are looked at
   */
  constructor(view, made = null) {
    this.#levels = [view];
    this.#made = made;
  }

  /** @returns {{width: number, height: number}} */
  get size() {
    return this.#levels[0];
  }

  /** The picture at its own size. */
  get view() {
    return this.#level(0);
  }

  /** The smallest level that is at least this large both ways, or the picture where it is smaller than that. */
  covering(width, height) {
    const most = Math.min(this.size.width / width, this.size.height / height);
    return this.#level(most >= 2 ? Math.floor(Math.log2(most)) : 0);
  }

  /** The level whose longer side comes nearest to `longest`, by its ratio. */
  near(longest) {
    return this.#level(Math.max(0, round(Math.log2(Math.max(this.size.width, this.size.height) / longest))));
  }

  /** The pyramid of a part: left, top, right and bottom in pixels. */
  box(box) {
    return new Pyramid(this.view.box(box));
  }

  /** The pyramid of the mirror image. */
  mirrored() {
    return this.changed((view) => view.mirrored());
  }

  /** The pyramid whose levels are changed when they are looked at. @param {(view: View) => View} change keeps the size */
  changed(change) {
    return new Pyramid(this.#levels[0], (number) => change(this.#level(number)));
  }

  #level(number) {
    if (this.#made) return this.#made(number);
    while (this.#levels.length <= number) this.#levels.push(halved(this.#levels.at(-1)));
    return this.#levels[number];
  }
}

function halved(view) {
  const [width, height] = [view.width, view.height].map((side) => Math.max(1, side >> 1));
  return View.rgb(shrink(view, width, height, 3));
}
