/** The pixels of what a page hands to a worker. */

let canvas = null;

/**
 * @param {VideoFrame|ImageBitmap|{width: number, height: number, data: Uint8ClampedArray}} picture is closed
 * @returns {Promise<{width: number, height: number, data: Uint8ClampedArray}>} RGBA
 */
export async function pixels(picture) {
  if (picture.data) return picture;
  try {
    return (await copied(picture)) ?? drawn(picture);
  } finally {
    picture.close();
  }
}

/** Straight out of the memory of a video frame: the fastest way, where the browser knows it. */
async function copied(picture) {
  if (!picture.copyTo) return null;
  const { width, height } = picture.visibleRect;
  if (width !== picture.displayWidth || height !== picture.displayHeight || picture.rotation || picture.flip) return null;
  const data = new Uint8ClampedArray(4 * width * height);
  try {
    await picture.copyTo(data, { format: "RGBA", colorSpace: "srgb" });
  } catch {
    return null;
  }
  return { width, height, data };
}

function drawn(picture) {
  const [width, height] = [picture.displayWidth ?? picture.width, picture.displayHeight ?? picture.height];
  if (canvas?.width !== width || canvas.height !== height) canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(picture, 0, 0, width, height);
  return { width, height, data: context.getImageData(0, 0, width, height).data };
}
