/** The photo tab: one portrait, before and after, its mask, and its hair in the look of the moment. */

import { backend } from "./backend.js";
import { Brush } from "./brush.js";
import { shape, startCompare } from "./compare.js";
import { byId, catchFocus, show, shrink } from "./dom.js";
import { Latest } from "./latest.js";
import { clearProblem, showProblem } from "./notice.js";
import { enter } from "./place.js";
import { greyOf, Portrait } from "./portrait.js";
import { canShare, download, encoded, fileName, share } from "./save.js";
import { busy, idle, progress } from "./veil.js";
import { Zoom } from "./zoom.js";

const VIEWS = { before: ["compare", "photo"], mask: ["mask"], after: ["result"] }; // the thumbnails that show a canvas
const SAVING = ["save", "save-mask", "share"];

export class PhotoTab {
  #store;
  #line;
  #zoom;
  #brush;
  #portrait = null; // kept while the welcome is shown
  #before = null; // the finished one that it took the place of, until it is finished itself
  #from = "empty"; // the state before "busy": what fails leads back there
  #latest = new Latest();
  #turn = 0; // the photo chosen last wins
  #opening = 0; // and so does the file
  #making = false; // something to take home

  /** @param {import("./look.js").LookStore} store */
  constructor(store) {
    this.#store = store;
    this.#line = startCompare(byId("compare"));
    byId("compare").addEventListener("dblclick", () => this.#line.back()); // it enlarges what was seen before
    this.#zoom = new Zoom(byId("compare"), byId("zoom"));
    this.#brush = new Brush(byId("compare"), this.#zoom, (box) => this.#repaint(box), () => this.#mend());
    byId("views").addEventListener("change", ({ target }) => this.#view(target.value));
    store.follow(() => !isState("empty") && this.ready && this.#dye(this.#portrait));
  }

  /** Whether there is a photo with a result. */
  get ready() {
    return Boolean(this.#portrait?.mask);
  }

  /** The canvas with the dyed photo; null where there is none. */
  get dyed() {
    return isState("ready") ? byId("after") : null;
  }

  /**
   * Takes a photo.
   * @param {Blob|Promise<Blob>} file @param {string} name for what is saved later
   * @param {string} [note] to be said once it is finished
   */
  async open(file, name, note) {
    const portrait = await this.#opened(file, name);
    if (!portrait) return;
    const turn = ++this.#turn;
    try {
      this.#place(portrait);
      const engine = await backend((state) => turn === this.#turn && progress(state));
      if (turn === this.#turn) busy("Looking for the hair");
      await portrait.find(engine);
      if (turn === this.#turn) await this.#finish(portrait);
      if (turn === this.#turn && note) this.#say(note);
    } catch (error) {
      if (turn === this.#turn) await this.#refuse(error, portrait);
    }
  }

  /** Shows a photo in which no hair was found, for it to be painted. */
  async #paintable(portrait) {
    const turn = ++this.#turn;
    portrait.accept();
    this.#place(portrait);
    await this.#finish(portrait);
    if (turn !== this.#turn) return;
    this.#view("mask");
    this.#brush.add();
    this.#say("Paint over the hair.");
  }

  /** The photo of a file; null where another one was chosen meanwhile, or it is none, which harms no photo before it. */
  async #opened(file, name) {
    const opening = ++this.#opening;
    clearProblem();
    if (!isState("busy")) this.#begin("Opening the photo");
    try {
      const portrait = await Portrait.open(await file, name);
      return opening === this.#opening ? portrait : null;
    } catch (error) {
      if (opening !== this.#opening) return null;
      const working = this.#portrait && !this.ready; // at the photo chosen before
      await (working ? showProblem(error) : this.#refuse(error));
      return null;
    }
  }

  /** Turns to the photo, if there is one, or to the welcome, which leads back to it. @param {boolean} photo */
  async show(photo) {
    enter({ photo });
    if (!photo) {
      this.#opening++;
      this.#drop();
      byId("choose").focus({ preventScroll: true });
    } else if (this.ready && isState("empty")) {
      this.#turn++;
      this.#place(this.#portrait);
      await this.#finish(this.#portrait);
    }
  }

  /** The welcome in place of what is not finished; a file that is being opened still comes. */
  #drop() {
    this.#turn++;
    if (!this.ready) this.#portrait = this.#before;
    this.#before = null;
    idle();
    byId("reopen").hidden = !this.#portrait;
    state("empty");
  }

  async save() {
    const { look, choice } = this.#store; // of now: they may change while the picture is made
    await this.#made("Preparing the picture", async (portrait) => {
      const blob = await encodedIn(look, portrait);
      const name = named(choice, portrait, blob);
      download(blob, name);
      return `Saved as ${name}`;
    });
  }

  async saveMask() {
    await this.#made("Preparing the mask", async (portrait) => {
      const { mask } = await portrait.large();
      const name = fileName(portrait.name, "mask", "png");
      download(await encoded(greyOf(mask), "image/png"), name);
      return `Saved as ${name}`;
    });
  }

  /** Browsers allow it for some seconds after the press: a picture that took longer waits for the next one. */
  async share() {
    const { look, choice, words } = this.#store;
    await this.#made("Preparing the picture", async (portrait) => {
      const kept = portrait.unshared?.choice === choice ? portrait.unshared.blob : null;
      const blob = kept ?? (await encodedIn(look, portrait));
      try {
        await share(blob, named(choice, portrait, blob));
      } catch (error) {
        if (error.name !== "NotAllowedError" || kept) throw error;
        portrait.unshared = { choice, blob };
        return "The picture is ready: press Share again.";
      }
      return words;
    });
  }

  /** The veil over the photo before, or over nothing yet instead of the welcome. */
  #begin(text) {
    if (!isState("busy")) this.#from = document.body.dataset.state;
    if (isState("empty")) {
      enter({ photo: true });
      for (const canvas of document.querySelectorAll(".work canvas")) canvas.width = 0;
    }
    const gone = document.querySelector(".welcome").contains(document.activeElement);
    state("busy");
    if (gone) byId("another").focus({ preventScroll: true });
    busy(text);
    scrollTo({ top: 0 });
  }

  #place(portrait) {
    clearProblem(); // of the photo before
    if (this.ready) this.#before = this.#portrait;
    this.#portrait = portrait;
    this.#begin("Getting ready");
    shape(byId("compare"), portrait.image.width, portrait.image.height);
    this.#line.set(50);
    this.#zoom.start(portrait.image);
    this.#brush.start(portrait);
    this.#paint("before", portrait.image);
    this.#paint("after", portrait.image);
    this.#view("compare");
  }

  async #finish(portrait) {
    const turn = this.#turn;
    this.#showMask(portrait);
    await this.#dye(portrait);
    if (turn === this.#turn) this.#reveal();
  }

  #reveal() {
    this.#before = null;
    idle();
    state("ready");
    byId("share").hidden = !canShare();
  }

  /** Back to the finished photo before, or to the welcome, and says why. @param {Portrait} [portrait] that failed */
  async #refuse(error, portrait = null) {
    const [turn, before] = [this.#turn, this.#before];
    if (this.#from === "empty") {
      this.#drop();
      catchFocus(byId("choose"));
    } else if (this.ready) {
      this.#reveal();
      this.#say(this.#store.words);
    } else {
      this.#place(before);
      await this.#finish(before);
      if (turn !== this.#turn) return;
    }
    const way = { text: "Paint it yourself", act: () => this.#paintable(portrait) };
    showProblem(error, portrait?.paintable ? way : null);
  }

  #dye(portrait) {
    const { look, words } = this.#store;
    return this.#latest.run(async (newest) => {
      try {
        const dyed = await portrait.dyed(look, newest);
        if (portrait !== this.#portrait) return;
        this.#paint("after", dyed);
        this.#say(words);
      } catch (error) {
        if (newest()) showProblem(error);
      }
    });
  }

  /** Does something with the finished photo under the veil, one thing at a time, and says what came of it. */
  async #made(text, work) {
    if (!this.ready || this.#making) return;
    const portrait = this.#portrait;
    this.#mark(true);
    busy(text);
    let said = "";
    try {
      said = await work(portrait);
    } catch (error) {
      showProblem(error);
    }
    this.#mark(false);
    if (portrait !== this.#portrait || !isState("ready")) return; // the veil is another photo's by now
    idle();
    this.#say(said);
  }

  /** Whether something is being made: the buttons for it wait, and the one that was pressed keeps the focus. */
  #mark(making) {
    this.#making = making;
    for (const id of SAVING) byId(id).setAttribute("aria-disabled", String(making));
  }

  #showMask({ mask }) {
    this.#paint("mask", greyOf(mask));
    this.#zoom.hair = mask;
  }

  /** A part of the mask that is being mended. */
  #repaint(box) {
    const part = this.#portrait.mending.part(box);
    if (part.data.length) byId("mask").getContext("2d").putImageData(greyOf(part), box.left, box.top);
  }

  #mend() {
    this.#portrait.mend();
    this.#showMask(this.#portrait);
    this.#dye(this.#portrait);
  }

  #paint(id, image) {
    show(byId(id), image);
    for (const view of VIEWS[id]) shrink(byId(id), thumb(view));
    if (id === "after") splitThumb();
  }

  #view(name) {
    byId("compare").dataset.view = name;
    byId("mend").hidden = name !== "mask" || !this.#portrait.mendable;
    byId("views").querySelector(`[value=${name}]`).checked = true;
  }

  #say(text) {
    byId("status").textContent = text;
  }
}

async function encodedIn(look, portrait) {
  const { image, type } = await portrait.largeDyed(look);
  return encoded(image, type);
}

function named({ name, color }, portrait, { type }) {
  return fileName(portrait.name, name || color, type.replace("image/", "").replace("jpeg", "jpg"));
}

/** "empty", "busy" or "ready": the style sheets show what belongs to it. */
function state(name) {
  document.body.dataset.state = name;
  for (const id of [...SAVING, "views", "zoom"]) byId(id).disabled = name !== "ready";
}

const isState = (name) => document.body.dataset.state === name;

const thumb = (view) => byId("views").querySelector(`[value=${view}] + .thumb canvas`);

/** The thumbnail of the comparison: the left half as it was, the right half dyed. */
function splitThumb() {
  const [canvas, result] = [thumb("compare"), thumb("result")];
  const half = Math.round(canvas.width / 2);
  const context = canvas.getContext("2d");
  context.drawImage(thumb("photo"), 0, 0);
  context.drawImage(result, half, 0, canvas.width - half, canvas.height, half, 0, canvas.width - half, canvas.height);
}
