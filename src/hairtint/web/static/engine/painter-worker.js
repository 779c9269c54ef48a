/** The worker that does all but the network: pixels out of frames, memory, matte and recolouring. */

import { MATTE } from "./constants.js";
import { Finder } from "./finder.js";
import { nearest } from "./framing.js";
import { finest } from "./glances.js";
import { largestRegion, refine } from "./matte.js";
import { seen } from "./parts.js";
import { pixels } from "./pixels.js";
import { Pyramid } from "./pyramid.js";
import { stretch, View } from "./raster.js";
import { readLook, Subject } from "./recolor.js";
import { Moved, Remote, serve } from "./rpc.js";
import { asSoft } from "./softness.js";
import { Tinter } from "./tinter.js";

let network = null;
let shapes = []; // of the pictures it takes
let kept = null; // the photo that was dyed last: another colour for it needs neither a copy nor new maps
const roads = new Map(); // of live video: the finder, the tinter, and the promise of the frame before

serve(self, { load, mask, recolor: dye, frame, reset, drop });

function load({ port, shapes: taken }) {
  network = new Remote(port);
  shapes = taken;
}

async function mask({ finest: fine, ...picture }) {
  const pyramid = new Pyramid(View.rgba(picture));
  const found = fine ? await seen(pyramid, see, look) : refine(await look(pyramid), pyramid);
  return new Moved(found, [found.data.buffer]);
}

async function see(pyramid) {
  const probability = await finest(pyramid, look);
  return { probability, mask: asSoft(refine(probability, pyramid, MATTE.PHOTO_REACH), pyramid.view) };
}

/** Without a picture: the one kept from the call before. */
function dye({ picture, cover, keep, look: chosen }) {
  const subject = picture ? new Subject(picture, cover) : kept;
  kept = keep ? subject : null;
  const read = readLook(chosen);
  const { width, height, data } = subject.picture;
  const out = keep ? data.slice() : data;
  (read.largestRegion ? new Subject(subject.picture, largestRegion(subject.mask)) : subject).dye(read, out);
  return new Moved({ width, height, data: out }, [out.buffer]);
}

async function frame({ road, picture, look: chosen, masks }) {
  const started = performance.now();
  const taken = await pixels(picture); // first, as it closes the picture, whatever the look is
  const read = readLook(chosen);
  const pyramid = new Pyramid(View.rgba(taken));
  const little = new Pyramid(View.rgb(squeeze(pyramid)));
  const grab = performance.now() - started;
  const { finder, tinter, last } = roads.get(road) ?? { finder: new Finder(run), tinter: new Tinter(), last: null };
  const answer = finder.find(little, tinter.anew);
  const done = Promise.all([answer, last?.catch(() => null)]).then(([map]) => {
    const { mask: hair, timings } = tinter.tint(taken, pyramid, map, read);
    return { hair, timings: { grab, network: map.milliseconds, ...timings } };
  });
  roads.set(road, { finder, tinter, last: done });
  const { hair, timings } = await done;
  timings.within = performance.now() - started;
  const result = { ...taken, mask: masks ? hair.data : null, timings };
  return new Moved(result, [taken.data.buffer]); // the mask stays: the next frame needs it
}

function reset({ road }) {
  roads.get(road)?.finder.reset();
  roads.get(road)?.tinter.reset();
}

/** The video is over. */
function drop({ road }) {
  roads.delete(road);
}

/** The network's map of a picture. */
function look(pyramid) {
  return run({ view: squeeze(pyramid) });
}

/** The same where the picture has the network's shape already; its data are given away. */
function run({ view: { width, height, data } }) {
  return network.call("run", { width, height, data }, [data.buffer]);
}

/** The whole picture squeezed to the network's shape; no padding, no normalisation. */
function squeeze(pyramid) {
  const { width, height } = nearest(shapes, pyramid.size);
  return { width, height, data: stretch(pyramid.covering(width, height), width, height).data };
}
