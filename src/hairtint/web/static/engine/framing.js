/** The shape in which the network sees a picture: hairtint/framing.py. */

const LARGEST = 2048; // side

/** The shapes that a network's dimensions, or their names, stand for, the square first; empty where they stand for none. */
export function readShapes([count, height, width, channels]) {
  const [high, wide] = [height, width].map((named) => String(named).split(",").map(Number));
  const shapes = high.map((side, i) => ({ height: side, width: wide[i] }));
  const whole = high.length === wide.length && [...high, ...wide].every((side) => Number.isInteger(side) && side > 0 && side <= LARGEST);
  return whole && high[0] === wide[0] && Number(count) === 1 && Number(channels) === 3 ? shapes : [];
}

/** The shape whose proportions are nearest to those of a picture, by their ratio. */
export function nearest(shapes, { width, height }) {
  const apart = (shape) => Math.abs(Math.log(((shape.width / shape.height) * height) / width));
  return shapes.reduce((best, shape) => (apart(shape) < apart(best) ? shape : best));
}
