/** What goes wrong for the visitor: a title, and a sentence that says what to do. */

export class Problem extends Error {
  /** @param {string} title @param {string} cure */
  constructor(title, cure) {
    super(cure);
    this.title = title;
  }
}

/** Any error as a Problem. @param {unknown} error @returns {Problem} */
export function asProblem(error) {
  if (error instanceof Problem) return error;
  return new Problem("That did not work", error?.message || String(error));
}
