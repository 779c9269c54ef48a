/** The picture larger than its frame: by two fingers, the wheel with Ctrl, a double click, keys, or the button. */

import { bounds } from "../engine/box.js";
import { clip } from "../engine/numbers.js";
import { paints } from "./brush.js";
import { startGestures } from "./gestures.js";

const MOST = 8; // times as large as the whole picture
const LEAST = 1.1; // times that the hair is enlarged, or nothing would seem to happen
const STEP = 1.25;
const DOUBLE = 2.5; // by a double click
const MARGIN = 1.2; // the frame around the hair, in sizes of the hair

export class Zoom {
  #frame;
  #button;
  #picture = { width: 1, height: 1 };
  #hair = null;
  #times = 1;
  #middle = { x: 0.5, y: 0.5 }; // the place that is in the middle of the frame, as shares of the picture

  /** @param {HTMLElement} frame .compare @param {HTMLButtonElement} button from the whole photo to the hair and back */
  constructor(frame, button) {
    this.#frame = frame;
    this.#button = button;
    startGestures(frame, (event) => this.#pan(event), (before, now) => this.#pinch(before, now));
    frame.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    frame.addEventListener("dblclick", (event) => this.#double(event));
    frame.addEventListener("keydown", (event) => this.#key(event));
    button.addEventListener("click", () => (this.zoomed ? this.whole() : this.#toHair()));
    new ResizeObserver(() => this.#show()).observe(frame);
  }

  get zoomed() {
    return this.#times > 1;
  }

  /** Another picture, whole. @param {{width: number, height: number}} picture */
  start({ width, height }) {
    this.#picture = { width, height };
    this.whole();
  }

  /** @param {import("../engine/index.js").Mask} mask where the hair of the picture is */
  set hair({ width, height, data }) {
    const whole = { left: 0, top: 0, right: width, bottom: height };
    this.#hair = bounds({ width, height, data, offset: 0, row: width }, 0.5) ?? whole;
  }

  /** The pixel of the picture at a place on the screen, and how many of the screen's it has. */
  at({ clientX, clientY }) {
    const { x, y, scale } = this.#fitted();
    const { width, height } = this.#picture;
    const times = scale * this.#times;
    return {
      x: this.#middle.x * width + (clientX - x) / times,
      y: this.#middle.y * height + (clientY - y) / times,
      scale: times,
    };
  }

  whole() {
    this.#times = 1;
    this.#show();
  }

  #toHair() {
    const { left, top, right, bottom } = this.#hair;
    const { width, height } = this.#picture;
    this.#times = MOST; // which may widen the frame
    this.#middle = { x: (left + right) / 2 / width, y: (top + bottom) / 2 / height };
    this.#show();
    const { wide, high, scale } = this.#fitted();
    const most = Math.min(wide / (right - left), high / (bottom - top)) / scale / MARGIN;
    this.#times = clip(most, LEAST, MOST);
    this.#show();
  }

  /** The size of the frame, where its middle is, and how large the whole picture is in it, in pixels of the screen. */
  #fitted() {
    const { left, top, width: wide, height: high } = this.#frame.getBoundingClientRect();
    const { width, height } = this.#picture;
    const scale = Math.min(wide / width, high / height);
    return { x: left + wide / 2, y: top + high / 2, wide, high, scale, width: width * scale, height: height * scale };
  }

  #show() {
    const frame = this.#frame;
    frame.toggleAttribute("data-zoomed", this.zoomed);
    this.#button.querySelector("span").textContent = this.zoomed ? "Whole photo" : "Zoom to the hair";
    const { wide, high, width, height } = this.#fitted();
    if (!wide) return; // it is not shown
    const times = this.#times;
    const { x, y } = this.#middle;
    this.#middle = { x: within(x, wide / width / times), y: within(y, high / height / times) };
    frame.style.setProperty("--zoom", String(times));
    frame.style.setProperty("--x", `${(0.5 - this.#middle.x) * times * 100 * (width / wide)}%`);
    frame.style.setProperty("--y", `${(0.5 - this.#middle.y) * times * 100 * (height / high)}%`);
  }

  /** Larger or smaller, and what is at a place stays there. */
  #about({ clientX, clientY }, factor) {
    const { x, y, width, height } = this.#fitted();
    const before = this.#times;
    this.#times = clip(before * factor, 1, MOST);
    const change = 1 / before - 1 / this.#times;
    this.#move(((clientX - x) / width) * change, ((clientY - y) / height) * change);
  }

  #move(x, y) {
    this.#middle = { x: this.#middle.x + x, y: this.#middle.y + y };
    this.#show();
  }

  /** By pixels of the screen. */
  #drag(x, y) {
    const { width, height } = this.#fitted();
    this.#move(-x / width / this.#times, -y / height / this.#times);
  }

  /** @returns {import("./gestures.js").Tool|null} */
  #pan(event) {
    if (!this.zoomed || paints(this.#frame) || event.target.closest(".handle")) return null;
    let last = event;
    return {
      move: (now) => {
        this.#drag(now.clientX - last.clientX, now.clientY - last.clientY);
        last = now;
      },
    };
  }

  #pinch(before, now) {
    const [from, to] = [before, now].map(([one, other]) => ({
      clientX: (one.clientX + other.clientX) / 2,
      clientY: (one.clientY + other.clientY) / 2,
      apart: Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY),
    }));
    this.#drag(to.clientX - from.clientX, to.clientY - from.clientY);
    this.#about(to, to.apart / Math.max(1, from.apart));
  }

  #double(event) {
    if (paints(this.#frame)) return;
    if (this.zoomed) this.whole();
    else this.#about(event, DOUBLE);
  }

  #wheel(event) {
    if (!event.ctrlKey && !event.metaKey) return; // it scrolls the page
    event.preventDefault();
    const delta = event.deltaY * (event.deltaMode ? 16 : 1);
    this.#about(event, Math.exp(-clip(delta, -25, 25) / 100));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const { x, y, wide, high } = this.#fitted();
    const about = (factor) => () => this.#about({ clientX: x, clientY: y }, factor);
    const moved = (right, down) => () => this.#drag((-right * wide) / 8, (-down * high) / 8);
    const zooming = { "+": about(STEP), "=": about(STEP), "-": about(1 / STEP), 0: () => this.whole() };
    const moving = {
      ArrowLeft: moved(-1, 0),
      ArrowRight: moved(1, 0),
      ArrowUp: moved(0, -1),
      ArrowDown: moved(0, 1),
    };
    const arrows = this.zoomed && event.target === this.#frame; // else they are the line's, or scroll
    const act = zooming[event.key] ?? (arrows && moving[event.key]);
    if (!act) return;
    event.preventDefault();
    act();
  }
}

/** A middle with which a part of this share of the whole lies within it, if it can. */
function within(middle, share) {
  const reach = Math.min(0.5, share / 2);
  return clip(middle, reach, 1 - reach);
}
