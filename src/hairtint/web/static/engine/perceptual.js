/** Colour spaces: sRGB, linear light and CIELAB (D65), as in hairtint/perceptual.py. */

import { PERCEPTUAL } from "./constants.js";

const { XYZ, WHITE, EPSILON, KAPPA } = PERCEPTUAL;

/** An sRGB value in [0, 1] as linear light. */
export function toLinear(s) {
  return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
}

/** Linear light in [0, 1] as an sRGB value. */
export function toSrgb(x) {
  return x <= 0.0031308 ? x * 12.92 : 1.055 * x ** (1 / 2.4) - 0.055;
}

/** CIELAB L* in [0, 100] of relative luminance in [0, 1]. */
export function lightness(y) {
  return y > EPSILON ? 116 * Math.cbrt(y) - 16 : KAPPA * y;
}

/** Relative luminance in [0, 1] of CIELAB L*. */
export function luminance(level) {
  return level > 8 ? ((level + 16) / 116) ** 3 : level / KAPPA;
}

/** [L*, a*, b*] of [red, green, blue] in [0, 255]. */
export function lab(rgb) {
  const linear = rgb.map((v) => toLinear(v / 255));
  const [x, y, z] = XYZ.map((row, k) => {
    const t = row.reduce((sum, weight, i) => sum + weight * linear[i], 0) / WHITE[k];
    return t > EPSILON ? Math.cbrt(t) : (KAPPA * t + 16) / 116;
  });
  return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
}

/** L* of each 8-bit grey. */
export const GREY_LIGHTNESS = Float32Array.from({ length: 256 }, (_, v) => lightness(toLinear(v / 255)));
