/** Before and after: a range over the picture moves the line between the two. */

const NARROW = 12; // percent: a side that is narrower has no room for its name

/** @param {HTMLElement} frame .compare @param {(share: number) => void} [onmove] the share of "before", 0 to 1 */
export function startCompare(frame, onmove = () => {}) {
  const range = frame.querySelector(".split");
  const [before, after] = ["left", "right"].map((side) => frame.querySelector(`.chip.${side}`));
  const move = () => {
    frame.style.setProperty("--split", `${range.value}%`);
    range.setAttribute("aria-valuetext", `${range.value} % before, ${100 - range.value} % after`);
    before.hidden = range.value < NARROW;
    after.hidden = range.value > 100 - NARROW;
    onmove(range.value / 100);
  };
  range.addEventListener("input", move);
  move();
}

/** Gives the frame the shape of the picture in it, so that nothing jumps. */
export function shape(frame, width, height) {
  frame.style.setProperty("--ratio", String(width / height));
}
