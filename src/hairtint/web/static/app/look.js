/** The look that the visitor has chosen. What shows or changes it listens here. */

/**
 * @typedef {object} Choice
 * @property {string} color "#rrggbb"
 * @property {string} name of the dye, empty for a colour of the visitor's own
 * @property {number} strength 0 to 1
 * @property {"natural"|"hsv"} method
 * @property {string[]} effects as texts, like "gloss:0.4"
 */

const STEPS = 100; // that can be undone

export class LookStore {
  #first;
  #choice;
  #past = [];
  #settled = true; // the next change begins a step of its own
  #listeners = [];

  /** @param {Choice} first what `reset` goes back to @param {Choice} [choice] to begin with */
  constructor(first, choice = first) {
    this.#first = Object.freeze(first);
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

  /** Whether there is a step to undo. */
  get undoable() {
    return this.#past.length > 0;
  }

  /** Whether this is the look that `reset` goes back to. */
  get pristine() {
    return same(this.#choice, this.#first);
  }

  /** @param {Partial<Choice>} part that changes */
  change(part) {
    const next = { ...this.#choice, ...part };
    if (this.#settled && !same(next, this.#choice)) {
      this.#past = [...this.#past, this.#choice].slice(-STEPS);
      this.#settled = false;
    }
    this.#show(next);
  }

  /** Ends a step: all changes while a slider is dragged are one. */
  settle() {
    this.#settled = true;
  }

  undo() {
    if (!this.undoable) return;
    this.settle();
    this.#show(this.#past.pop());
  }

  /** Back to the first look, which can be undone. */
  reset() {
    this.settle();
    this.change(this.#first);
  }

  /** @param {(choice: Choice) => void} listener is called at once and after every change */
  follow(listener) {
    this.#listeners.push(listener);
    listener(this.#choice);
  }

  /** The look in words, for screen readers. */
  get words() {
    return wordsOf(this.#choice);
  }

  #show(choice) {
    this.#choice = Object.freeze(choice);
    for (const listener of this.#listeners) listener(this.#choice);
  }
}

/** A look in words: "copper, 40 %, ombre". @param {Choice} choice @returns {string} */
export function wordsOf({ name, color, strength, effects, method }) {
  const extras = method === "natural" ? effects.map((text) => text.split(":")[0]) : ["hue only"];
  return [`${name || color}, ${Math.round(strength * 100)} %`, ...extras].join(", ");
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);
