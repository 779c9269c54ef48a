/** Cameras: asked for, chosen, let go. */

import { Problem } from "./problem.js";

const REASONS = {
  NotAllowedError: [
    "The camera is not allowed",
    "Allow it for this page in the browser's address bar, then start it again.",
  ],
  NotFoundError: ["No camera was found", "Connect one and start it again, or try a photo."],
  NotReadableError: ["The camera is in use", "Close the other program that uses it, then start it again."],
  OverconstrainedError: ["This camera cannot be used", "Choose another one."],
};

/**
 * Plays a camera in a video element.
 * @param {HTMLVideoElement} video
 * @param {{width: number, height: number, deviceId?: string}} wish the size that is best, which not every camera has,
 *   and the id of one of `cameras()`; by default it is the one that faces the visitor
 * @param {() => boolean} wanted whether it still is: the visitor may take any time to allow it
 * @returns {Promise<MediaStream|null>} stop it with `release`; null: it is not wanted any more
 * @throws {Problem} there is no camera, or it may not be used
 */
export async function play(video, { width, height, deviceId }, wanted) {
  if (!navigator.mediaDevices?.getUserMedia) {
    throw new Problem(
      "The camera cannot be used here",
      "Browsers give it only to pages that come by https or from this computer itself (localhost).",
    );
  }
  let stream = null;
  const which = deviceId ? { deviceId: { exact: deviceId } } : { facingMode: "user" };
  try {
    stream = await navigator.mediaDevices.getUserMedia({
      audio: false,
      video: { ...which, width: { ideal: width }, height: { ideal: height } },
    });
    if (wanted()) {
      video.srcObject = stream; // which may be another one's otherwise
      await video.play();
    }
    if (wanted()) return stream;
    release(stream);
    return null;
  } catch (error) {
    release(stream);
    if (!wanted()) return null;
    const [title, cure] = REASONS[error.name] ?? ["The camera did not start", error.message];
    throw new Problem(title, cure);
  }
}

/** @returns {Promise<{id: string, label: string}[]>} with labels once a camera was allowed */
export async function cameras() {
  const devices = await navigator.mediaDevices.enumerateDevices();
  const found = devices.filter(({ kind }) => kind === "videoinput");
  return found.map(({ deviceId, label }, at) => ({ id: deviceId, label: label || `Camera ${at + 1}` }));
}

/** @param {MediaStream} stream @param {(problem: Problem) => void} then is called where the camera goes away by itself */
export function whenGone(stream, then) {
  const problem = new Problem("The camera is gone", "Connect it again and start it.");
  stream.getVideoTracks()[0].addEventListener("ended", () => then(problem));
}

/** Switches the camera off. @param {MediaStream|null} stream */
export function release(stream) {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
