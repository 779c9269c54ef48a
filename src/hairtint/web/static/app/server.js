/** The engine's calls, answered by the server's API. */

import { hiddenCanvas } from "./dom.js";
import { Problem } from "./problem.js";
import { encoded } from "./save.js";

const TRIES = 4; // of a call that the server has no time for yet
const PATIENCE = 10; // seconds between two of them: if it is to be longer, the visitor is told
const SMALL = 2_000_000; // pixels up to which pictures travel without loss

export class ServerEngine {
  remote = true;
  #api;
  #kept = new WeakMap(); // of a picture: its name on the server, so that it travels once

  /** @param {string} api its address, with a slash at the end */
  constructor(api) {
    this.#api = api;
  }

  /** @param {ImageData} image @returns {Promise<import("../engine/index.js").Mask>} */
  async mask(image) {
    const answer = await this.#post("mask", { image: await encoded(image, kind(image)), keep: "true" });
    this.#kept.set(image, answer.headers.get("Hairtint-Photo"));
    const { width, height, data } = await pixels(answer);
    return { width, height, data: Float32Array.from({ length: width * height }, (_, at) => data[4 * at] / 255) };
  }

  /** @param {ImageData} image one that `mask` has seen @param {object} _ its mask, which the server has as well
   *  @param {() => boolean} [wanted] asked before a call is sent once more */
  async recolor(image, _, look, wanted) {
    const format = kind(image) === "image/png" ? { format: "png" } : { format: "jpeg", quality: "95" };
    const wish = { ...look, ...format };
    const photo = this.#kept.get(image);
    if (photo) {
      try {
        return await pixels(await this.#post("recolor", { photo, ...wish }, wanted));
      } catch (error) {
        if (error.status !== 404) throw error; // the server has forgotten it: send it again
      }
    }
    const whole = { image: await encoded(image, kind(image)), keep: "true", ...wish };
    const answer = await this.#post("recolor", whole, wanted);
    this.#kept.set(image, answer.headers.get("Hairtint-Photo"));
    return pixels(answer);
  }

  async #post(what, values, wanted = () => true, tries = TRIES) {
    const form = new FormData();
    for (const [name, value] of Object.entries(values)) for (const each of [value].flat()) form.append(name, each);
    const answer = await fetch(this.#api + what, { method: "POST", body: form }).catch(() => null);
    if (!answer) throw new Problem("The server does not answer", "Check the connection and try again.");
    if (answer.ok) return answer;
    const wait = [429, 503].includes(answer.status) ? Number(answer.headers.get("Retry-After")) : 0;
    if (wait && wait <= PATIENCE && tries > 1) {
      await new Promise((resolve) => setTimeout(resolve, 1000 * wait));
      if (wanted()) return this.#post(what, values, wanted, tries - 1);
    }
    const { detail } = await answer.json().catch(() => ({ detail: `It answered ${answer.status}.` }));
    throw Object.assign(new Problem("The server refused the photo", detail), { status: answer.status });
  }
}

const kind = ({ width, height }) => (width * height <= SMALL ? "image/png" : "image/jpeg");

async function pixels(answer) {
  const bitmap = await createImageBitmap(await answer.blob());
  const { width, height } = bitmap;
  const context = hiddenCanvas(width, height).getContext("2d");
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return context.getImageData(0, 0, width, height);
}
