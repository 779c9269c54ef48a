/** Boxes in pictures: left and top inside, right and bottom outside. */

/**
 * The box of all values above a threshold; null without any. Rows are looked at from both ends only.
 * @param {import("./raster.js").View} view of one channel
 */
export function bounds({ data, width, height, offset, row }, threshold = 0) {
  let [left, right, top, bottom] = [width, 0, -1, 0];
  for (let y = 0; y < height; y++) {
    const at = offset + y * row;
    let first = 0;
    while (first < width && !(data[at + first] > threshold)) first++;
    if (first === width) continue;
    let last = width - 1;
    while (!(data[at + last] > threshold)) last--;
    if (top < 0) top = y;
    bottom = y + 1;
    if (first < left) left = first;
    if (last >= right) right = last + 1;
  }
  return top < 0 ? null : { left, top, right, bottom };
}

/** The box with a margin, inside a width and a height. */
export function widened({ left, top, right, bottom }, margin, width, height) {
  return {
    left: Math.max(0, left - margin),
    top: Math.max(0, top - margin),
    right: Math.min(width, right + margin),
    bottom: Math.min(height, bottom + margin),
  };
}
