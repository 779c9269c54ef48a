/**
 * Parts of pictures, and resizing them as OpenCV does, so that the browser sees what Python sees.
 *
 * A View is a window on pixels, like a slice of a NumPy array: nothing is copied.
 * A Plane is `{width, height, channels, data}`, contiguous; one channel where it does not say.
 */

export class View {
  /**
   * @param {ArrayLike<number>} data
   * @param {number} width pixels that the view shows
   * @param {number} height
   * @param {{offset?: number, row?: number, pixel?: number}} [layout] elements to the first value, from row to row and
   *   from pixel to pixel
   */
  constructor(data, width, height, { offset = 0, row = width, pixel = 1 } = {}) {
    Object.assign(this, { data, width, height, offset, row, pixel });
  }

  /** Of a picture as a canvas gives it: red, green, blue, alpha. */
  static rgba({ data, width, height }) {
    return new View(data, width, height, { row: 4 * width, pixel: 4 });
  }

  /** Of three channels: red, green, blue. */
  static rgb({ data, width, height }) {
    return new View(data, width, height, { row: 3 * width, pixel: 3 });
  }

  /** A part: left, top, right and bottom in pixels. */
  box({ left, top, right, bottom }) {
    const offset = this.offset + top * this.row + left * this.pixel;
    return new View(this.data, right - left, bottom - top, { offset, row: this.row, pixel: this.pixel });
  }

  /** Every `step`-th pixel, from the middle of the first step on where `middle`. */
  every(step, middle = false) {
    const [left, top] = [this.width, this.height].map((side) => (middle ? Math.min(step >> 1, side - 1) : 0));
    return new View(this.data, Math.ceil((this.width - left) / step), Math.ceil((this.height - top) / step), {
      offset: this.offset + top * this.row + left * this.pixel,
      row: this.row * step,
      pixel: this.pixel * step,
    });
  }

  /** The mirror image. */
  mirrored() {
    const offset = this.offset + (this.width - 1) * this.pixel;
    return new View(this.data, this.width, this.height, { offset, row: this.row, pixel: -this.pixel });
  }
}

/** Python's round: halves go to the even neighbour. */
export function round(x) {
  const down = Math.floor(x);
  const rest = x - down;
  return rest > 0.5 || (rest === 0.5 && down % 2 !== 0) ? down + 1 : down;
}

/**
 * A view at another size, each new pixel the mean of the area it stands for (INTER_AREA).
 * @param {View} view
 * @param {number} width
 * @param {number} height
 * @param {number} channels
 * @param {typeof Uint8ClampedArray|typeof Float32Array} [Values] bytes are rounded
 */
export function shrink(view, width, height, channels, Values = Uint8ClampedArray) {
  if (view.width === 2 * width && view.height === 2 * height && Values === Uint8ClampedArray) {
    return halve(view, width, height, channels);
  }
  const smaller = width <= view.width && height <= view.height;
  const taps = smaller ? areas : ramps;
  const across = taps(view.width, width);
  const down = taps(view.height, height);
  const data = new Values(width * height * channels);
  const wide = width * channels;
  const row = new Float32Array(wide);
  const sum = new Float32Array(wide);
  let at = -1;
  for (let y = 0; y < height; y++) {
    sum.fill(0);
    for (let t = down.start[y]; t < down.start[y + 1]; t++) {
      if (down.from[t] !== at) {
        at = down.from[t];
        reduceRow(view, at, across, width, channels, row);
      }
      const weight = down.weight[t];
      for (let i = 0; i < wide; i++) sum[i] += weight * row[i];
    }
    data.set(sum, y * wide);
  }
  return { width, height, channels, data };
}

/** Half the size, the commonest case: quicker, and OpenCV rounds its halves up. */
function halve({ data, offset, row, pixel }, width, height, channels) {
  const out = new Uint8ClampedArray(width * height * channels);
  for (let y = 0, o = 0; y < height; y++) {
    let i = offset + 2 * y * row;
    for (let x = 0; x < width; x++, i += 2 * pixel) {
      for (let k = i; k < i + channels; k++, o++) {
        out[o] = (data[k] + data[k + pixel] + data[k + row] + data[k + row + pixel] + 2) >> 2;
      }
    }
  }
  return { width, height, channels, data: out };
}

function reduceRow(view, y, { start, from, weight }, width, channels, row) {
  const { data, pixel } = view;
  const origin = view.offset + y * view.row;
  for (let x = 0, o = 0; x < width; x++, o += channels) {
    let first = 0;
    let second = 0;
    let third = 0;
    for (let t = start[x]; t < start[x + 1]; t++) {
      const i = origin + from[t] * pixel;
      const w = weight[t];
      first += w * data[i];
      if (channels === 3) {
        second += w * data[i + 1];
        third += w * data[i + 2];
      }
    }
    row[o] = first;
    if (channels === 3) {
      row[o + 1] = second;
      row[o + 2] = third;
    }
  }
}

/** Which pixels of `count` go into each of `size`, and with what weight: the share of their area. */
function areas(count, size) {
  const scale = count / size;
  const start = new Int32Array(size + 1);
  const from = [];
  const weight = [];
  for (let i = 0; i < size; i++) {
    const [low, high] = [i * scale, Math.min(count, (i + 1) * scale)];
    for (let k = Math.floor(low); k < high - 1e-6; k++) {
      const share = (Math.min(high, k + 1) - Math.max(low, k)) / (high - low);
      if (share < 1e-6) continue;
      from.push(k);
      weight.push(share);
    }
    start[i + 1] = from.length;
  }
  return { start, from: Int32Array.from(from), weight: Float32Array.from(weight) };
}

/** The same where a side grows: flat areas with a short ramp between them. */
function ramps(count, size) {
  const scale = count / size;
  const start = new Int32Array(size + 1);
  const from = new Int32Array(2 * size);
  const weight = new Float32Array(2 * size);
  for (let i = 0; i < size; i++) {
    const k = Math.min(Math.floor(i * scale), count - 1);
    let share = i + 1 - (k + 1) / scale;
    share = share <= 0 || k + 1 >= count ? 0 : share - Math.floor(share);
    from[2 * i] = k;
    from[2 * i + 1] = Math.min(k + 1, count - 1);
    weight[2 * i] = 1 - share;
    weight[2 * i + 1] = share;
    start[i + 1] = 2 * i + 2;
  }
  return { start, from, weight };
}

/** Where each of `size` pixels lies among `count`: the left neighbour and the weight of the right one (INTER_LINEAR). */
export function between(count, size) {
  const left = new Int32Array(size);
  const share = new Float32Array(size);
  for (let i = 0; i < size; i++) {
    const x = Math.min(Math.max(((i + 0.5) * count) / size - 0.5, 0), count - 1);
    left[i] = Math.max(0, Math.min(Math.floor(x), count - 2));
    share[i] = count > 1 ? x - left[i] : 0;
  }
  return { left, share };
}

/** A plane of one channel at another size by linear interpolation (INTER_LINEAR). */
export function resize(plane, width, height) {
  if (plane.width === width && plane.height === height) return { width, height, data: plane.data.slice() };
  const across = between(plane.width, width);
  const down = between(plane.height, height);
  const data = new Float32Array(width * height);
  const row = new Float32Array(plane.width);
  for (let y = 0; y < height; y++) {
    blendRows(plane, down.left[y], down.share[y], row);
    widen(row, across, data.subarray(y * width, (y + 1) * width));
  }
  return { width, height, data };
}

/** A view at another size by linear interpolation (INTER_LINEAR); bytes are rounded. */
export function stretch(view, width, height, channels = 3, Values = Uint8ClampedArray) {
  const across = between(view.width, width);
  const down = between(view.height, height);
  const right = view.width > 1 ? view.pixel : 0;
  const below = view.height > 1 ? view.row : 0;
  const out = new Values(channels * width * height);
  const { data } = view;
  for (let y = 0, o = 0; y < height; y++) {
    const [row, fy] = [view.offset + down.left[y] * view.row, down.share[y]];
    for (let x = 0; x < width; x++) {
      const [i, fx] = [row + across.left[x] * view.pixel, across.share[x]];
      for (let k = i; k < i + channels; k++, o++) {
        const upper = data[k] + fx * (data[k + right] - data[k]);
        const lower = data[k + below] + fx * (data[k + below + right] - data[k + below]);
        out[o] = upper + fy * (lower - upper);
      }
    }
  }
  return { width, height, channels, data: out };
}

/** One row between two rows of a plane, with all its channels. */
export function blendRows({ data, width, height, channels = 1 }, top, share, row) {
  const wide = width * channels;
  const upper = top * wide;
  const lower = Math.min(top + 1, height - 1) * wide;
  for (let i = 0; i < wide; i++) row[i] = data[upper + i] + share * (data[lower + i] - data[upper + i]);
}

/** A short row of one channel made wide; `across` is `between` of the two lengths. */
export function widen(row, { left, share }, out) {
  const last = row.length - 1;
  for (let x = 0; x < out.length; x++) {
    const i = left[x];
    const value = row[i];
    out[x] = value + share[x] * (row[i < last ? i + 1 : last] - value);
  }
}

/** The grey of red, green and blue bytes, to the bit as OpenCV's. */
export function grey(red, green, blue) {
  return (9798 * red + 19235 * green + 3735 * blue + 16384) >> 15;
}

/**
 * What a table says for the greys of a view.
 * @param {View} view
 * @param {Float32Array|null} [table] 256 values; without it, the greys themselves
 */
export function greys({ data, width, height, offset, row, pixel }, table = null) {
  const out = table ? new Float32Array(width * height) : new Uint8Array(width * height);
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0, k = offset + y * row; x < width; x++, k += pixel, i++) {
      const level = grey(data[k], data[k + 1], data[k + 2]);
      out[i] = table ? table[level] : level;
    }
  }
  return { width, height, data: out };
}
