"""Weights stored as half-precision numbers: half the bytes, while runtimes compute in single precision as before."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SMALL = 256  # tensors of fewer numbers stay as they are: they weigh nothing, and norms like their digits
LARGEST = float(np.finfo(np.float16).max)


def halved(model: bytes) -> bytes:
    """The same .onnx with its large float32 initialisers stored as float16, each followed by a cast to float32.

    Runtimes fold the casts when they load the file, so only its size changes, and each weight by at most 1 / 2048 of
    itself. Tensors with a value beyond the largest float16, 65504, stay as they are.
    """
    proto = onnx.load_from_string(model)
    graph = proto.graph
    casts = []
    for tensor in graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < SMALL:
            continue
        values = numpy_helper.to_array(tensor)
        if np.abs(values).max() > LARGEST:
            continue
        name = tensor.name
        tensor.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{name}_half"))
        casts.append(helper.make_node("Cast", [f"{name}_half"], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *graph.node]
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.checker.check_model(proto)
    data: bytes = proto.SerializeToString()
    return data
