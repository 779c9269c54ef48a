/** A photo is worth more time than a frame: the network looks up to three times, as hairtint/looks.py has it do. */

import { LOOKS } from "./constants.js";
import { resize, round } from "./raster.js";

const { MARGIN, LEAST, NEAR, NEAR_COARSE, MOST } = LOOKS;

/**
 * The probability of hair, by up to three looks.
 * @param {import("./raster.js").View} view the picture
 * @param {(view: import("./raster.js").View) => Promise<{width: number, height: number, data: Float32Array}>} look
 */
export async function finest(view, look) {
  const whole = await look(view);
  if (!whole.data.some((v) => v > 0.5)) return whole;
  const box = around(whole, view);
  if (!box) return mirrored(whole, view, look);
  const part = view.box(box);
  return pasted(whole, await mirrored(await look(part), part, look), box, view);
}

/** The mean of a picture's map and its mirror image's. */
async function mirrored(map, view, look) {
  const { width, data } = await look(view.mirrored());
  map.data = map.data.map((v, i) => 0.5 * (v + data[i - (i % width) + width - 1 - (i % width)]));
  return map;
}

/** The box of the picture around its hair; null where there is nothing to gain. */
function around({ width, height, data }, view) {
  let [left, top, right, bottom] = [width, height, 0, 0];
  data.forEach((v, i) => {
    if (!(v > 0.5)) return;
    const [x, y] = [i % width, Math.floor(i / width)];
    [left, right] = [Math.min(left, x), Math.max(right, x + 1)];
    [top, bottom] = [Math.min(top, y), Math.max(bottom, y + 1)];
  });
  const [byX, byY] = [view.width / width, view.height / height];
  const [wide, high] = [(right - left) * byX, (bottom - top) * byY];
  const [marginX, marginY] = [wide, high].map((side) => Math.max(MARGIN * Math.max(wide, high), (LEAST - side) / 2));
  const box = {
    left: Math.floor(Math.max(0, left * byX - marginX)),
    top: Math.floor(Math.max(0, top * byY - marginY)),
    right: Math.min(view.width, Math.ceil(right * byX + marginX)),
    bottom: Math.min(view.height, Math.ceil(bottom * byY + marginY)),
  };
  const most = view.width * view.height > width * height ? NEAR : NEAR_COARSE;
  return (box.right - box.left) * (box.bottom - box.top) > most * view.width * view.height ? null : box;
}

/** The map of the whole picture, fine enough for the near look, which takes its place inside the box. */
function pasted(whole, near, box, view) {
  const [boxWidth, boxHeight] = [box.right - box.left, box.bottom - box.top];
  const finer = Math.min(MOST, Math.max(view.width / boxWidth, view.height / boxHeight));
  const result = resize(whole, round(whole.width * finer), round(whole.height * finer));
  const [left, right] = [box.left, box.right].map((x) => round((x / view.width) * result.width));
  const [top, bottom] = [box.top, box.bottom].map((y) => round((y / view.height) * result.height));
  if (bottom <= top || right <= left) return result;
  const part = resize(near, right - left, bottom - top);
  for (let y = top; y < bottom; y++) {
    const row = part.data.subarray((y - top) * part.width, (y - top + 1) * part.width);
    result.data.set(row, y * result.width + left);
  }
  return result;
}
