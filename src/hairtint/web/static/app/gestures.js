/** Fingers, pens and mice on a picture. */

/**
 * @typedef {object} Tool what one of them does from where it comes down
 * @property {(event: PointerEvent) => void} move
 * @property {(event: PointerEvent) => void} [end]
 * @property {() => void} [cancel] it was the first finger of two, or began to scroll the page
 */

/** @param {HTMLElement} frame @param {(event: PointerEvent) => Tool|null} toolAt */
export function startGestures(frame, toolAt) {
  const down = new Set();
  let tool = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button || frame.hasAttribute("aria-busy")) return;
    frame.setPointerCapture(event.pointerId);
    down.add(event.pointerId);
    if (down.size > 1) tool?.cancel?.();
    tool = down.size > 1 ? null : toolAt(event);
  });
  frame.addEventListener("pointermove", (event) => down.has(event.pointerId) && tool?.move(event));
  for (const kind of ["pointerup", "pointercancel"]) {
    frame.addEventListener(kind, (event) => {
      if (!down.delete(event.pointerId)) return;
      if (kind === "pointerup") tool?.end?.(event);
      else tool?.cancel?.();
      tool = null;
    });
  }
}
