"""Convolutions in 8-bit integers, whatever the processor of the tests is fastest in."""

import json

import numpy as np
import pytest

from hairtint import int8, processor, runtime, zoo
from hairtint.errors import DamagedModelError
from hairtint.segmenter import preprocess

openvino = pytest.importorskip("openvino")


@pytest.fixture
def having(monkeypatch):
    """Loads a network in OpenVINO on a processor by Intel with an instruction set; gives it and what was compiled."""

    def load(entry, instructions):
        monkeypatch.setattr(processor, "by_intel", lambda: True)
        monkeypatch.setattr(processor, "instructions", lambda: frozenset([instructions]))
        network, compiled = runtime.load(entry, backend="openvino"), []
        compile_model = openvino.Core.compile_model

        def noted(core, model, *rest):
            compiled.extend(node.get_type_name() for node in model.get_ordered_ops())
            return compile_model(core, model, *rest)

        monkeypatch.setattr(openvino.Core, "compile_model", noted)
        return network, compiled

    return load


@pytest.mark.parametrize("instructions", ["avx512_vnni", "avx_vnni"])
@pytest.mark.parametrize("shape", zoo.find("swift").shapes[:2])
def test_integers_give_what_floats_do(having, portrait, instructions, shape):
    entry, rgb = zoo.find("swift"), preprocess(portrait, shape)
    exact = runtime.load(entry, backend="onnxruntime")(rgb)
    network, compiled = having(entry, instructions)
    found = network(rgb)
    assert compiled.count("FakeQuantize") > 55
    assert np.abs(found - exact).mean() < 5e-3
    assert ((found > 0.5) & (exact > 0.5)).sum() / ((found > 0.5) | (exact > 0.5)).sum() > 0.98


@pytest.mark.parametrize(("name", "instructions"), [("swift", "avx2"), ("swift", "amx_bf16"), ("light", "avx512_vnni")])
def test_no_integers_without_instructions_or_where_bfloat16_is_faster_nor_for_the_report_s(having, name, instructions):
    entry = zoo.find(name)
    network, compiled = having(entry, instructions)
    network(np.zeros((*network.shapes[-1], 3), np.uint8))
    assert "FakeQuantize" not in compiled


@pytest.mark.parametrize("value", ["nonsense", json.dumps({"/network/Div_output_0": 5})])
def test_metadata_of_another_kind_is_refused(having, tmp_path, value):
    onnx = pytest.importorskip("onnx")
    proto = onnx.load(zoo.find("swift").path)
    del proto.metadata_props[:]
    proto.metadata_props.add(key=int8.METADATA, value=value)
    onnx.save(proto, tmp_path / "other.onnx")
    with pytest.raises(DamagedModelError, match=r"other\.onnx is not a network that hairtint can run"):
        having(zoo.find(tmp_path / "other.onnx"), "avx_vnni")
