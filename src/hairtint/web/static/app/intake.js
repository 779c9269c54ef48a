/** The ways a photo comes in: chosen, dropped, pasted, taken, or one of the examples. */

import { warm } from "./backend.js";
import { dyeNamed } from "./palette.js";
import { byId, make } from "./dom.js";
import { showProblem } from "./notice.js";
import { Problem } from "./problem.js";
import { cancelPhoto, takePhoto } from "./shutter.js";

/** Looks to begin with, on the bundled portrait; their small pictures lie beside it. */
const EXAMPLES = [
  { title: "Copper", color: "copper", effects: [], picture: "copper" },
  { title: "Platinum, grown out", color: "platinum", effects: ["roots:0.4:0.8"], picture: "platinum" },
  { title: "Burgundy, glossy", color: "burgundy", effects: ["gloss:0.6"], picture: "burgundy" },
  { title: "Navy to turquoise", color: "navy", effects: ["ombre:turquoise:0.5:0.4"], picture: "turquoise" },
];

const exampleUrl = (name) => new URL(`../examples/${name}.jpg`, import.meta.url).href;

/**
 * @param {(file: Blob|Promise<Blob>, name: string, more?: {note?: string, look?: import("./look.js").Choice}) => void}
 *   open an example has a look; the note is for the visitor
 */
export function startIntake(open) {
  const bring = (files, name) => {
    const photos = [...files].filter(({ type }) => type.startsWith("image/"));
    const [file] = [...photos, ...files]; // what is none is told so
    cancelPhoto(); // this one came first
    open(file, name ?? file.name, { note: photos.length > 1 ? `The first of ${photos.length} photos was taken` : "" });
  };
  choosing(open);
  dropping(bring);
  pasting(bring);
  gallery(open);
}

function choosing(open) {
  const file = byId("file");
  const capture = byId("capture");
  for (const input of [file, capture]) {
    input.addEventListener("change", () => {
      if (input.files[0]) open(input.files[0], input.files[0].name);
      input.value = ""; // so that the same file can be chosen again
    });
  }
  for (const place of document.querySelectorAll(".dropzone, #gallery")) {
    for (const sign of ["pointerover", "focusin"]) place.addEventListener(sign, warmer, { once: true });
  }
  byId("choose").addEventListener("click", () => file.click());
  byId("shoot").addEventListener("click", async () => {
    if (matchMedia("(pointer: coarse)").matches) return capture.click(); // phones have a better camera program
    try {
      const photo = await takePhoto();
      if (photo) open(photo, "photo.jpg");
    } catch (error) {
      showProblem(error);
    }
  });
}

function dropping(bring) {
  addEventListener("dragenter", warm, { once: true });
  const veil = byId("drop-veil");
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
  addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = false;
  });
  addEventListener("dragleave", (event) => event.relatedTarget === null && (veil.hidden = true));
  addEventListener("drop", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    veil.hidden = true;
    const { files } = event.dataTransfer;
    if (files.length) bring(files);
  });
}

function pasting(bring) {
  addEventListener("paste", (event) => {
    const files = event.clipboardData?.files ?? [];
    if (files.length) bring(files, "pasted.png");
    else if (!event.target.closest("input")) {
      showProblem(new Problem("There is no picture to paste", "Copy a picture first, not its address or a text."));
    }
  });
}

function gallery(open) {
  byId("gallery").append(...EXAMPLES.map((example) => make("li", {}, card(example, open))));
}

function card({ title, color, effects, picture }, open) {
  const image = make("img", {
    src: exampleUrl(picture),
    alt: "",
    width: 224,
    height: 224,
    loading: "lazy",
  });
  const button = make("button", { type: "button", className: "card" }, image, make("span", {}, title));
  button.addEventListener("click", () => {
    const look = { color: dyeNamed(color).hex, name: color, strength: 1, method: "natural", effects };
    open(portrait(), "eileen-collins.jpg", { look });
  });
  return button;
}

/** The network comes after the example, which may be wanted first. */
const warmer = () => portrait().then(warm, warm);

async function portrait() {
  const answer = await fetch(exampleUrl("eileen-collins")).catch(() => null);
  const photo = answer?.ok && (await answer.blob().catch(() => null));
  if (photo) return photo;
  throw new Problem("The example is not here", "Check the connection and try again, or choose a photo of your own.");
}
