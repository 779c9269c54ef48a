/** What the browser remembers of this page, where it may. */

/** @param {string} key @returns {string|null} */
export function remembered(key) {
  try {
    return localStorage.getItem(key);
  } catch {
    return null; // storage is blocked
  }
}

/** @param {string} key @param {string} value */
export function remember(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // storage is blocked or full: it holds for this visit
  }
}
