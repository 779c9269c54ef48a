"""Convolutions in 8-bit integers, by OpenVINO, on processors that are faster in them (docs/training-log.md).

An .onnx of this project says in its metadata what the inputs of its convolutions span on photos; its weights stay as
they are. As B. Jacob et al., "Quantization and training of neural networks for efficient integer-arithmetic-only
inference", CVPR 2018, but without training for it.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np

METADATA = "uint8"  # JSON: {name of a convolution's input: [scale, zero point]}, as ONNX's QuantizeLinear takes them
CONVOLUTIONS = ("Convolution", "GroupConvolution")  # as OpenVINO calls them


def quantise(model: Any) -> None:
    """Have an openvino.Model's convolutions multiply integers, as far as the metadata says how: inputs of 0 to 255 with
    one scale, weights of -127 to 127 with a scale for each output channel."""
    from openvino import opset13 as ops
    from openvino.passes import ConstantFolding, Manager

    where = ["framework", METADATA]  # so OpenVINO calls an .onnx's metadata
    if not model.has_rt_info(where):
        return
    known = json.loads(model.get_rt_info(where).astype(str))
    folding = Manager()
    folding.register_pass(ConstantFolding())  # weights in half precision become plain ones
    folding.run_passes(model)
    spread: dict[str, Any] = {}
    for node in model.get_ordered_ops():
        if node.get_type_name() not in CONVOLUTIONS:
            continue
        taken, weights = node.input_value(0), node.input_value(1).get_node()
        name = next((name for name in sorted(taken.get_names()) if name in known), None)
        if name is None or weights.get_type_name() != "Constant":
            continue
        if name not in spread:
            scale, zero = known[name]
            ends = np.float32(scale) * (np.array([0, 255], np.float32) - zero)
            spread[name] = ops.fake_quantize(taken, *ends, *ends, 256).output(0)
        node.input(0).replace_source_output(spread[name])
        values = np.asarray(weights.data, np.float32)
        axes = tuple(range(2 if node.get_type_name() == "GroupConvolution" else 1, values.ndim))
        step = np.abs(values).max(axis=axes, keepdims=True) / np.float32(127)
        step[step == 0] = 1
        whole = ops.constant(np.rint(values / step).astype(np.int8))
        node.input(1).replace_source_output(ops.multiply(ops.convert(whole, "f32"), ops.constant(step)).output(0))
