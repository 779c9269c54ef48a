/** Before and after: a range over the picture, or a finger on it, moves the line between the two. */

import { startGestures } from "./gestures.js";

const NARROW = 6; // em: a side that is narrower has no room for its name

/**
 * @param {HTMLElement} frame .compare
 * @param {(share: number) => void} [onmove] the share of "before", 0 to 1
 * @returns {{set: (percent: number) => void, back: () => void}} the line; `back` to before the clicks of a double one
 */
export function startCompare(frame, onmove = () => {}) {
  const range = frame.querySelector(".split");
  const [before, after] = ["left", "right"].map((side) => frame.querySelector(`.chip.${side}`));
  const move = () => {
    frame.style.setProperty("--split", `${range.value}%`);
    range.setAttribute("aria-valuetext", `${range.value} % before, ${100 - range.value} % after`);
    const least = (100 * NARROW * parseFloat(getComputedStyle(frame).fontSize)) / frame.clientWidth;
    before.hidden = range.value < least;
    after.hidden = range.value > 100 - least;
    onmove(range.value / 100);
  };
  range.addEventListener("input", move);
  new ResizeObserver(move).observe(frame);
  move();
  startGestures(frame, ({ target }) => {
    const pans = frame.hasAttribute("data-zoomed") && !target.closest(".handle");
    return frame.dataset.view === "compare" && !pans ? split(frame, range) : null;
  });
  let held = [range.value, range.value]; // before each of the last two presses
  frame.addEventListener("pointerdown", () => (held = [held[1], range.value]));
  return { set: (percent) => set(range, percent), back: () => set(range, held[0]) };
}

/** The range takes no pointers itself: on it two fingers would not zoom. @returns {import("./gestures.js").Tool} */
function split(frame, range) {
  const held = range.value;
  const move = ({ clientX }) => {
    const { left, width } = frame.getBoundingClientRect();
    set(range, (100 * (clientX - left)) / width);
  };
  const end = (event) => {
    move(event);
    range.focus({ preventScroll: true }); // for its arrow keys
  };
  return { move, end, cancel: () => set(range, held) };
}

function set(range, value) {
  range.value = value;
  range.dispatchEvent(new Event("input"));
}

/** Gives the frame the shape of the picture in it, so that nothing jumps. */
export function shape(frame, width, height) {
  frame.style.setProperty("--ratio", String(width / height));
}
