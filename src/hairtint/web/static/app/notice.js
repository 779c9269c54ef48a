/** The one place where the page says that something went wrong. */

import { byId } from "./dom.js";
import { asProblem } from "./problem.js";

let remedy = null;

/**
 * Shows the problem, and screen readers say it.
 * @param {unknown} error @param {{text: string, act: () => void}} [way] out of it, by a button
 */
export function showProblem(error, way = null) {
  const problem = asProblem(error);
  byId("notice-title").textContent = problem.title;
  byId("notice-text").textContent = problem.message;
  remedy = way;
  byId("notice-act").hidden = !way;
  byId("notice-act").textContent = way?.text ?? "";
  byId("notice").hidden = false;
  byId("notice").scrollIntoView({ block: "nearest" });
}

export function clearProblem() {
  byId("notice").hidden = true;
}

byId("notice-act").addEventListener("click", () => remedy.act());

byId("notice-close").addEventListener("click", () => {
  clearProblem();
  const others = [...byId("stage").querySelectorAll("button:not(#notice button)")];
  others.find((button) => button.offsetParent && !button.disabled)?.focus();
});
