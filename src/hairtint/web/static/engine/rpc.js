/** Calls across a worker's or a port's messages: `{id, method, args}` there, `{id, result}` or `{id, error, kind}` back. */

/** The caller's side. */
export class Remote {
  #port;
  #next = 1;
  #waiting = new Map();
  #broken = null;

  /**
   * @param {Worker|MessagePort} port
   * @param {(event: any) => void} [onevent] takes messages that answer no call, such as progress
   */
  constructor(port, onevent = () => {}) {
    this.#port = port;
    port.onmessage = ({ data }) => {
      const call = this.#waiting.get(data.id);
      if (!call) return onevent(data);
      this.#waiting.delete(data.id);
      if (data.error !== undefined) call.reject(Object.assign(new Error(data.error), { kind: data.kind }));
      else call.resolve(data.result);
    };
    port.onerror = ({ message }) => {
      if (message) this.fail(message);
      else this.fail("A part of the page could not be downloaded: check the connection and try again.", "download");
    };
  }

  /**
   * @param {string} method
   * @param {any} args structured-cloneable
   * @param {Transferable[]} [transfer] what moves there instead of being copied
   * @returns {Promise<any>} what the other side returned; rejects with the sentence it threw
   */
  call(method, args, transfer = []) {
    if (this.#broken) return Promise.reject(this.#broken);
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#port.postMessage({ id, method, args }, transfer);
    });
  }

  /** Every call that still waits, and every later one, ends with this sentence. */
  fail(message, kind) {
    this.#broken = Object.assign(new Error(message), { kind });
    for (const { reject } of this.#waiting.values()) reject(this.#broken);
    this.#waiting.clear();
  }
}

/** What a method returns when parts of its result should move instead of being copied. */
export class Moved {
  /** @param {any} result @param {Transferable[]} transfer */
  constructor(result, transfer) {
    this.result = result;
    this.transfer = transfer;
  }
}

/**
 * The answering side.
 * @param {{postMessage: Function, onmessage: any}} port
 * @param {Record<string, (args: any) => any>} methods may be asynchronous
 */
export function serve(port, methods) {
  port.onmessage = async ({ data: { id, method, args } }) => {
    try {
      const answer = await methods[method](args);
      if (answer instanceof Moved) port.postMessage({ id, result: answer.result }, answer.transfer);
      else port.postMessage({ id, result: answer });
    } catch (error) {
      port.postMessage({ id, error: String(error?.message ?? error), kind: error?.kind });
    }
  };
}
