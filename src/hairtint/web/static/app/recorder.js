/** Recording of what a canvas shows. */

import { Problem } from "./problem.js";

const KINDS = [
  ["video/mp4;codecs=avc1.42E01E", "mp4"],
  ["video/webm;codecs=vp9", "webm"],
  ["video/webm;codecs=vp8", "webm"],
  ["video/webm", "webm"],
];

export class CanvasRecorder {
  #recorder;

  /** @param {HTMLCanvasElement} canvas @throws {Problem} this browser cannot record */
  constructor(canvas) {
    const kind = globalThis.MediaRecorder && KINDS.find(([type]) => MediaRecorder.isTypeSupported(type));
    if (!kind) throw new Problem("This browser cannot record", "Take snapshots instead, or use another browser.");
    this.extension = kind[1];
    this.#recorder = new MediaRecorder(canvas.captureStream(30), { mimeType: kind[0], videoBitsPerSecond: 6_000_000 });
    const parts = [];
    this.#recorder.addEventListener("dataavailable", ({ data }) => data.size && parts.push(data));
    /** @type {Promise<Blob>} the video, once its recording has ended: by `stop`, or by the browser itself */
    this.ended = new Promise((resolve) => {
      this.#recorder.addEventListener("stop", () => {
        for (const track of this.#recorder.stream.getTracks()) track.stop();
        resolve(new Blob(parts, { type: this.#recorder.mimeType.split(";")[0] }));
      });
    });
    this.#recorder.start(1000);
    this.started = performance.now();
  }

  /** @returns {Promise<Blob>} the video so far */
  stop() {
    if (this.#recorder.state !== "inactive") this.#recorder.stop();
    return this.ended;
  }
}
