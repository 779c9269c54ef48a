/**
 * hairtint in the browser: everything from pixels to dyed pixels happens on the visitor's device.
 *
 *     import { Engine } from "./engine/index.js";
 *     const engine = await Engine.load({ modelUrl, vendorUrl, onprogress: ({ loaded, total }) => … });
 *     engine.info;                                              // { backend: "wasm", threads: 2, … }
 *
 *     // a photo: find the hair once, colour it as often as the visitor moves a slider
 *     const mask = await engine.mask(imageData);                // { width, height, data: Float32Array in [0, 1] }
 *     const dyed = await engine.recolor(imageData, mask, { color: "#b5562b", strength: 0.8 });   // a new ImageData
 *
 *     // live: the engine runs the loop and draws the dyed frames on the canvas, at the frame's own size
 *     const live = engine.live();
 *     const stop = live.play(video, canvas, { look: () => look, onframe: ({ fps, timings }) => …, onerror });
 *     stop();
 *     // or frame by frame: const { image, timings } = await live.frame(video, look);
 *
 * All errors are Error objects whose message is a sentence for the visitor.
 *
 * @typedef {object} Look what the visitor has chosen, as `hairtint.look.Look`
 * @property {string} color "#rrggbb", "rgb(r, g, b)" or the name of a dye of the palette (DYES)
 * @property {number} [strength] 0 leaves the picture as it is, 1 (the default) is the full dye
 * @property {"natural"|"hsv"} [method] "natural" is the default
 * @property {string[]} [effects] for "natural": texts as in Python, such as "ombre:platinum:0.5" or "gloss:0.4"
 * @property {boolean} [largestRegion] keep only the largest region of the mask
 *
 * @typedef {object} Mask the hair of a picture
 * @property {number} width
 * @property {number} height
 * @property {Float32Array} data height * width values in [0, 1], row by row
 *
 * @typedef {object} Timings milliseconds each stage took: grab (pixels out of the video, and squeezed), network, memory,
 *   matte, color, travel (between the threads), and, where the engine runs the loop, draw
 *
 * @typedef {object} LiveFrame
 * @property {ImageData} image the dyed frame
 * @property {Mask|null} mask the hair, where `live` was asked for masks
 * @property {Timings} timings
 *
 * @typedef {object} Info
 * @property {"wasm"|"webgpu"} backend what runs the network
 * @property {number} threads of the network
 */

import { Remote } from "./rpc.js";

const IN_FLIGHT = 3; // frames: one in the network, the one before it being coloured, the next one ready for either

const KEPT = 4_000_000; // pixels of a photo that the painter keeps for the next colour

export class Engine {
  #painter;
  #photo = null; // what the painter keeps
  #workers;

  /**
   * Fetch the network, start the workers and make everything ready.
   *
   * @param {object} options
   * @param {string|URL} options.modelUrl the .onnx file of a network of this project: rgb uint8 (1, height, width, 3)
   *   in, probability float32 (1, h, w) out
   * @param {string|URL} [options.vendorUrl] the folder of onnxruntime-web's files; by default ../vendor/
   * @param {number} [options.threads] of the network; by default one less than cores, 1 where the page is not
   *   cross-origin isolated (no COOP and COEP headers)
   * @param {"auto"|"wasm"|"webgpu"} [options.backend] "auto" takes WebGPU where there is a GPU that is faster than
   *   the CPU and says the same; "webgpu" takes it in any case, software that stands in for one too
   * @param {(progress: {loaded: number, total: number}) => void} [options.onprogress] bytes of the network and
   *   its runtime so far; total is 0 where the server does not say
   * @returns {Promise<Engine>}
   */
  static async load({ modelUrl, vendorUrl, threads, backend = "auto", onprogress = () => {} }) {
    const start = (file) => new Worker(new URL(file, import.meta.url), { type: "module" });
    const workers = [start("./network-worker.js"), start("./painter-worker.js")];
    const network = new Remote(workers[0], ({ progress }) => progress && onprogress(progress));
    const painter = new Remote(workers[1]);
    try {
      const { port1, port2 } = new MessageChannel();
      const absolute = (url) => new URL(url, document.baseURI).href;
      const vendor = vendorUrl ? absolute(vendorUrl) : new URL("../vendor/", import.meta.url).href;
      const options = { modelUrl: absolute(modelUrl), vendorUrl: vendor, threads, backend, port: port1 };
      const loaded = await network.call("load", options, [port1]);
      await painter.call("load", { port: port2, shapes: loaded.shapes }, [port2]);
      return new Engine(painter, workers, loaded);
    } catch (error) {
      for (const worker of workers) worker.terminate();
      throw error;
    }
  }

  /** Use `Engine.load`. */
  constructor(painter, workers, info) {
    this.#painter = painter;
    this.#workers = workers;
    /** @type {Info} */
    this.info = Object.freeze(info);
  }

  /**
   * The hair of a photo.
   * @param {ImageData} image
   * @param {{finest?: boolean}} [options] finest (the default): look up to three times, and as often at each of
   *     twelve parts where there may be several people, as Python does for photos
   * @returns {Promise<Mask>}
   */
  mask(image, { finest = true } = {}) {
    const { width, height, data } = image;
    return this.#painter.call("mask", { width, height, data, finest });
  }

  /**
   * The photo in another hair colour.
   * @param {ImageData} image is not changed, and must not be: for another colour it is not sent again
   * @param {Mask} mask of the same size
   * @param {Look} look
   * @returns {Promise<ImageData>}
   */
  async recolor(image, mask, look) {
    const { width, height, data } = image;
    const keep = width * height <= KEPT;
    const known = this.#photo?.image === image && this.#photo.mask === mask;
    this.#photo = keep ? { image, mask } : null;
    const photo = known ? {} : { picture: { width, height, data }, cover: { width, height, data: mask.data } };
    try {
      return toImage(await this.#painter.call("recolor", { ...photo, keep, look }));
    } catch (error) {
      this.#photo = null;
      throw error;
    }
  }

  /**
   * A road for the frames of one video, with memory of the frames before.
   * @param {{masks?: boolean}} [options] masks: hand out the mask with each frame
   * @returns {Live}
   */
  live({ masks = false } = {}) {
    return new Live(this.#painter, masks);
  }

  /** Stop the workers; the engine cannot be used any more. */
  close() {
    for (const worker of this.#workers) worker.terminate();
    this.#painter.fail("The engine was closed.");
  }
}

let roads = 0;

/** Made by `engine.live()`. */
class Live {
  #painter;
  #masks;
  #road = ++roads;

  constructor(painter, masks) {
    this.#painter = painter;
    this.#masks = masks;
  }

  /**
   * The next frame in another hair colour. May be called again before the frame before is done: three frames in
   * flight keep two cores busy. Results come in order.
   *
   * @param {HTMLVideoElement|VideoFrame|HTMLCanvasElement|OffscreenCanvas|ImageBitmap|ImageData} source
   * @param {Look} look
   * @returns {Promise<LiveFrame>}
   */
  async frame(source, look) {
    const picture = await portable(source);
    const sent = performance.now();
    const args = { road: this.#road, picture, look, masks: this.#masks };
    const { mask, timings, ...pixels } = await this.#painter.call("frame", args, moving(picture));
    const { within, ...stages } = timings;
    stages.travel = performance.now() - sent - within;
    const image = toImage(pixels);
    return { image, mask: mask && { width: image.width, height: image.height, data: mask }, timings: stages };
  }

  /** Forget the frames before, as at the start of another video. */
  reset() {
    return this.#painter.call("reset", { road: this.#road });
  }

  /**
   * Run the loop: dye the newest frame of the video and draw it, until stopped. A video that pauses pauses the loop.
   *
   * @param {HTMLVideoElement} video playing
   * @param {HTMLCanvasElement} canvas gets the size of the frames
   * @param {object} options
   * @param {() => (Look|null)} options.look is asked for every frame; null shows the frame as it is
   * @param {() => boolean} [options.compared] is asked for every frame: whether `onframe` gets its source as well
   * @param {(state: {fps: number, timings: Timings, image: ImageData, mask: Mask|null,
   *   source: VideoFrame|ImageBitmap|null}) => void} [options.onframe] after each frame is drawn; source: the frame
   *   before it was dyed, closed afterwards
   * @param {(error: Error) => void} [options.onerror] the loop has ended with this error
   * @returns {() => void} stops the loop
   */
  play(video, canvas, { look, compared = () => false, onframe = () => {}, onerror = (error) => console.error(error) }) {
    const context = canvas.getContext("2d");
    const drawn = [];
    let running = true;
    let flying = 0;
    const over = () => this.#painter.call("drop", { road: this.#road }).catch(() => {}); // it may be closed by now
    const next = () => {
      if (!running) return;
      if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(send);
      else requestAnimationFrame(send);
    };
    const send = async () => {
      if (!running || flying >= IN_FLIGHT || video.readyState < 2) return running && flying < IN_FLIGHT && next();
      flying += 1;
      if (flying < IN_FLIGHT) next();
      let source = null;
      try {
        const chosen = look() ?? { color: "#000000", strength: 0 };
        if (compared()) source = await portable(video);
        const done = await this.frame(source ?? video, chosen);
        if (running) {
          if (canvas.width !== done.image.width || canvas.height !== done.image.height) {
            [canvas.width, canvas.height] = [done.image.width, done.image.height];
          }
          const before = performance.now();
          context.putImageData(done.image, 0, 0);
          done.timings.draw = performance.now() - before;
          onframe({ ...done, source, fps: rate(drawn, performance.now()) });
        }
      } catch (error) {
        if (running) onerror(error);
        running = false;
      }
      source?.close();
      flying -= 1;
      if (!running && !flying) over();
      if (flying === IN_FLIGHT - 1) next();
    };
    next();
    return () => {
      if (running && !flying) over();
      running = false;
    };
  }
}

/** Frames per second over the last second and a half, or since the frame before where that is longer; 0 at first. */
function rate(drawn, now) {
  drawn.push(now);
  while (drawn.length > 2 && drawn[0] < now - 1500) drawn.shift();
  return drawn.length > 1 ? (1000 * (drawn.length - 1)) / (now - drawn[0]) : 0;
}

/** What can be handed to a worker; pictures that the worker has to close itself. */
async function portable(source) {
  if (source instanceof ImageData) return { width: source.width, height: source.height, data: source.data };
  const { VideoFrame, HTMLVideoElement } = globalThis;
  if (VideoFrame && [HTMLVideoElement, VideoFrame].some((kind) => source instanceof kind)) return new VideoFrame(source);
  return createImageBitmap(source);
}

function moving(picture) {
  return picture.close ? [picture] : [];
}

function toImage({ data, width, height }) {
  return new ImageData(data, width, height);
}
