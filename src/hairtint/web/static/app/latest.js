/** One task at a time, and of those that wait only the newest: a dragged slider never builds a queue. */

export class Latest {
  #busy = false;
  #next = null;

  /** @param {(newest: () => boolean) => Promise<void>} task has to catch its own errors; asks whether it is the newest */
  async run(task) {
    this.#next = task;
    if (this.#busy) return;
    this.#busy = true;
    while (this.#next) {
      const now = this.#next;
      this.#next = null;
      await now(() => !this.#next);
    }
    this.#busy = false;
  }
}
