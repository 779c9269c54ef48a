/** The page: puts its parts together. */

import { canCompute, sayOld } from "./backend.js";
import { config, limits } from "./config.js";
import { startControls } from "./controls.js";
import { byId } from "./dom.js";
import { startEffects } from "./effects.js";
import { startIntake } from "./intake.js";
import { LiveTab } from "./live.js";
import { LookStore } from "./look.js";
import { clearProblem } from "./notice.js";
import { dyeNamed, startPalette } from "./palette.js";
import { PhotoTab } from "./photo.js";
import { enter, mark } from "./place.js";
import { lookOfAddress, startAddress, startShelf } from "./shelf.js";
import { startSteps } from "./steps.js";
import { remember, remembered } from "./storage.js";
import { startTabs } from "./tabs.js";
import { startWheel } from "./wheel.js";

const first = { color: dyeNamed("copper").hex, name: "copper", strength: 1, method: "natural", effects: [] };
const store = new LookStore(first, lookOfAddress() ?? first);
startPalette(store);
startWheel(store);
startControls(store);
startEffects(store);
startSteps(store);
startAddress(store);

const photo = new PhotoTab(store);
const live = new LiveTab(store, showControls);
startShelf(store, () => (document.body.dataset.tab === "live" ? live : photo).dyed);
let example = null; // the last look that came with its own photo
startIntake((file, name, { look, note } = {}) => {
  byId("tab-photo").click();
  if (look) store.change((example = look));
  else if (store.choice.effects === example?.effects) store.change({ effects: [] }); // nobody chose them for this photo
  photo.open(file, name, note);
});

byId("another").addEventListener("click", () => photo.show(false));
byId("reopen").addEventListener("click", () => photo.show(true));
addEventListener("popstate", ({ state }) => {
  if (!state) return; // of a link within the page
  byId(`tab-${state.tab}`).click();
  photo.show(state.photo);
});
byId("save").addEventListener("click", () => photo.save());
byId("save-mask").addEventListener("click", () => photo.saveMask());
byId("share").addEventListener("click", () => photo.share());

startTabs(
  byId("sheets"),
  (sheet) => {
    byId(sheet).parentElement.scrollTop = 0;
    remember("sheet", sheet);
  },
  remembered("sheet"),
);
document.body.dataset.tab = "photo";
mark();
startTabs(
  byId("tabs"),
  (panel) => {
    clearProblem();
    if (panel === "photo") live.stop();
    enter({ tab: panel });
    document.body.dataset.tab = panel;
    showControls();
  },
  history.state.tab,
);

/** The live tab needs the controls only while there is something to control. */
function showControls() {
  document.body.dataset.live = String(live.running);
}

byId("theme").addEventListener("click", () =>
  setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"),
);

function setTheme(theme) {
  document.documentElement.dataset.theme = theme;
  showTheme();
  remember("theme", theme);
}

function showTheme() {
  byId("theme").setAttribute("aria-pressed", String(document.documentElement.dataset.theme === "dark"));
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", showTheme); // after theme.js, which came first
showTheme();
byId("limits").textContent +=
  `, up to ${limits.bytes / 1e6} MB. Results are saved with up to ${limits.saveSide} pixels a side.`;
if (!canCompute()) sayOld();
