/** The network's maps of a video's frames, in brown where hair is blue, pink or green: VideoSegmenter in segmenter.py. */

import { GLANCES, SEGMENTER, VIVID } from "./constants.js";
import { browned, coolness } from "./vivid.js";

const { COOL, DYED, KNOWN } = GLANCES;

export class Finder {
  #look;
  #frames = 0;
  #dyed = false;

  /** @param {(picture: import("./pyramid.js").Pyramid) => Promise<object>} look the network's map */
  constructor(look) {
    this.#look = look;
  }

  /** @param {import("./pyramid.js").Pyramid} picture in the network's shape @param {boolean} anew after a cut */
  async find(picture, anew) {
    const due = this.#frames++ % SEGMENTER.OFTEN === 0 || anew;
    const brown = picture.changed(browned);
    if (!due) return this.#look(this.#dyed ? brown : picture);
    const cool = coolness(picture.view).map((by) => by > VIVID.VIVID);
    const seen = count(cool) < COOL * cool.length ? null : await this.#look(brown);
    const own = await this.#look(picture);
    this.#dyed = Boolean(seen) && this.#isDyed(cool, seen, own);
    return this.#dyed ? seen : own;
  }

  /** Whether hair is vivid, and seen as it is too: in brown a printed scarf would pass for hair. */
  #isDyed(cool, seen, own) {
    const hair = seen.data.map((v) => v > 0.5);
    const all = count(hair);
    const share = this.#dyed ? DYED / 2 : DYED; // not to and fro
    const within = (values) => hair.reduce((sum, some, i) => sum + some * values[i], 0);
    return within(cool) > share * all && within(own.data) >= KNOWN * all;
  }

  /** Another video. */
  reset() {
    this.#frames = 0;
    this.#dyed = false;
  }
}

const count = (marks) => marks.reduce((sum, mark) => sum + mark, 0);
