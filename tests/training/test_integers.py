"""A network made ready for integers computes what it did before."""

import json

import numpy as np
import onnx
import pytest
import torch

from hairtint import int8, networks
from hairtint.segmenter import preprocess
from hairtint.training.export import session, to_onnx
from hairtint.training.integers import prepared

SHAPES = [(64, 64), (32, 96)]


@pytest.fixture(scope="module")
def both(tiny_pairs):
    torch.manual_seed(0)
    network = networks.build("swift")
    network(torch.rand(8, 3, 64, 64))  # the norms get statistics
    raw = to_onnx(network.eval(), SHAPES)
    return raw, prepared(raw, SHAPES, tiny_pairs)


def values(model, pairs):
    """What every convolution takes in: {name: [(1, channels, height, width) of each photo]}, and the answers."""
    proto = onnx.load_from_string(model)
    names = [node.input[0] for node in proto.graph.node if node.op_type == "Conv"]
    for name in set(names):
        proto.graph.output.append(onnx.helper.make_empty_tensor_value_info(name))
    runtime = session(proto.SerializeToString())
    asked = ["probability", *names]
    found = [
        runtime.run(asked, {"rgb": preprocess(pair.read()[0], SHAPES[k % 2])[None]}) for k, pair in enumerate(pairs)
    ]
    answers, *taken = zip(*found, strict=True)
    return dict(zip(names, taken, strict=True)), answers


def test_it_answers_as_before_and_names_what_its_convolutions_span(both, tiny_pairs):
    (_, before), (taken, after) = (values(model, tiny_pairs) for model in both)
    for one, other in zip(before, after, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-4)
    [metadata] = onnx.load_from_string(both[1]).metadata_props
    noted = json.loads(metadata.value)
    assert metadata.key == int8.METADATA
    assert list(taken)[1] not in noted, "the first depthwise convolution's"
    assert noted.keys() == taken.keys() - {list(taken)[1]}
    for name, (scale, zero) in noted.items():
        low, high = min(x.min() for x in taken[name]), max(x.max() for x in taken[name])
        assert -scale <= low + zero * scale <= scale, name
        assert -scale <= high - (255 - zero) * scale <= scale, name


def test_what_convolutions_without_padding_take_is_centred_in_each_channel(both, tiny_pairs):
    raw, ready = (values(model, tiny_pairs)[0]["/network/features.1/conv/conv.3/Conv_output_0"] for model in both)

    def middles(photos):
        return (np.min([x.min((0, 2, 3)) for x in photos], 0) + np.max([x.max((0, 2, 3)) for x in photos], 0)) / 2

    assert np.abs(middles(raw)).max() > 0.05
    np.testing.assert_allclose(middles(ready), 0, atol=1e-5)
