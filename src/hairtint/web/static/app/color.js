/** Colours as hue (degrees), saturation and value (both 0 to 1), and written as "#rrggbb". */

export function toHex(rgb) {
  return `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;
}

/** @returns {[number, number, number]} red, green, blue from 0 to 255 */
export function hsvToRgb(hue, saturation, value) {
  const part = (n) => {
    const k = (n + hue / 60) % 6;
    return 255 * (value - value * saturation * Math.max(0, Math.min(k, 4 - k, 1)));
  };
  return [part(5), part(3), part(1)];
}

/** @returns {{hue: number, saturation: number, value: number}} */
export function rgbToHsv([red, green, blue]) {
  const top = Math.max(red, green, blue);
  const range = top - Math.min(red, green, blue);
  let hue = 0;
  if (range && top === red) hue = (green - blue) / range;
  else if (range && top === green) hue = (blue - red) / range + 2;
  else if (range) hue = (red - green) / range + 4;
  return { hue: (hue * 60 + 360) % 360, saturation: top ? range / top : 0, value: top / 255 };
}
