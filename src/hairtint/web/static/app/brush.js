/** The brush that mends the mask, in the view of the mask. */

import { byId } from "./dom.js";
import { startGestures } from "./gestures.js";
import { undoes } from "./steps.js";

/** Whether fingers and mice on the frame paint. @param {HTMLElement} frame .compare */
export function paints({ dataset }) {
  return dataset.view === "mask" && Boolean(dataset.brush);
}

export class Brush {
  #frame;
  #zoom;
  #portrait = null;
  #painting = false;

  /**
   * @param {HTMLElement} frame .compare
   * @param {import("./zoom.js").Zoom} zoom of it
   * @param {(box: import("./mending.js").Box) => void} onpaint the mask has changed there
   * @param {() => void} onmend a stroke is done, or undone
   */
  constructor(frame, zoom, onpaint, onmend) {
    this.#frame = frame;
    this.#zoom = zoom;
    this.onpaint = onpaint;
    this.onmend = onmend;
    startGestures(frame, (event) => this.#stroke(event));
    frame.addEventListener("pointermove", (event) => this.#point(event));
    frame.addEventListener("pointerleave", () => (byId("brush").hidden = true));
    byId("brushes").addEventListener("change", ({ target }) => (frame.dataset.brush = target.value));
    byId("mend-undo").addEventListener("click", () => this.#undo());
    byId("mend-reset").addEventListener("click", () => this.#reset());
    document.addEventListener("keydown", (event) => this.#key(event)); // before the window, where it undoes the look
  }

  /** Mends another portrait, from its mask as it is. @param {import("./portrait.js").Portrait} portrait */
  start(portrait) {
    this.#portrait = portrait;
    this.#choose("");
    this.#showSteps();
  }

  /** Takes the brush that adds hair into the hand. */
  add() {
    this.#choose("add").focus();
  }

  #choose(kind) {
    const choice = byId("brushes").querySelector(`[value='${kind}']`);
    choice.checked = true;
    this.#frame.dataset.brush = kind;
    return choice;
  }

  /** On the screen it has the size that was chosen, at any zoom. */
  get #size() {
    return Number(byId("brush-size").value);
  }

  /** @returns {import("./gestures.js").Tool|null} */
  #stroke(event) {
    if (!paints(this.#frame)) return null;
    this.#point(event);
    this.#painting = true;
    const { scale, ...from } = this.#zoom.at(event);
    const stroke = this.#portrait.mending.stroke(from, this.#size / 2 / scale, this.#frame.dataset.brush === "add");
    this.onpaint(stroke.box);
    return {
      move: (now) => this.onpaint(stroke.to(this.#zoom.at(now))),
      end: () => {
        this.#painting = false;
        stroke.end();
        this.#mended();
      },
      cancel: () => {
        this.#painting = false;
        this.onpaint(stroke.cancel());
      },
    };
  }

  get #undoable() {
    return this.#portrait.mended && this.#portrait.mending.undoable;
  }

  get #pristine() {
    return !this.#portrait.mended || this.#portrait.mending.pristine;
  }

  #undo() {
    if (this.#painting || !this.#undoable) return;
    this.onpaint(this.#portrait.mending.undo());
    this.#mended();
  }

  #reset() {
    if (this.#painting || this.#pristine) return;
    this.onpaint(this.#portrait.mending.reset());
    this.#mended();
  }

  /** Of what was done in the panel the look's own undo takes care. */
  #key(event) {
    const here = byId("mend").offsetParent && !event.target.closest("#controls");
    if (!undoes(event) || !here || !(this.#painting || this.#undoable)) return;
    event.preventDefault();
    this.#undo();
  }

  #mended() {
    this.#showSteps();
    this.onmend();
  }

  #showSteps() {
    byId("mend-undo").ariaDisabled = String(!this.#undoable); // not disabled: they would lose the focus
    byId("mend-reset").ariaDisabled = String(this.#pristine);
  }

  #point({ clientX, clientY }) {
    const circle = byId("brush");
    circle.hidden = !paints(this.#frame);
    const { left, top } = this.#frame.getBoundingClientRect();
    circle.style.left = `${clientX - left}px`;
    circle.style.top = `${clientY - top}px`;
    circle.style.width = circle.style.height = `${this.#size}px`;
  }
}
