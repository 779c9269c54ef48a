/** The look that the visitor has chosen. What shows or changes it listens here. */

/**
 * @typedef {object} Choice
 * @property {string} color "#rrggbb"
 * @property {string} name of the dye, empty for a colour of the visitor's own
 * @property {number} strength 0 to 1
 * @property {"natural"|"hsv"} method
 * @property {string[]} effects as texts, like "gloss:0.4"
 */

export class LookStore {
  #choice;
  #listeners = [];

  /** @param {Choice} choice to begin with */
  constructor(choice) {
    this.#choice = Object.freeze(choice);
  }

  get choice() {
    return this.#choice;
  }

  /** What the engine and the server take. */
  get look() {
    const { color, strength, method, effects } = this.#choice;
    return { color, strength, method, effects: method === "natural" ? effects : [] };
  }

  /** @param {Partial<Choice>} part that changes */
  change(part) {
    this.#choice = Object.freeze({ ...this.#choice, ...part });
    for (const listener of this.#listeners) listener(this.#choice);
  }

  /** @param {(choice: Choice) => void} listener is called at once and after every change */
  follow(listener) {
    this.#listeners.push(listener);
    listener(this.#choice);
  }

  /** The look in words, for screen readers. */
  get words() {
    const { name, color, strength, effects, method } = this.#choice;
    const extras = method === "natural" ? effects.map((text) => text.split(":")[0]) : ["hue only"];
    return [`${name || color}, ${Math.round(strength * 100)} %`, ...extras].join(", ");
  }
}
