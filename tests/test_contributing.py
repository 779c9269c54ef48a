"""The worked examples of CONTRIBUTING.md run, and fit where they say they fit."""

import re
import shutil
from typing import Any

import numpy as np
import pytest

from hairtint import Segmenter, recolor, runtime, zoo
from hairtint.errors import SourceError
from hairtint.segmenter import preprocess


@pytest.fixture(scope="module")
def examples(request):
    """The Python blocks by the heading above them."""
    text = (request.config.rootpath / "CONTRIBUTING.md").read_text(encoding="utf-8")
    found = re.findall(r"^## A new (\w+)\n.*?```python\n(.*?)```", text, re.DOTALL | re.MULTILINE)
    assert len(found) == 5
    return dict(found)


def run(examples, name):
    names: dict[str, Any] = {"__name__": "contributing"}
    exec(compile(examples[name], f"CONTRIBUTING.md, {name}", "exec"), names)
    return names


def test_every_example_is_short(examples):
    assert max(len(text.splitlines()) for text in examples.values()) <= 32


def test_effect_paints(examples, portrait):
    crown = run(examples, "effect")["Crown"]("blue")
    mask = Segmenter("light").mask(portrait)
    assert (recolor(portrait, mask, "copper") != recolor(portrait, mask, "copper", effects=[crown])).any()


def test_source_reads(examples, portrait_path, tmp_path):
    slides = run(examples, "source")["Slides"]
    with pytest.raises(SourceError), slides(tmp_path):
        pass
    shutil.copy(portrait_path, tmp_path)
    with slides(tmp_path) as source:
        assert source.read().rgb.shape == (512, 512, 3)


def test_sink_is_shown_pictures(examples, portrait):
    sink = run(examples, "sink")["sink"]
    with sink:
        sink.show(portrait)
    assert sink.sink.seen[portrait.shape] == 1


def test_runtime_gives_what_the_usual_one_gives(examples, portrait):
    network = run(examples, "runtime")["OpenCv"](zoo.find("light"), 1)
    rgb = preprocess(portrait, network.shapes[0])
    usual = runtime.load(zoo.find("light"), backend="onnxruntime")(rgb)
    assert np.abs(network(rgb) - usual).max() < 1e-3


def test_network_exports(examples, portrait):
    torch = pytest.importorskip("torch")
    from hairtint.training.export import parity, to_onnx

    torch.manual_seed(0)
    network = run(examples, "network")["Tiny"]().eval()
    assert parity(network, to_onnx(network, [(32, 32)]), [(32, 32)], [portrait]) < 1e-4
