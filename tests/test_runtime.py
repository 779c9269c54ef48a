import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from hairtint import Segmenter, framing, runtime, zoo
from hairtint.errors import DamagedModelError, InputError, InputSizeError, MissingExtraError, PictureError
from hairtint.segmenter import preprocess


@pytest.fixture(params=["onnxruntime", "openvino"])  # cuda wants a graphics card
def backend(request):
    """The contract holds for every runtime of the processor."""
    pytest.importorskip(request.param)
    return request.param


def test_the_same_picture_gives_the_same_map_whatever_the_threads(backend):
    entry = zoo.find("light")
    rgb = np.random.default_rng(0).integers(0, 256, (entry.size, entry.size, 3), np.uint8)
    one, two = (runtime.load(entry, backend=backend, threads=n)(rgb) for n in (1, 2))
    assert one.dtype == np.float32
    assert one.min() >= 0
    assert one.max() <= 1
    np.testing.assert_allclose(one, two, atol=1e-5)


def test_unknown_backends_and_threads_are_refused():
    entry = zoo.find("light")
    with pytest.raises(InputError, match="backend"):
        runtime.load(entry, backend="abacus")
    for threads in (0, 10**6, 1.5, "a", True, False):
        with pytest.raises(InputError, match="threads"):
            runtime.load(entry, threads=threads)
    assert runtime.load(entry, threads=np.int64(1)).shapes


@pytest.mark.parametrize("data", [b"", b"not onnx", bytes(100)])
def test_files_that_are_no_network_are_refused(tmp_path, data, backend):
    path = tmp_path / "broken.onnx"
    path.write_bytes(data)
    with pytest.raises(DamagedModelError, match=r"broken\.onnx"):
        runtime.load(zoo.find(path), backend=backend)


@pytest.mark.parametrize("shape", zoo.find("swift").shapes)
def test_runtimes_agree(portrait, shape):
    pytest.importorskip("openvino")
    entry = zoo.find("swift")
    rgb = preprocess(portrait[: portrait.shape[1] * shape[0] // shape[1]], shape)
    one, other = (runtime.load(entry, backend=name)(rgb) for name in ("onnxruntime", "openvino"))
    assert np.abs(one - other).mean() < 1e-3  # bfloat16, where the processor has it, moves single pixels of the outline
    assert ((one > 0.5) & (other > 0.5)).sum() / ((one > 0.5) | (other > 0.5)).sum() > 0.98


@pytest.mark.parametrize(
    ("machine", "few", "kind"),
    [
        ("x86_64", False, runtime.OpenVino),
        ("AMD64", False, runtime.OpenVino),
        ("x86_64", True, runtime.OnnxRuntime),
        ("aarch64", False, runtime.OnnxRuntime),
    ],
)
def test_auto_takes_what_is_fastest_here(monkeypatch, machine, few, kind):
    pytest.importorskip("openvino")
    monkeypatch.setattr("platform.machine", lambda: machine)
    assert isinstance(runtime.load(zoo.find("light"), few=few), kind)


def test_a_runtime_serves_several_threads_at_once(backend):
    entry = zoo.find("light")
    rng = np.random.default_rng(1)
    pictures = [rng.integers(0, 256, (entry.size, entry.size, 3), np.uint8) for _ in range(8)]
    network = runtime.load(entry, backend=backend)
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(network, pictures))
    for picture, found in zip(pictures, together, strict=True):
        np.testing.assert_array_equal(found, network(picture))


LOADED_AT_ONCE = """
import sys, threading
from concurrent.futures import ThreadPoolExecutor
from hairtint import runtime, zoo
ready = threading.Barrier(4)
def load(entry):
    ready.wait()
    return runtime.load(entry, backend=sys.argv[1])
with ThreadPoolExecutor(4) as pool:
    list(pool.map(load, 4 * [zoo.find("light")]))
"""


def test_the_first_networks_may_be_loaded_by_several_threads_at_once(backend):
    done = subprocess.run([sys.executable, "-c", LOADED_AT_ONCE, backend], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_a_picture_may_lie_in_memory_as_it_likes_and_its_answer_stays(backend):
    entry = zoo.find("light")
    picture = np.random.default_rng(2).integers(0, 256, (entry.size, entry.size, 3), np.uint8)
    network = runtime.load(entry, backend=backend)
    found = network(picture)
    before = found.copy()
    locked = picture.copy()
    locked.flags.writeable = False
    for same in (locked, np.asfortranarray(picture), picture[::-1].copy()[::-1]):
        np.testing.assert_array_equal(network(same), before)
    assert not np.array_equal(network(255 - picture), before)
    np.testing.assert_array_equal(found, before)


def test_a_network_of_another_kind_is_refused(tmp_path, backend):
    """One that takes floats, say: read by path, without a manifest that vouches for it."""
    onnx = pytest.importorskip("onnx")
    make = onnx.helper
    values = [make.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, 3, 8, 8]) for name in ("x", "y")]
    graph = make.make_graph([make.make_node("Relu", ["x"], ["y"])], "other", values[:1], values[1:])
    model = make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, tmp_path / "other.onnx")
    with pytest.raises(DamagedModelError, match="uint8"):
        runtime.load(zoo.find(tmp_path / "other.onnx"), backend=backend)


def answering(path, *nodes, kind="FLOAT", sides=(8, 8)):
    """A network that takes pictures of 8x8 as it should and answers what the nodes make of them."""
    onnx = pytest.importorskip("onnx")
    make = onnx.helper
    taken = make.make_tensor_value_info("rgb", onnx.TensorProto.UINT8, [1, *sides, 3])
    given = make.make_tensor_value_info("y", getattr(onnx.TensorProto, kind), None)
    made = [make.make_node("Cast", ["rgb"], ["x"], to=onnx.TensorProto.FLOAT)]
    made += [make.make_node(name, inputs, outputs, **options) for name, inputs, outputs, options in nodes]
    graph = make.make_graph(made, "small", [taken], [given])
    onnx.save(make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8), path)
    return zoo.find(path)


MEAN = ("ReduceMean", ["x"], ["m"], {"axes": [3], "keepdims": 0})


@pytest.mark.parametrize(
    ("nodes", "kind"),
    [
        ([MEAN, ("Neg", ["m"], ["y"], {})], "FLOAT"),
        ([MEAN, ("Neg", ["m"], ["n"], {}), ("Sqrt", ["n"], ["y"], {})], "FLOAT"),
        ([("ReduceMean", ["x"], ["m"], {"keepdims": 0}), ("Sigmoid", ["m"], ["y"], {})], "FLOAT"),
        ([("Sigmoid", ["x"], ["y"], {})], "FLOAT"),
        ([MEAN, ("Cast", ["m"], ["y"], {"to": 2})], "UINT8"),
    ],
)
def test_answers_that_are_no_probabilities_are_refused(tmp_path, backend, nodes, kind):
    network = runtime.load(answering(tmp_path / "own.onnx", *nodes, kind=kind), backend=backend)
    with pytest.raises(DamagedModelError, match=r"own\.onnx answers"):
        network(np.full((8, 8, 3), 200, np.uint8))


def test_what_a_network_does_not_take_is_refused_and_changes_no_later_answer(backend):
    network = runtime.load(zoo.find("swift"), backend=backend)
    good = np.random.default_rng(5).integers(0, 256, (192, 192, 3), np.uint8)
    before = network(good)
    for bad in (None, good.astype(np.float32), good[..., 0], np.dstack([good, good[..., 0]]), good[:0]):
        with pytest.raises(PictureError, match="give a uint8 array"):
            network(bad)
    for bad in (good[:1, :1], np.zeros((512, 512, 3), np.uint8)):
        with pytest.raises(InputSizeError, match="takes 192x192 or 224x160"):
            network(bad)
    np.testing.assert_array_equal(network(good), before)


def test_a_sigmoid_that_rounds_to_more_than_one_is_one(tmp_path, backend):
    nodes = [
        MEAN, ("Sigmoid", ["m"], ["s"], {}),
        ("Constant", [], ["more"], {"value_float": 1.000001}), ("Mul", ["s", "more"], ["y"], {}),
    ]  # fmt: skip
    network = runtime.load(answering(tmp_path / "own.onnx", *nodes), backend=backend)
    assert network(np.full((8, 8, 3), 200, np.uint8)).max() == 1


def test_a_small_network_of_ones_own_runs(tmp_path, backend):
    network = runtime.load(answering(tmp_path / "own.onnx", MEAN, ("Sigmoid", ["m"], ["y"], {})), backend=backend)
    assert network.shapes == ((8, 8),)
    assert network(np.zeros((8, 8, 3), np.uint8)).tolist() == [[0.5] * 8] * 8


@pytest.mark.parametrize("known", [True, False])
def test_a_network_says_what_shapes_it_takes(tmp_path, backend, known):
    shapes = ((64, 64), (32, 96))
    entry = answering(tmp_path / "own.onnx", MEAN, ("Sigmoid", ["m"], ["y"], {}), sides=framing.named(shapes))
    network = runtime.load(replace(entry, shapes=shapes if known else ()), backend=backend)
    assert network.shapes == shapes
    rng = np.random.default_rng(0)
    for shape in (*shapes, *shapes):
        rgb = rng.integers(0, 256, (*shape, 3), np.uint8)
        np.testing.assert_allclose(network(rgb), 1 / (1 + np.exp(-rgb.mean(2))), atol=1e-2)
    asked = []
    small = Segmenter(entry.path, backend=backend)
    small.networks = [Spy(small.networks[0], asked)]
    small.mask(np.zeros((30, 100, 3), np.uint8))
    small.mask(np.zeros((100, 30, 3), np.uint8))
    assert asked == [(32, 96, 3), (64, 64, 3)]


class Spy:
    """A network that notes the shapes of what it is shown."""

    def __init__(self, network, asked):
        self.network, self.shapes, self.asked = network, network.shapes, asked

    def __call__(self, rgb):
        self.asked.append(rgb.shape)
        return self.network(rgb)


def test_several_threads_may_show_several_shapes_at_once(backend):
    entry = zoo.find("swift")
    network = runtime.load(entry, backend=backend)
    rng = np.random.default_rng(4)
    pictures = [rng.integers(0, 256, (*shape, 3), np.uint8) for shape in entry.shapes * 3]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(network, pictures))
    for picture, found in zip(pictures, together, strict=True):
        np.testing.assert_array_equal(found, network(picture))


def test_openvino_makes_two_models_however_many_shapes_and_threads_there_are():
    pytest.importorskip("openvino")
    entry = zoo.find("swift")
    network = runtime.load(entry, backend="openvino")
    compiled, made = network.compiled, []
    network.compiled = lambda shape: made.append(shape) or compiled(shape)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(network, [np.zeros((*shape, 3), np.uint8) for shape in entry.shapes * 4]))
    assert len(made) == 2
    assert set(made) <= {None, *entry.shapes}
    assert None in made


@pytest.mark.parametrize(
    "sides", [("height", "width"), ("8,16", "8"), ("16,8", "8,16"), ("8,0", "8,16"), ("8,-8", "8,8")]
)
def test_names_that_are_no_shapes_are_refused(tmp_path, backend, sides):
    entry = answering(tmp_path / "own.onnx", MEAN, ("Sigmoid", ["m"], ["y"], {}), sides=sides)
    with pytest.raises(DamagedModelError, match="another kind"):
        runtime.load(entry, backend=backend)


def test_a_network_of_other_shapes_than_its_manifest_says_is_refused(tmp_path, backend):
    entry = answering(tmp_path / "own.onnx", MEAN, ("Sigmoid", ["m"], ["y"], {}), sides=("8,4", "8,16"))
    with pytest.raises(DamagedModelError, match="another kind"):
        runtime.load(replace(entry, shapes=((8, 8), (8, 16))), backend=backend)


def test_a_network_that_fails_on_its_way_is_refused(tmp_path, backend):
    """Its answer shall have as many values as the brightest pixel says: only while it runs that proves impossible."""
    nodes = [
        ("ReduceMax", ["x"], ["top"], {"keepdims": 0}), ("Cast", ["top"], ["count"], {"to": 7}),
        ("Constant", [], ["one"], {"value_ints": [1]}), ("Reshape", ["count", "one"], ["shape"], {}),
        ("Reshape", ["x", "shape"], ["y"], {}),
    ]  # fmt: skip
    network = runtime.load(answering(tmp_path / "own.onnx", *nodes), backend=backend)
    with pytest.raises(DamagedModelError, match=r"own\.onnx"):  # OpenVINO answers all the same, but no map
        network(np.full((8, 8, 3), 200, np.uint8))


def test_a_network_of_another_size_than_its_manifest_says_is_refused(tmp_path, backend):
    entry = answering(tmp_path / "own.onnx", MEAN, ("Sigmoid", ["m"], ["y"], {}))
    with pytest.raises(DamagedModelError, match="another kind"):
        runtime.load(replace(entry, size=16), backend=backend)


def test_a_missing_runtime_is_named_with_its_cure(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(MissingExtraError, match=r"pip install 'hairtint\[openvino\]'"):
        runtime.load(zoo.find("light"), backend="openvino")


def test_auto_follows_the_environment(monkeypatch):
    monkeypatch.setattr("platform.machine", lambda: "x86_64")
    monkeypatch.setenv("HAIRTINT_BACKEND", "onnxruntime")
    assert isinstance(runtime.load(zoo.find("light")), runtime.OnnxRuntime)
    monkeypatch.setenv("HAIRTINT_BACKEND", "abacus")
    with pytest.raises(InputError, match="unknown backend 'abacus' in HAIRTINT_BACKEND"):
        runtime.load(zoo.find("light"))
    assert runtime.load(zoo.find("light"), backend="onnxruntime")


def test_cuda_wants_the_runtime_that_has_it(monkeypatch):
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CPUExecutionProvider"])
    with pytest.raises(MissingExtraError, match=r"pip install 'onnxruntime-gpu"):
        runtime.load(zoo.find("light"), backend="cuda")


@pytest.mark.filterwarnings("ignore:Specified provider")
def test_cuda_without_a_card_is_refused_and_not_run_by_the_cpu(monkeypatch):
    monkeypatch.setattr("onnxruntime.get_available_providers", lambda: ["CUDAExecutionProvider"])
    monkeypatch.setattr("onnxruntime.preload_dlls", lambda: None)
    with pytest.raises(MissingExtraError, match="no graphics card can be used"):
        runtime.load(zoo.find("light"), backend="cuda")
