/** The worker that runs the network: onnxruntime-web with as many threads as it may have. */

import { readShapes } from "./framing.js";
import { Moved, serve } from "./rpc.js";

const MOST_THREADS = 4; // a small network gains nothing from more
const TRIES = 3; // runs at most by which two backends are compared
const ENOUGH = 100; // milliseconds of them: where they are slow, the visitor waits for them
const ALIKE = 0.02; // how far their probabilities may be apart
const CPU = ["ort.wasm.min.js", "ort-wasm-simd-threaded"];
const BOTH = ["ort.jspi.min.js", "ort-wasm-simd-threaded.jspi"]; // it waits for the GPU, for which browsers want JSPI

let session = null;
let ort = null;

serve(self, { load });

async function load({ modelUrl, vendorUrl, threads, backend, port }) {
  const gpu = backend !== "wasm" && "Suspending" in WebAssembly && (await hasGpu(backend === "webgpu"));
  if (backend === "webgpu" && !gpu) throw new Error("This browser offers no GPU to web pages: choose the other backend.");
  const free = (navigator.hardwareConcurrency || 1) - 1; // one core is left to the painter
  const wanted = threads ?? Math.max(1, Math.min(free, MOST_THREADS));
  const count = self.crossOriginIsolated ? wanted : 1;
  const model = await fetched(modelUrl, vendorUrl, gpu ? BOTH : CPU, count);
  const chosen = gpu ? await contest(model, backend) : "wasm";
  session ??= await create(model, "wasm");
  const shapes = readShapes(session.inputMetadata[0].shape);
  if (!shapes.length) throw new Error("The network is not one of hairtint: reload the page.");
  await answer(session, noise(shapes[0])); // the first run is the slowest
  serve(port, { run });
  return { backend: chosen, threads: count, shapes };
}

/** The probability map of a picture of one of the network's shapes, RGB. */
async function run(picture) {
  const started = performance.now();
  const map = await answer(session, picture);
  return new Moved({ ...map, milliseconds: performance.now() - started }, [map.data.buffer]);
}

async function answer(network, picture) {
  const { buffer, byteOffset, length } = picture.data;
  const shape = [1, picture.height, picture.width, 3];
  const rgb = new ort.Tensor("uint8", new Uint8Array(buffer, byteOffset, length), shape);
  const { probability } = await network.run({ rgb });
  const [, height, width] = probability.dims;
  const data = new Float32Array(await probability.getData());
  probability.dispose();
  return { width, height, data };
}

/** The bytes of the network, once the runtime is here. */
async function fetched(modelUrl, vendorUrl, [script, wasm], count) {
  // All is fetched before the runtime does: it does not tell a broken connection from a browser that cannot.
  [ort] = await Promise.all([script, `${wasm}.js`].map((file) => runtime(vendorUrl, file)));
  const [model, binary] = await download(modelUrl, new URL(`${wasm}.wasm`, vendorUrl));
  ort.env.wasm.wasmBinary = binary;
  ort.env.wasm.wasmPaths = { mjs: new URL(`${wasm}.js`, vendorUrl) };
  ort.env.wasm.numThreads = count;
  return model;
}

async function create(model, provider) {
  try {
    return await ort.InferenceSession.create(model, { executionProviders: [provider] });
  } catch (error) {
    const [reason] = String(error?.message ?? error).split("\n");
    if (/Content.Security|CSP/.test(reason)) {
      throw new Error("The host's Content-Security-Policy forbids WebAssembly: its script-src must allow 'wasm-unsafe-eval'.");
    }
    throw new Error(`The network cannot run in this browser: ${reason}`);
  }
}

/** Let the GPU answer where it was asked for, or where it is faster than the CPU and says the same. */
async function contest(model, backend) {
  if (backend === "webgpu") {
    session = await create(model, "webgpu");
    return "webgpu";
  }
  session = await create(model, "wasm");
  try {
    const rival = await create(model, "webgpu");
    const picture = noise(readShapes(session.inputMetadata[0].shape)[0]);
    const [own, other] = [await tried(session, picture), await tried(rival, picture)];
    const alike = own.map.data.every((value, at) => Math.abs(value - other.map.data[at]) <= ALIKE);
    const [better, worse] = alike && other.best < own.best ? [rival, session] : [session, rival];
    session = better;
    await worse.release();
    return better === rival ? "webgpu" : "wasm";
  } catch {
    return "wasm"; // a GPU that cannot run the network
  }
}

/** What a network says of a picture, and the milliseconds of its fastest run. */
async function tried(network, picture) {
  let map = await answer(network, picture); // the first run is the slowest
  let best = Infinity;
  const until = performance.now() + ENOUGH;
  for (let count = 0; count < TRIES && (!count || performance.now() < until); count++) {
    const started = performance.now();
    map = await answer(network, picture);
    best = Math.min(best, performance.now() - started);
  }
  return { map, best };
}

function noise({ width, height }) {
  return { width, height, data: Uint8Array.from({ length: 3 * height * width }, (_, at) => (at * 7919) % 251) };
}

async function runtime(vendorUrl, file) {
  const { href } = new URL(file, vendorUrl);
  try {
    return await import(href);
  } catch {
    const answer = await fetch(href, { method: "HEAD" }).catch(() => null); // `import` does not say why it failed
    if (answer?.status === 404) {
      throw new Error(`The page lacks ${file} of onnxruntime-web: run scripts/fetch-web-assets on the server.`);
    }
    const type = answer?.headers.get("Content-Type");
    if (!answer?.ok || type?.includes("javascript")) throw notDownloaded();
    throw new Error(`The host sends ${file} as ${type}: have it sent as text/javascript.`);
  }
}

/** Whether there is a GPU; one that is the CPU in disguise counts only where `any` will do. */
async function hasGpu(any) {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && (any || !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter));
}

/** The bytes of files, which come side by side; the page is told how far all of them are together. */
function download(...urls) {
  const states = urls.map(() => ({ loaded: 0, total: 0 }));
  const sum = (key) => states.reduce((all, state) => all + state[key], 0);
  const bytes = urls.map((url, at) =>
    bytesOf(url, (state) => {
      states[at] = state;
      const total = states.every((each) => each.total) ? sum("total") : 0;
      self.postMessage({ progress: { loaded: sum("loaded"), total } });
    }),
  );
  return Promise.all(bytes);
}

/** The bytes of a file. @param {(state: {loaded: number, total: number}) => void} onprogress */
async function bytesOf(url, onprogress) {
  try {
    const response = await fetch(url);
    if (!response.ok) throw notDownloaded();
    const packed = response.headers.has("Content-Encoding"); // then the length is that of the packed bytes
    const total = (!packed && Number(response.headers.get("Content-Length"))) || 0;
    const parts = [];
    let loaded = 0;
    const reader = response.body.getReader();
    for (let step = await reader.read(); !step.done; step = await reader.read()) {
      parts.push(step.value);
      loaded += step.value.length;
      onprogress({ loaded, total });
    }
    onprogress({ loaded, total: loaded });
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  } catch {
    throw notDownloaded();
  }
}

/** The connection is at fault, not the browser: `kind` tells the page. */
function notDownloaded() {
  const message = "The network could not be downloaded: check the connection and try again.";
  return Object.assign(new Error(message), { kind: "download" });
}
