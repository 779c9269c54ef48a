/** A colour of the visitor's own: a wheel of hue and saturation, its brightness, and a hex field. */

import { parseColor, readHex } from "../engine/color.js";
import { hsvToRgb, rgbToHsv, toHex } from "./color.js";
import { byId } from "./dom.js";
import { nameOf } from "./palette.js";

const STEP = {
  ArrowLeft: [-3, 0],
  ArrowRight: [3, 0],
  ArrowUp: [0, 0.05],
  ArrowDown: [0, -0.05],
  PageUp: [30, 0],
  PageDown: [-30, 0],
};

/** @param {import("./look.js").LookStore} store */
export function startWheel(store) {
  const [wheel, knob, value, hex] = ["wheel", "knob", "value", "hex"].map(byId);
  const disc = wheel.querySelector("canvas");
  let hsv = { hue: 0, saturation: 0, value: 0.7 };
  let painted = -1;

  const pick = (part) => {
    hsv = { ...hsv, ...part };
    const color = toHex(hsvToRgb(hsv.hue, hsv.saturation, hsv.value));
    store.change({ color, name: nameOf(color) });
  };
  const point = (event) => {
    const box = disc.getBoundingClientRect();
    const [x, y] = [(2 * (event.clientX - box.left)) / box.width - 1, (2 * (event.clientY - box.top)) / box.height - 1];
    pick({ hue: (Math.atan2(y, x) * 180) / Math.PI + (y < 0 ? 360 : 0), saturation: Math.min(1, Math.hypot(x, y)) });
  };
  wheel.addEventListener("pointerdown", (event) => {
    event.preventDefault(); // or the knob loses the focus again
    wheel.setPointerCapture(event.pointerId);
    knob.focus({ preventScroll: true }); // or the disc moves away under the finger
    point(event);
  });
  wheel.addEventListener("pointermove", (event) => wheel.hasPointerCapture(event.pointerId) && point(event));
  knob.addEventListener("keydown", (event) => {
    const step = STEP[event.key];
    if (!step) return;
    event.preventDefault();
    const fine = event.shiftKey ? 1 / 3 : 1;
    pick({
      hue: (hsv.hue + step[0] * fine + 360) % 360,
      saturation: Math.min(1, Math.max(0, hsv.saturation + step[1] * fine)),
    });
  });
  value.addEventListener("input", () => pick({ value: value.value / 100 }));
  const typed = () => readHex(hex.value.trim().toLowerCase());
  hex.addEventListener("input", () => {
    const color = typed();
    hex.setAttribute("aria-invalid", String(!color));
    if (color) store.change({ color, name: nameOf(color) });
  });

  store.follow(({ color }) => {
    hsv = agreeing(hsv, color);
    if (typed() !== color) hex.value = color;
    hex.setAttribute("aria-invalid", "false");
    value.value = Math.round(hsv.value * 100);
    place(knob, hsv, color);
    if (painted !== hsv.value) paint(disc, (painted = hsv.value));
  });
}

/** The wheel's own position where it already means this colour: greys have no hue, and black has no saturation. */
function agreeing(hsv, color) {
  if (toHex(hsvToRgb(hsv.hue, hsv.saturation, hsv.value)) === color) return hsv;
  const next = rgbToHsv(parseColor(color));
  return next.saturation ? next : { ...next, hue: hsv.hue };
}

function place(knob, { hue, saturation }, color) {
  const angle = (hue * Math.PI) / 180;
  knob.style.setProperty("left", `${50 + 50 * saturation * Math.cos(angle)}%`);
  knob.style.setProperty("top", `${50 + 50 * saturation * Math.sin(angle)}%`);
  knob.style.setProperty("--c", color);
  knob.setAttribute("aria-valuenow", String(Math.round(hue) % 360));
  knob.setAttribute(
    "aria-valuetext",
    `hue ${Math.round(hue) % 360} degrees, saturation ${Math.round(saturation * 100)} percent`,
  );
}

/** The disc at one brightness, its rim smoothed over a pixel. */
function paint(disc, value) {
  const side = disc.width;
  const middle = side / 2;
  const image = new ImageData(side, side);
  for (let at = 0, y = 0; y < side; y++) {
    for (let x = 0; x < side; x++, at += 4) {
      const [dx, dy] = [x + 0.5 - middle, y + 0.5 - middle];
      const away = Math.hypot(dx, dy);
      if (away > middle + 1) continue;
      const rgb = hsvToRgb(
        (Math.atan2(dy, dx) * 180) / Math.PI + (dy < 0 ? 360 : 0),
        Math.min(1, away / middle),
        value,
      );
      image.data.set(rgb, at);
      image.data[at + 3] = 255 * Math.min(1, Math.max(0, middle - away));
    }
  }
  disc.getContext("2d").putImageData(image, 0, 0);
}
