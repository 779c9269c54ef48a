/** The worker that runs the network: onnxruntime-web with as many threads as it may have. */

import { readShapes } from "./framing.js";
import { Moved, serve } from "./rpc.js";

const MOST_THREADS = 4; // a small network gains nothing from more

let session = null;
let ort = null;

serve(self, { load });

async function load({ modelUrl, vendorUrl, threads, backend, port }) {
  const gpu = backend !== "wasm" && (await realGpu());
  if (backend === "webgpu" && !gpu) throw new Error("This browser offers no GPU to web pages: choose the other backend.");
  const free = (navigator.hardwareConcurrency || 1) - 1; // one core is left to the painter
  const wanted = threads ?? Math.max(1, Math.min(free, MOST_THREADS));
  const count = self.crossOriginIsolated ? wanted : 1;
  const chosen = (gpu && (await onGpu(modelUrl, vendorUrl, backend))) || (await onCpu(modelUrl, vendorUrl, count));
  const shapes = readShapes(session.inputMetadata[0].shape);
  if (!shapes.length) throw new Error("The network is not one of hairtint: reload the page.");
  const [{ height, width }] = shapes;
  await run({ width, height, data: new Uint8Array(3 * height * width) }); // the first run is the slowest
  serve(port, { run });
  return { backend: chosen, threads: count, shapes };
}

/** The probability map of a picture of one of the network's shapes, RGB. */
async function run(picture) {
  const started = performance.now();
  const { buffer, byteOffset, length } = picture.data;
  const shape = [1, picture.height, picture.width, 3];
  const rgb = new ort.Tensor("uint8", new Uint8Array(buffer, byteOffset, length), shape);
  const { probability } = await session.run({ rgb });
  const [, height, width] = probability.dims;
  const data = new Float32Array(await probability.getData());
  probability.dispose();
  return new Moved({ width, height, data, milliseconds: performance.now() - started }, [data.buffer]);
}

async function onCpu(modelUrl, vendorUrl, count) {
  // All is fetched before the runtime does: it does not tell a broken connection from a browser that cannot.
  const scripts = ["ort.wasm.min.mjs", "ort-wasm-simd-threaded.mjs"].map((file) => runtime(vendorUrl, file));
  [ort] = await Promise.all(scripts);
  const [bytes, binary] = await download(modelUrl, new URL("ort-wasm-simd-threaded.wasm", vendorUrl));
  ort.env.wasm.wasmBinary = binary;
  ort.env.wasm.wasmPaths = vendorUrl;
  ort.env.wasm.numThreads = count;
  try {
    session = await ort.InferenceSession.create(bytes, { executionProviders: ["wasm"] });
  } catch (error) {
    throw new Error(`The network cannot run in this browser: ${String(error?.message ?? error).split("\n")[0]}`);
  }
  return "wasm";
}

/** The same on the GPU; null where that does not work and nobody asked for it. */
async function onGpu(modelUrl, vendorUrl, backend) {
  try {
    ort = await runtime(vendorUrl, "ort.webgpu.min.mjs");
    const [bytes] = await download(modelUrl);
    ort.env.wasm.wasmPaths = vendorUrl;
    session = await ort.InferenceSession.create(bytes, { executionProviders: ["webgpu"] });
    return "webgpu";
  } catch (error) {
    if (backend === "webgpu") throw error;
    return null;
  }
}

async function runtime(vendorUrl, file) {
  const { href } = new URL(file, vendorUrl);
  try {
    return await import(href);
  } catch {
    const answer = await fetch(href, { method: "HEAD" }).catch(() => null); // `import` does not say why it failed
    if (answer?.status !== 404) throw notDownloaded();
    throw new Error(`The page lacks ${file} of onnxruntime-web: run scripts/fetch-web-assets on the server.`);
  }
}

/** Whether there is a GPU that is not the CPU in disguise. */
async function realGpu() {
  const adapter = await navigator.gpu?.requestAdapter().catch(() => null);
  return Boolean(adapter) && !(adapter.info?.isFallbackAdapter ?? adapter.isFallbackAdapter);
}

/** The bytes of files, which come side by side; the page is told how far all of them are together. */
function download(...urls) {
  const states = urls.map(() => ({ loaded: 0, total: 0 }));
  const sum = (key) => states.reduce((all, state) => all + state[key], 0);
  const bytes = urls.map((url, at) =>
    fetched(url, (state) => {
      states[at] = state;
      const total = states.every((each) => each.total) ? sum("total") : 0;
      self.postMessage({ progress: { loaded: sum("loaded"), total } });
    }),
  );
  return Promise.all(bytes);
}

/** The bytes of a file. @param {(state: {loaded: number, total: number}) => void} onprogress */
async function fetched(url, onprogress) {
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
