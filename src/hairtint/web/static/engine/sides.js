/** The colours of hair and background near each pixel, and what they tell of it: `sides` of hairtint/canvas.py. */

const UNCLEAR = 40 ** 2; // distance, squared, at which colours tell half of the matter

export class Sides {
  #maps;
  #rows;

  /** @param {import("./canvas.js").Canvas} canvas one whose background is known */
  constructor(canvas) {
    this.#maps = [canvas.hair, canvas.behind];
    this.hair = new Float32Array(3);
    this.behind = new Float32Array(3);
  }

  /** Go to row `y`. */
  load(y) {
    this.#rows = this.#maps.map((map) => Uint8ClampedArray.from(map.narrow(y)));
  }

  /** Go to column `x`. */
  at(x) {
    const { left, share } = this.#maps[0].across;
    const [hairs, backs] = this.#rows;
    const part = share[x]; // between the columns, or they would show as stripes
    for (let k = 0, i = 3 * left[x]; k < 3; k++, i++) {
      this.hair[k] = hairs[i] + (part && part * (hairs[i + 3] - hairs[i]));
      this.behind[k] = backs[i] + (part && part * (backs[i + 3] - backs[i]));
    }
  }

  /** How much of the colour at `i` is hair, 0 and 1 being the colours here, and how far that can be told. */
  told(seen, i) {
    const { hair, behind } = this;
    let [distance, along] = [0, 0];
    for (let k = 0; k < 3; k++) {
      const gap = hair[k] - behind[k];
      distance += gap * gap;
      along += (seen[i + k] - behind[k]) * gap;
    }
    return { found: along / Math.max(distance, 1), clear: distance / (distance + UNCLEAR) };
  }
}
