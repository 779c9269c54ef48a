/** Where the visitor is, as a step of the browser's history: in which tab, and whether at a photo or the welcome. */

/** @typedef {{tab: "photo"|"live", photo: boolean}} Place */

/** @returns {Place} */
function here() {
  const { tab, state } = document.body.dataset;
  return { tab, photo: state !== "empty" };
}

/** Goes to a place by a step of its own, unless the step of now leads there. @param {Partial<Place>} place */
export function enter(place) {
  const there = Object.entries(place).every(([key, value]) => history.state?.[key] === value);
  if (!there) history.pushState({ ...here(), ...place }, "");
}

/** Gives the step of now its place, where it has none: as of a link within the page. */
export function mark() {
  if (!history.state) history.replaceState(here(), "");
}
