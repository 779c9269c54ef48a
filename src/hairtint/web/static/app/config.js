/**
 * What the page was served with: JSON in <html data-config>. All addresses are relative to the page. `api`: where a
 * hairtint server answers, null for a page of static files. `photoModelUrl` and `videoModelUrl`: the network that
 * photos are worth, and the one that is fast enough for video.
 *
 * @type {{api: string|null, photoModelUrl: string, videoModelUrl: string}}
 */
export const config = JSON.parse(document.documentElement.dataset.config);

export const limits = {
  /** Bytes of a photo's file. */
  bytes: 64_000_000,
  /** Longest side in pixels that is worked on while colours are tried. */
  screenSide: 1280,
  /** Longest side in pixels of what is saved. */
  saveSide: 4096,
  /** Shortest side in pixels: below there is no face to see. */
  leastSide: 32,
};
