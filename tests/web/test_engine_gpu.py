"""WebGPU: it says what the CPU says. Chromium's software adapter stands in for one, slow but exact."""

import json

import engine_page
import numpy as np
import pytest
from page_helpers import CHROMIUM, FLAGS, RUNTIME, needs

GPU = ("--enable-unsafe-webgpu", "--use-webgpu-adapter=swiftshader", "--enable-features=Vulkan")
MASK = """async ({ rgb, backend }) => {
  const { Engine } = await module("index");
  const engine = await Engine.load({ modelUrl: "/light.onnx", backend });
  const mask = await engine.mask(await picture(rgb), { finest: false });
  engine.close();
  return { backend: engine.info.backend, mask: packed(mask.data) };
}"""


@pytest.fixture(scope="module")
def page(playwright):
    needs(RUNTIME, "run scripts/fetch-web-assets")
    needs(CHROMIUM, "install chromium")
    browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=[*FLAGS, *GPU])
    with engine_page.serving() as address:
        page = engine_page.tab(browser, address)
        adapter = page.evaluate("async () => Boolean(await navigator.gpu?.requestAdapter())")
        assert adapter, "this Chromium has no software adapter for WebGPU: install its package anew"
        yield page
    browser.close()


@pytest.fixture(scope="module")
def by_cpu(page, portrait):
    return mask(page, portrait, "wasm")


def mask(page, portrait, backend):
    found = page.evaluate(MASK, {"rgb": engine_page.sent(portrait), "backend": backend})
    return found["backend"], engine_page.received(found["mask"])


def test_the_gpu_finds_the_same_hair(page, portrait, by_cpu):
    chosen, found = mask(page, portrait, "webgpu")
    assert (chosen, by_cpu[0]) == ("webgpu", "wasm")
    assert found.max() > 0.9
    np.testing.assert_allclose(found, by_cpu[1], atol=0.03)


def test_the_cpu_is_no_gpu(page, portrait, by_cpu):
    chosen, found = mask(page, portrait, "auto")
    assert chosen == "wasm"
    np.testing.assert_array_equal(found, by_cpu[1])


# A stand-in for a GPU: the CPU under another name. Its runs take so many milliseconds, where the CPU's own take 10, and
# its probabilities are off by a shift.
RIVAL = """
import { InferenceSession } from "../vendor/ort.jspi.min.js";
const real = InferenceSession.create.bind(InferenceSession);
let clock = 0;
performance.now = () => clock;
navigator.gpu.requestAdapter = async () => ({ info: {} });
InferenceSession.create = async (model, { executionProviders: [provider] }) => {
  const session = await real(model, { executionProviders: ["wasm"] });
  const { takes, shift } = provider === "webgpu" ? GPU : { takes: 10, shift: 0 };
  const run = session.run.bind(session);
  session.run = async (feeds) => {
    const { probability } = await run(feeds);
    clock += takes;
    const data = (await probability.getData()).map((value) => value + shift);
    return { probability: { dims: probability.dims, getData: () => data, dispose: () => probability.dispose() } };
  };
  return session;
};
"""


@pytest.mark.parametrize(
    ("takes", "shift", "expected"), [(5, 0.01, "webgpu"), (5, 0.03, "wasm"), (20, 0, "wasm")],
    ids=["faster", "faster but wrong", "slower"],
)  # fmt: skip
def test_a_gpu_is_taken_where_it_is_faster_and_says_the_same(page, portrait, by_cpu, takes, shift, expected):
    def as_a_real_one(route):
        answer = route.fetch()
        gpu = json.dumps({"takes": takes, "shift": shift})
        route.fulfill(response=answer, body=RIVAL.replace("GPU", gpu) + answer.text())

    page.route("**/network-worker.js", as_a_real_one)
    chosen, found = mask(page, portrait, "auto")
    page.unroute("**/network-worker.js")
    assert chosen == expected
    np.testing.assert_allclose(found, by_cpu[1], atol=0.05 if chosen == "webgpu" else 1e-3)
