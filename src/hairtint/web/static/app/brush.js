/** The brush that mends the mask, in the view of the mask. */

import { byId } from "./dom.js";
import { startGestures } from "./gestures.js";

/** Whether fingers and mice on the frame paint. @param {HTMLElement} frame .compare */
export function paints({ dataset }) {
  return dataset.view === "mask" && Boolean(dataset.brush);
}

export class Brush {
  #frame;
  #zoom;
  #portrait = null;

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
  }

  /** Mends another portrait, from its mask as it is. @param {import("./portrait.js").Portrait} portrait */
  start(portrait) {
    this.#portrait = portrait;
    byId("brushes").querySelector("[value='']").checked = true;
    this.#frame.dataset.brush = "";
    this.#showUndo();
  }

  /** On the screen it has the size that was chosen, at any zoom. */
  get #size() {
    return Number(byId("brush-size").value);
  }

  /** @returns {import("./gestures.js").Tool|null} */
  #stroke(event) {
    if (!paints(this.#frame)) return null;
    this.#point(event);
    const { scale, ...from } = this.#zoom.at(event);
    const stroke = this.#portrait.mending.stroke(from, this.#size / 2 / scale, this.#frame.dataset.brush === "add");
    this.onpaint(stroke.box);
    return {
      move: (now) => this.onpaint(stroke.to(this.#zoom.at(now))),
      end: () => {
        stroke.end();
        this.#mended();
      },
      cancel: () => this.onpaint(stroke.cancel()),
    };
  }

  #undo() {
    if (!this.#portrait.mending.undoable) return;
    this.onpaint(this.#portrait.mending.undo());
    this.#mended();
  }

  #mended() {
    this.#showUndo();
    this.onmend();
  }

  #showUndo() {
    byId("mend-undo").setAttribute("aria-disabled", String(!this.#portrait.mended || !this.#portrait.mending.undoable));
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
