/** The network's maps of a video's frames, in brown where hair is blue, pink or green: VideoSegmenter in segmenter.py. */

import { GLANCES, SEGMENTER } from "./constants.js";
import { inBrown, seenInBrown } from "./glances.js";

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
    if (!due) return (this.#dyed ? inBrown(this.#look) : this.#look)(picture);
    const share = this.#dyed ? GLANCES.DYED / 2 : GLANCES.DYED; // not to and fro
    const seen = await seenInBrown(picture, picture.size, this.#look, share);
    this.#dyed = Boolean(seen);
    return seen ?? this.#look(picture);
  }

  /** Another video. */
  reset() {
    this.#frames = 0;
    this.#dyed = false;
  }
}
