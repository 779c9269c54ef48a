/** A photo by the camera, in a dialog. */

import { play, release, whenGone } from "./camera.js";
import { byId, fileOf, hiddenCanvas } from "./dom.js";

let turns = 0; // the dialog is that of the last

/** @returns {Promise<Blob|null>} null: the visitor has changed their mind @throws {Problem} no camera, or it went away */
export async function takePhoto() {
  const [dialog, video] = [byId("shutter"), byId("shutter-video")];
  const turn = ++turns;
  dialog.returnValue = "";
  byId("shutter-take").disabled = true; // until there is something to take
  dialog.showModal();
  let stream = null;
  try {
    // it may be cancelled while the browser asks
    stream = await play(video, { width: 1920, height: 1440 }, () => turn === turns && dialog.open);
    if (!stream) return null;
    let gone = null;
    whenGone(stream, (problem) => {
      gone = problem;
      cancelPhoto();
    });
    const answer = await closed(dialog);
    if (gone) throw gone;
    return answer === "take" ? await still(video) : null;
  } finally {
    release(stream);
    if (turn === turns) {
      video.srcObject = null;
      dialog.close();
    }
  }
}

/** Closes the dialog where it is open. */
export function cancelPhoto() {
  byId("shutter").close("");
}

function closed(dialog) {
  byId("shutter-take").disabled = false;
  byId("shutter-take").focus();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => resolve(dialog.returnValue), { once: true });
  });
}

/** As others see it: only the preview is a mirror. */
function still(video) {
  const canvas = hiddenCanvas(video.videoWidth, video.videoHeight);
  canvas.getContext("2d").drawImage(video, 0, 0);
  return fileOf(canvas, "image/jpeg", 0.95);
}

byId("shutter-take").addEventListener("click", () => byId("shutter").close("take"));
byId("shutter-cancel").addEventListener("click", cancelPhoto);
