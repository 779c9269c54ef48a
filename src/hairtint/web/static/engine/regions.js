/** Regions: what hangs together, by corners as well. */

/**
 * Numbers the regions of all values above a threshold.
 * @param {{data: ArrayLike<number>, width: number, height: number, offset?: number, row?: number, pixel?: number}} plane
 * @returns {{labels: Int32Array, areas: number[], width: number, height: number}} the number of each place's region,
 *     from 1 on, 0 for none; and how many places each has, 0 for number 0
 */
export function regions({ data, width, height, offset = 0, row = width, pixel = 1 }, threshold) {
  const labels = new Int32Array(width * height);
  const stack = new Int32Array(width * height);
  const areas = [0];
  for (let start = 0; start < labels.length; start++) {
    const column = start % width;
    if (labels[start] || !(data[offset + ((start - column) / width) * row + column * pixel] > threshold)) continue;
    const number = areas.push(0) - 1;
    let depth = 0;
    labels[start] = number;
    stack[depth++] = start;
    while (depth) {
      const k = stack[--depth];
      const x = k % width;
      const y = (k - x) / width;
      areas[number]++;
      for (let v = Math.max(0, y - 1); v <= Math.min(height - 1, y + 1); v++) {
        for (let u = Math.max(0, x - 1); u <= Math.min(width - 1, x + 1); u++) {
          const n = v * width + u;
          if (labels[n] || !(data[offset + v * row + u * pixel] > threshold)) continue;
          labels[n] = number;
          stack[depth++] = n;
        }
      }
    }
  }
  return { labels, areas, width, height };
}
