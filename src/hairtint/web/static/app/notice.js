/** The one place where the page says that something went wrong. */

import { byId } from "./dom.js";
import { asProblem } from "./problem.js";

/** Shows the problem, and screen readers say it. @param {unknown} error */
export function showProblem(error) {
  const problem = asProblem(error);
  byId("notice-title").textContent = problem.title;
  byId("notice-text").textContent = problem.message;
  byId("notice").hidden = false;
  byId("notice").scrollIntoView({ block: "nearest" });
}

export function clearProblem() {
  byId("notice").hidden = true;
}

byId("notice-close").addEventListener("click", () => {
  clearProblem();
  const others = [...byId("stage").querySelectorAll("button:not(#notice-close)")];
  others.find((button) => button.offsetParent && !button.disabled)?.focus();
});
