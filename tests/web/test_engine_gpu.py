"""WebGPU: it says what the CPU says. Chromium's software adapter stands in for one, slow but exact."""

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


def test_a_gpu_that_is_slower_than_the_cpu_is_not_taken(page, portrait, by_cpu):
    def as_a_real_one(route):
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace("isFallbackAdapter", "isNoSuchThing"))

    page.route("**/network-worker.js", as_a_real_one)
    with page.expect_response("**/ort-wasm-simd-threaded.jspi.wasm"):  # which alone can ask a GPU
        chosen, found = mask(page, portrait, "auto")
    page.unroute("**/network-worker.js")
    assert chosen == "wasm"
    np.testing.assert_allclose(found, by_cpu[1], atol=1e-3)
