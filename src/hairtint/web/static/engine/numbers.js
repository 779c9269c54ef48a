/** Single numbers and lists of them. */

export function clip(x, low, high) {
  return Math.min(Math.max(x, low), high);
}

/** The middle value, or the mean of the two in the middle; sorts the list. */
export function median(values) {
  values.sort((a, b) => a - b);
  const middle = values.length >> 1;
  return values.length % 2 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}
