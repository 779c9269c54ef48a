/** The live tab: the camera with dyed hair, before and after, snapshots and recordings. */

import { localEngine } from "./backend.js";
import { cameras, play, release, whenGone } from "./camera.js";
import { shape, startCompare } from "./compare.js";
import { byId, catchFocus, make } from "./dom.js";
import { clearProblem, showProblem } from "./notice.js";
import { CanvasRecorder } from "./recorder.js";
import { download, fileName } from "./save.js";
import { fetched } from "./veil.js";

export class LiveTab {
  #store;
  #video = make("video", { muted: true, playsInline: true });
  #dyed = make("canvas"); // the engine draws here; what is seen is turned, split and recorded from it
  #stream = null;
  #stop = null;
  #recorder = null;
  #split = 0;
  #running = false;
  #turn = 0; // the last start or stop wins

  /** @param {import("./look.js").LookStore} store @param {() => void} onchange the camera was started or stopped */
  constructor(store, onchange) {
    this.#store = store;
    this.onchange = onchange;
    startCompare(byId("live-compare"), (share) => (this.#split = share));
    byId("camera-start").addEventListener("click", async () => (await this.start()) && catchFocus(byId("snapshot")));
    byId("camera-stop").addEventListener("click", async () => {
      await this.stop();
      catchFocus(byId("camera-start"));
    });
    byId("camera-choice").addEventListener("change", ({ target }) => this.start(target.value));
    byId("snapshot").addEventListener("click", () => this.snapshot());
    byId("record").addEventListener("click", () => this.record());
    document.addEventListener("visibilitychange", () => document.hidden && this.#recorder && this.record());
    store.follow(() => this.#running && this.#say(store.words));
  }

  get running() {
    return this.#running;
  }

  /** The canvas with the dyed picture of the camera, whole; null where there is none. */
  get dyed() {
    return this.#seen ? this.#dyed : null;
  }

  get #seen() {
    return byId("live-canvas").width > 0;
  }

  /** @param {string} [deviceId] @returns {Promise<boolean>} false: it failed, or was left while it was starting */
  async start(deviceId) {
    const turn = ++this.#turn;
    let stream = null;
    clearProblem();
    byId("camera-start").disabled = true;
    try {
      await this.#halt();
      this.#starting("Starting the camera");
      stream = await play(this.#video, { width: 640, height: 480, deviceId }, () => turn === this.#turn);
      if (!stream) return false;
      const engine = await localEngine((state) => turn === this.#turn && this.#starting(fetched(state)));
      const found = await cameras();
      if (turn !== this.#turn) return false;
      this.#stream = stream;
      this.#listCameras(found);
      this.#stop = engine.live().play(this.#video, this.#dyed, {
        look: () => this.#store.look,
        compared: () => this.#split > 0,
        onframe: (state) => this.#draw(state),
        onerror: (error) => this.#fail(error),
      });
      whenGone(stream, (problem) => turn === this.#turn && this.#fail(problem));
      this.#running = true;
      this.#say(this.#store.words);
      byId("live").querySelector(".live-start").hidden = true;
      byId("live").querySelector(".live-view").hidden = false;
      this.onchange();
      this.#startable();
    } catch (error) {
      if (turn === this.#turn) this.#fail(error);
    } finally {
      if (stream !== this.#stream) release(stream);
    }
    return turn === this.#turn && this.#running;
  }

  /** Switches the camera off. */
  async stop() {
    this.#turn++;
    this.#startable();
    await this.#halt();
    byId("live").querySelector(".live-start").hidden = false;
    byId("live").querySelector(".live-view").hidden = true;
    this.onchange();
  }

  /** Saves the frame that is seen, once there is one. */
  snapshot() {
    if (!this.#seen) return;
    byId("live-canvas").toBlob(
      (blob) => {
        const name = this.#named("jpg");
        download(blob, name);
        this.#say(`Saved as ${name}`);
      },
      "image/jpeg",
      0.94,
    );
  }

  /** Starts a recording, once there is something to see, or ends it and saves it. */
  async record() {
    try {
      if (this.#recorder) return await this.#finish();
      if (!this.#seen) return;
      const recorder = new CanvasRecorder(byId("live-canvas"));
      recorder.ended.then(() => this.#recorder === recorder && this.#finish());
      this.#recorder = recorder;
      this.#say("Recording");
    } catch (error) {
      showProblem(error);
    }
    this.#showRecording();
  }

  async #finish() {
    const recorder = this.#recorder;
    this.#recorder = null;
    this.#showRecording();
    const name = this.#named(recorder.extension);
    const video = await recorder.stop();
    if (!video.size) return this.#say("Nothing was recorded: let it run for a second.");
    download(video, name);
    this.#say(`Saved as ${name}`);
  }

  async #halt() {
    if (this.#recorder) await this.#finish();
    this.#stop?.();
    release(this.#stream);
    [this.#stop, this.#stream, this.#running] = [null, null, false];
    byId("pace").textContent = "";
    byId("live-canvas").width = 0; // or the next start shows the last picture of this one
  }

  async #fail(error) {
    await this.stop();
    catchFocus(byId("camera-start"));
    showProblem(error);
  }

  /** One frame as it is seen: mirrored if wished, the left part as the camera gives it. */
  #draw({ fps, source }) {
    const canvas = byId("live-canvas");
    const { width, height } = this.#dyed;
    const fits = canvas.width === width && canvas.height === height;
    if (!fits && !this.#recorder) {
      [canvas.width, canvas.height] = [width, height];
      shape(byId("live-compare"), width, height);
    }
    const context = canvas.getContext("2d");
    if (!fits) context.fillRect(0, 0, canvas.width, canvas.height); // black beside what is recorded in another shape
    drawWhole(context, this.#dyed, width, height);
    if (source) this.#drawBefore(context, source, width, height);
    if (fps) byId("pace").textContent = `${Math.round(fps) || "less than 1"} pictures a second`;
    if (this.#recorder) byId("timer").textContent = clock(performance.now() - this.#recorder.started);
  }

  #drawBefore(context, source, width, height) {
    context.save();
    context.beginPath();
    context.rect(0, 0, context.canvas.width * this.#split, context.canvas.height);
    context.clip();
    drawWhole(context, source, width, height);
    context.restore();
  }

  #listCameras(found) {
    const now = this.#stream.getVideoTracks()[0].getSettings().deviceId;
    const options = found.map(({ id, label }) => make("option", { value: id, selected: id === now }, label));
    byId("camera-choice").replaceChildren(...options);
  }

  #showRecording() {
    const on = Boolean(this.#recorder);
    byId("record").setAttribute("aria-pressed", String(on));
    byId("record").querySelector("span").textContent = on ? "Stop and save" : "Record";
    byId("timer").textContent = "0:00";
    byId("timer").hidden = !on;
    (on ? addEventListener : removeEventListener)("beforeunload", askFirst);
  }

  #named(extension) {
    const { name, color } = this.#store.choice;
    const time = new Date().toTimeString().slice(0, 8);
    return fileName("hairtint", `${name || color} ${time}`, extension);
  }

  #starting(text) {
    byId("camera-start").lastChild.textContent = text;
    const [stage] = text.split(":"); // to be heard once, not with every megabyte
    if (byId("live-stage").textContent !== stage) byId("live-stage").textContent = stage;
  }

  #startable() {
    byId("camera-start").disabled = false;
    byId("camera-start").lastChild.textContent = "Start the camera";
    byId("live-stage").textContent = "";
  }

  #say(text) {
    byId("live-status").textContent = text;
  }
}

/** Whether to leave the page: what is recorded would be lost. */
function askFirst(event) {
  event.preventDefault();
}

/** A picture of this size in the middle of the canvas, as large as it fits, mirrored if wished. */
function drawWhole(context, picture, width, height) {
  const { canvas } = context;
  const scale = Math.min(canvas.width / width, canvas.height / height);
  context.save();
  context.translate(canvas.width / 2, canvas.height / 2);
  context.scale(byId("mirror").checked ? -scale : scale, scale);
  context.drawImage(picture, -width / 2, -height / 2, width, height);
  context.restore();
}

function clock(milliseconds) {
  const seconds = Math.floor(milliseconds / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
