/** A photo is worth more time than a frame: the network looks up to three times, as hairtint/glances.py has it do. */

import { bounds } from "./box.js";
import { GLANCES } from "./constants.js";
import { resize, round, View } from "./raster.js";
import { regions } from "./regions.js";

const { MARGIN, LEAST, NEAR, NEAR_COARSE, MOST, FADE, SPECK } = GLANCES;

/**
 * The probability of hair, by up to three looks.
 * @param {import("./pyramid.js").Pyramid} picture
 * @param {(picture: import("./pyramid.js").Pyramid) => Promise<{width: number, height: number, data: Float32Array}>} look
 */
export async function finest(picture, look) {
  const whole = await look(picture);
  if (!whole.data.some((v) => v > 0.5)) return whole;
  const box = around(whole, picture.size);
  if (!box) return mirrored(whole, picture, look);
  const part = picture.box(box);
  return pasted(whole, await mirrored(await look(part), part, look), box, picture.size);
}

/** The mean of a picture's map and its mirror image's. */
async function mirrored(map, picture, look) {
  const { width, data } = await look(picture.mirrored());
  map.data = map.data.map((v, i) => 0.5 * (v + data[i - (i % width) + width - 1 - (i % width)]));
  return map;
}

/** The box of the picture around its hair; null where there is nothing to gain. */
function around(map, view) {
  const { width, height } = map;
  const { left, top, right, bottom } = bounds(new View(main(map), width, height));
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

/** What is above one half, without the specks. */
function main(map) {
  const { labels, areas } = regions(map, 0.5);
  const most = Math.max(...areas);
  return Uint8Array.from(labels, (k) => k && areas[k] >= SPECK * most);
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
  const fade = FADE * Math.max(part.width, part.height);
  const across = faded(part.width, fade, left > 0, right < result.width);
  const down = faded(part.height, fade, top > 0, bottom < result.height);
  for (let y = 0, i = 0; y < part.height; y++) {
    let at = (top + y) * result.width + left;
    for (let x = 0; x < part.width; x++, i++, at++) {
      result.data[at] += (part.data[i] - result.data[at]) * down[y] * across[x];
    }
  }
  return result;
}

/** Weights that rise from 0 to 1 within `fade` of either end, where asked. */
function faded(count, fade, begins, ends) {
  return Float32Array.from({ length: count }, (_, i) => {
    const inside = Math.min(begins ? i : Infinity, ends ? count - 1 - i : Infinity);
    return Math.min(1, (inside + 0.5) / Math.max(fade, 1));
  });
}
