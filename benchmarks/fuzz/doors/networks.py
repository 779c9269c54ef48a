"""Networks by path: a shipped .onnx and small made ones, damaged or of another shape, loaded and run on a picture."""

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from damage import damaged, files
from hypothesis import strategies as st
from onnx import TensorProto, helper

from hairtint import Segmenter, VideoSegmenter, zoo

RGB = np.random.default_rng(0).integers(0, 256, (40, 30, 3), np.uint8)
KINDS = {
    "uint8": TensorProto.UINT8,
    "float": TensorProto.FLOAT,
    "string": TensorProto.STRING,
    "half": TensorProto.FLOAT16,
}


def small(name: str = "rgb", kind: str = "uint8", shape: tuple[Any, ...] = (1, 16, 16, 3), out: str = "mean") -> bytes:
    """A network of a node or two that answers in one of many wrong ways, or in the right one ("mean")."""
    taken = helper.make_tensor_value_info(name, KINDS[kind], shape)
    nodes = [helper.make_node("Cast", [name], ["f"], to=TensorProto.FLOAT)]
    axes = {"mean": [3], "flat": [1, 2, 3], "channels": [1]}.get(out)
    if axes:
        nodes += [helper.make_node("ReduceMean", ["f"], ["m"], axes=axes, keepdims=0)]
        nodes += [helper.make_node("Sigmoid", ["m"], ["y"])]
    elif out == "nan":
        nodes += [helper.make_node("ReduceMean", ["f"], ["m"], axes=[3], keepdims=0)]
        nodes += [helper.make_node("Neg", ["m"], ["n"]), helper.make_node("Sqrt", ["n"], ["y"])]
    elif out == "wild":
        nodes += [helper.make_node("ReduceMean", ["f"], ["y"], axes=[3], keepdims=0)]
    else:
        nodes += [helper.make_node("Cast", ["f"], ["y"], to=KINDS[out])]
    kind_out = KINDS.get(out, TensorProto.FLOAT)
    graph = helper.make_graph(nodes, "g", [taken], [helper.make_tensor_value_info("y", kind_out, None)])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return model.SerializeToString()


SEEDS = {
    "light": zoo.entries()["light"].path.read_bytes(),
    "small": small(),
    "flat": small(out="flat"),
    "nan": small(out="nan"),
}
MADE = st.tuples(
    st.sampled_from(["rgb", "x", ""]),
    st.sampled_from(list(KINDS)),
    st.sampled_from(
        [
            (1, 16, 16, 3),
            (1, "h", "w", 3),
            (1, 16, 8, 3),
            (2, 16, 16, 3),
            (1, 0, 0, 3),
            (1, 2**30, 2**30, 3),
            (1, -4, -4, 3),
            (3,),
            (),
        ]
    ),
    st.sampled_from(["mean", "flat", "channels", "nan", "wild", "uint8", "string", "half"]),
)
CASES = st.one_of(
    st.tuples(st.just("file"), files(SEEDS)),
    st.tuples(st.just("made"), MADE),
    st.tuples(
        st.just("made"), st.tuples(st.just("rgb"), st.just("uint8"), st.just((1, 16, 16, 3)), MADE.map(lambda m: m[3]))
    ),
)


@cache
def made(*given: Any) -> bytes:
    try:
        return small(*given)
    except (TypeError, ValueError):  # onnx itself refuses to describe such a network
        return b""


def run(case: tuple[str, Any], box: Path) -> None:
    kind, given = case
    data = damaged(SEEDS, given) if kind == "file" else made(*given)
    path = box / "own.onnx"
    path.write_bytes(data)
    for road in (Segmenter, VideoSegmenter):
        mask = road(path, threads=1).mask(RGB)
        assert mask.shape == RGB.shape[:2]
        assert mask.dtype == np.float32
        assert mask.min() >= 0
        assert mask.max() <= 1
