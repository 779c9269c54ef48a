"""Weights in fewer bits: how far they are from what they were, and what runtimes and training make of them."""

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from onnx import numpy_helper
from torch import nn

from hairtint import zoo
from hairtint.errors import TrainingError
from hairtint.runtime import load
from hairtint.segmenter import preprocess
from hairtint.training import compress, unfold
from hairtint.training.compress import BLOCK, HALF, QUANTISED, compressed, in_blocks, quantised
from hairtint.training.export import Deployed, parity, to_onnx


class Wide(nn.Module):
    """A network with weights of all kinds: biases, some, and so many that they are stored in 4 bits."""

    def __init__(self):
        super().__init__()
        self.first = nn.Conv2d(3, 512, 3, stride=4, padding=1)
        self.wide = nn.Conv2d(512, 256, 3, padding=1)
        self.up = nn.ConvTranspose2d(256, 1, 4, stride=4)

    def forward(self, x):
        return self.up(torch.relu(self.wide(torch.relu(self.first(x)))))


@pytest.fixture(scope="module")
def wide():
    torch.manual_seed(0)
    return Wide().eval()


@pytest.fixture(scope="module")
def stored(wide, tmp_path_factory):
    path = tmp_path_factory.mktemp("quantised") / "wide.onnx"
    path.write_bytes(quantised(to_onnx(wide, [(32, 32)])))
    return path


@given(st.integers(0, 2**32 - 1), st.floats(1e-6, 1e6), st.integers(1, 3))
def test_a_number_in_4_bits_is_off_by_little_of_its_blocks_largest(seed, scale, blocks):
    values = np.random.default_rng(seed).standard_normal((2, blocks * BLOCK, 3), np.float32) * np.float32(scale)
    values[0, :BLOCK] = 0
    whole, scales = in_blocks(values)
    assert whole.min() >= -8
    assert whole.max() <= 7
    error = np.abs(whole * scales.repeat(BLOCK, 1) - values).reshape(2, blocks, BLOCK, 3).max(2)
    largest = np.abs(values).reshape(2, blocks, BLOCK, 3).max(2)
    assert (error <= largest * 0.35).all(), "what is cut off at the far end, and else half a step"
    assert not whole[0, :BLOCK].any()


def test_of_the_scales_the_best_is_taken():
    """No other scale for the block would have a smaller error, of many."""
    values = np.random.default_rng(1).standard_normal((1, BLOCK, 1), np.float32)
    whole, scales = in_blocks(values)
    error = np.square(whole * scales - values).sum()
    largest = values.ravel()[np.abs(values).argmax()]
    for share in compress.TRIED:
        tried = largest * share / -8
        assert error <= np.square(np.clip(np.rint(values / tried), -8, 7) * tried - values).sum() * (1 + 1e-5)


def test_wide_weights_take_4_bits_others_8_and_biases_stay(stored):
    graph = onnx.load(stored).graph
    kinds = {i.name: i.data_type for i in graph.initializer if not i.name.endswith("_scale")}
    by_kind = {kind: [name for name, k in kinds.items() if k == kind] for kind in set(kinds.values())}
    assert len(by_kind[onnx.TensorProto.INT4]) == 1
    assert len(by_kind[onnx.TensorProto.INT8]) == 2
    assert len(by_kind[onnx.TensorProto.FLOAT]) == 3, "the biases"
    assert stored.stat().st_size < 0.2 * sum(np.prod(i.dims) * 4 for i in graph.initializer if "_scale" not in i.name)


@pytest.mark.parametrize("backend", ["onnxruntime", "openvino"])
def test_runtimes_give_what_the_weights_say(stored, wide, portrait, backend):
    """The oracle is torch with the weights that the file holds, unpacked here."""
    if backend == "openvino":
        pytest.importorskip("openvino")
    folded = unfold.read(stored)
    same = Wide().eval()
    same.load_state_dict(folded)
    assert (same.wide.weight - wide.wide.weight).abs().mean() < 0.1 * wide.wide.weight.abs().mean()
    assert (same.first.weight - wide.first.weight).abs().max() <= wide.first.weight.abs().max() / 127
    rgb = preprocess(portrait, (32, 32))
    with torch.no_grad():
        expected = Deployed(same)(torch.from_numpy(rgb)[None])[0].numpy()
    found = load(zoo.Entry("wide", stored, 32), backend=backend, threads=1)(rgb)
    np.testing.assert_allclose(found, expected, atol=2e-2 if backend == "openvino" else 1e-4)


def test_only_large_files_are_quantised(wide, portrait, monkeypatch):
    raw = to_onnx(wide, [(32, 32)])
    small, how = compressed(raw)
    assert how == HALF
    assert len(small) == pytest.approx(len(raw) / 2, rel=0.01)
    monkeypatch.setattr(compress, "LARGE", len(small))
    smaller, how = compressed(raw)
    assert how == QUANTISED
    assert len(smaller) < len(small) / 2
    assert 0 < parity(wide, smaller, [(32, 32)], [portrait], how) <= how.tolerance
    with torch.no_grad():
        other = Wide().eval()
        other.up.bias += 1
    with pytest.raises(TrainingError, match="differs"):
        parity(other, smaller, [(32, 32)], [portrait], how)


def test_nothing_is_lost_where_a_channel_is_empty(wide):
    """A channel of zeros has no largest number to scale by."""
    network = Wide().eval()
    with torch.no_grad():
        network.first.weight[3] = 0
        network.wide.weight[:, :BLOCK] = 0
    for tensor in onnx.load_from_string(quantised(to_onnx(network, [(32, 32)]))).graph.initializer:
        if tensor.name.endswith("_scale"):
            scale = numpy_helper.to_array(tensor)
            assert np.isfinite(scale).all()
            assert scale.all()
