/** Fingers, pens and mice on a picture. */

/**
 * @typedef {object} Tool what one of them does from where it comes down
 * @property {(event: PointerEvent) => void} move
 * @property {(event: PointerEvent) => void} [end]
 * @property {() => void} [cancel] it was the first finger of two, or began to scroll the page
 */

/**
 * @param {HTMLElement} frame
 * @param {(event: PointerEvent) => Tool|null} toolAt
 * @param {(before: PointerEvent[], now: PointerEvent[]) => void} [pinched] two fingers have moved
 */
export function startGestures(frame, toolAt, pinched = () => {}) {
  const down = new Map();
  let tool = null;
  frame.addEventListener("pointerdown", (event) => {
    if (event.button || frame.hasAttribute("aria-busy")) return;
    frame.setPointerCapture(event.pointerId);
    down.set(event.pointerId, event);
    if (down.size > 1) tool?.cancel?.();
    tool = down.size > 1 ? null : toolAt(event);
  });
  frame.addEventListener("pointermove", (event) => {
    if (!down.has(event.pointerId)) return;
    const before = [...down.values()];
    down.set(event.pointerId, event);
    tool?.move(event);
    if (down.size === 2) pinched(before, [...down.values()]);
  });
  for (const kind of ["pointerup", "pointercancel"]) {
    frame.addEventListener(kind, (event) => {
      if (!down.delete(event.pointerId)) return;
      if (kind === "pointerup") tool?.end?.(event);
      else tool?.cancel?.();
      tool = null;
    });
  }
}
