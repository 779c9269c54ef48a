"""Weights stored in fewer bits, while runtimes compute in single precision as before.

Half precision changes nothing that could be measured. Where a file would still be large, weights are stored as 8-bit
and, the many of the widest layers, as 4-bit numbers, which changes the IoU of `full` by about 0.001
(docs/training-log.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper, version_converter

SMALL = 256  # tensors of fewer numbers stay as they are: they weigh nothing, and norms like their digits
LARGEST = float(np.finfo(np.float16).max)
WIDE = 1_000_000  # numbers from which on a tensor is stored in 4 bits
BLOCK = 64  # numbers that share a scale in 4 bits, along the convolution's input channels
TRIED = np.linspace(0.7, 1.0, 13, dtype=np.float32)  # shares of the largest number that become the last step of a scale
LARGE = 20_000_000  # bytes that a file should not have
OPSET = 21  # the first whose DequantizeLinear takes 4-bit numbers and blocks

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Storage:
    """How an .onnx holds its weights, and how far its probabilities may be from the torch module's for that.

    tolerance: of what `measure` makes of the differences of a photo's pixels; `where` says that in words.
    """

    name: str
    tolerance: float
    measure: Callable[[Floats], Any]
    where: str


WHOLE = Storage("single precision", 2e-3, np.max, "at any pixel")
HALF = Storage("half precision", 3e-2, np.max, "at any pixel")  # one on an outline may waver
QUANTISED = Storage("4 and 8 bits", 2e-2, np.mean, "on average over a photo")  # single pixels may change sides


def compressed(model: bytes) -> tuple[bytes, Storage]:
    """The same .onnx in half precision or, where that is LARGE, quantised."""
    half = halved(model)
    return (half, HALF) if len(half) < LARGE else (quantised(model), QUANTISED)


def halved(model: bytes) -> bytes:
    """The same .onnx with its large float32 initialisers stored as float16, each followed by a cast to float32.

    Runtimes fold the casts when they load the file, so only its size changes, and each weight by at most 1 / 2048 of
    itself. Tensors with a value beyond the largest float16, 65504, stay as they are.
    """
    proto = onnx.load_from_string(model)
    nodes = []
    for tensor in _large(proto):
        values = numpy_helper.to_array(tensor)
        if np.abs(values).max() > LARGEST:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        nodes.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    return _with(proto, nodes)


def quantised(model: bytes) -> bytes:
    """The same .onnx with the weights of its large convolutions as int8 with a scale for each of the first axis or, of
    WIDE numbers or more, as int4 with a scale for each BLOCK along the second axis.

    DequantizeLinear makes float32 of them (ONNX operator set 21).
    """
    proto = version_converter.convert_version(onnx.load_from_string(model), OPSET)
    proto.ir_version = max(proto.ir_version, 10)  # the first that knows int4
    nodes = []
    for tensor in _large(proto):
        name, values = tensor.name, numpy_helper.to_array(tensor)
        if values.ndim == 1:  # biases
            continue
        if values.size >= WIDE and values.shape[1] % BLOCK == 0:
            whole, scale = in_blocks(values)
            low, high = (whole.ravel() & 15).astype(np.uint8).reshape(-1, 2).T
            packed = (low | high << 4).tobytes()
            stored = helper.make_tensor(f"{name}_int4", TensorProto.INT4, values.shape, packed, raw=True)
            how: dict[str, Any] = {"axis": 1, "block_size": BLOCK}
        else:
            scale = np.abs(values).reshape(len(values), -1).max(axis=1) / np.float32(127)
            scale = np.where(scale > 0, scale, np.float32(1))
            whole = np.rint(values / scale.reshape(-1, *[1] * (values.ndim - 1)))
            stored = numpy_helper.from_array(whole.astype(np.int8), f"{name}_int8")
            how = {"axis": 0}
        tensor.CopyFrom(stored)
        proto.graph.initializer.append(numpy_helper.from_array(scale, f"{name}_scale"))
        nodes.append(helper.make_node("DequantizeLinear", [stored.name, f"{name}_scale"], [name], **how))
    return _with(proto, nodes)


def in_blocks(values: Floats) -> tuple[NDArray[np.int8], Floats]:
    """4-bit numbers, int8 (O, I, ...) from -8 to 7, and their scales, float32 (O, I / BLOCK, ...).

    In each block the number that is largest without its sign becomes -8 or nearly so; of the scales TRIED the one with
    the least squared error is taken.
    """
    outer, inner, *rest = values.shape
    blocks = values.reshape(outer, inner // BLOCK, BLOCK, *rest)
    at = np.abs(blocks).argmax(axis=2, keepdims=True)
    largest = np.take_along_axis(blocks, at, axis=2)
    largest = np.where(largest == 0, np.float32(1), largest)
    best = np.full(largest.shape, np.inf, np.float32)
    scale = np.empty_like(largest)
    for share in TRIED:
        tried = largest * (share / np.float32(-8))
        error = np.square(np.clip(np.rint(blocks / tried), -8, 7) * tried - blocks).sum(axis=2, keepdims=True)
        scale, best = np.where(error < best, tried, scale), np.minimum(error, best)
    whole = np.clip(np.rint(blocks / scale), -8, 7).astype(np.int8)
    return whole.reshape(values.shape), scale[:, :, 0]


def _large(proto: onnx.ModelProto) -> list[TensorProto]:
    return [
        tensor
        for tensor in proto.graph.initializer
        if tensor.data_type == TensorProto.FLOAT and np.prod(tensor.dims) >= SMALL
    ]


def _with(proto: onnx.ModelProto, nodes: list[onnx.NodeProto]) -> bytes:
    """The model with nodes before its own."""
    nodes = [*nodes, *proto.graph.node]
    del proto.graph.node[:]
    proto.graph.node.extend(nodes)
    onnx.checker.check_model(proto)
    data: bytes = proto.SerializeToString()
    return data
