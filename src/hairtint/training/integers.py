"""An .onnx made ready to be computed in 8-bit integers (hairtint.int8), which changes nothing where it is not."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper

from hairtint import int8
from hairtint.framing import Shape
from hairtint.segmenter import preprocess
from hairtint.training import export
from hairtint.training.pairs import Pair, some

SOME = 256  # photos, or up to twice as many
FLOAT = 1  # the convolution, by its place, whose input stays float: the first depthwise one, half of the whole error

Spans = dict[str, NDArray[np.float32]]  # by name, (2, channels): least and most of each channel


def prepared(model: bytes, shapes: Sequence[Shape], pairs: Sequence[Pair]) -> bytes:
    """The same .onnx whose metadata names scale and zero point of its convolutions' inputs.

    They span what the inputs do on SOME of the photos, which should be ones that the network has learnt from; the
    shapes are taken in turn. Outputs that convolutions without padding alone take are centred on zero, channel by
    channel, and the next biases make up for it: so one scale serves all channels.
    """
    proto = onnx.load_from_string(model)
    convolutions = [node for node in proto.graph.node if node.op_type == "Conv"]
    spans = _spans(model, sorted({node.input[0] for node in convolutions}), shapes, pairs)
    _centre(proto, convolutions, spans)
    noted = {}
    for name in sorted(spans.keys() - {convolutions[FLOAT].input[0]}):
        low, high = min(0.0, float(spans[name][0].min())), max(0.0, float(spans[name][1].max()))  # zero is what pads
        if scale := float(f"{(high - low) / 255:.4g}"):
            noted[name] = [scale, round(-low / scale)]
    proto.metadata_props.add(key=int8.METADATA, value=json.dumps(noted))
    data: bytes = proto.SerializeToString()
    return data


def _spans(model: bytes, names: list[str], shapes: Sequence[Shape], pairs: Sequence[Pair]) -> Spans:
    """What tensors (1, channels, height, width) span on photos."""
    proto = onnx.load_from_string(model)
    proto.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    runtime = export.session(proto.SerializeToString())
    spans: Spans = {}
    for pair, shape in zip(some(pairs, SOME), itertools.cycle(shapes), strict=False):
        found = runtime.run(names, {"rgb": preprocess(pair.read()[0], shape)[None]})
        for name, values in zip(names, found, strict=True):
            least, most = values.min((0, 2, 3)), values.max((0, 2, 3))
            known = spans.setdefault(name, np.stack([least, most]))
            spans[name] = np.stack([np.minimum(known[0], least), np.maximum(known[1], most)])
    return spans


def _centre(proto: onnx.ModelProto, convolutions: Sequence[Any], spans: Spans) -> None:
    tensors = {tensor.name: tensor for tensor in proto.graph.initializer}

    def add(name: str, values: NDArray[np.float32]) -> None:
        tensors[name].CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensors[name]) + values, name))

    for node in convolutions:
        [output] = node.output
        takers = [other for other in proto.graph.node if output in other.input]
        if output not in spans or not all(_plain(taker) for taker in takers):
            continue
        middle = spans[output].mean(axis=0)
        spans[output] = spans[output] - middle
        add(node.input[2], -middle)
        for taker in takers:
            add(taker.input[2], numpy_helper.to_array(tensors[taker.input[1]]).sum(axis=(2, 3)) @ middle)


def _plain(node: Any) -> bool:
    """Whether a node is a convolution without groups and padding, for which a shift of its input is one of its bias."""
    how = {attribute.name: attribute for attribute in node.attribute}
    return node.op_type == "Conv" and len(node.input) == 3 and how["group"].i == 1 and not any(how["pads"].ints)
