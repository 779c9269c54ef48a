"""hairtint.processor: what the system says of the processor, and what follows for the runtime and batches."""

import os

import pytest

from hairtint import processor, runtime, zoo
from hairtint.batch import crew
from hairtint.benchmark import report
from hairtint.cli import run
from hairtint.web.settings import Settings

XEON = """\
processor\t: 0
vendor_id\t: GenuineIntel
model name\t: Some CPU @ 3 GHz
flags\t\t: fpu avx512f avx512_bf16 {more}

processor\t: 1
vendor_id\t: Other
model name\t: Another
flags\t\t: fpu
"""


@pytest.fixture(autouse=True)
def _nothing_known_yet():
    processor.instructions.cache_clear()
    processor.by_intel.cache_clear()
    yield
    processor.instructions.cache_clear()
    processor.by_intel.cache_clear()


def test_what_is_listed_of_the_first_core(tmp_path):
    info = tmp_path / "cpuinfo"
    info.write_text(XEON.format(more=""))
    assert processor.name(tmp_path / "no", info) == "Some CPU @ 3 GHz"
    assert processor.instructions(info) == {"fpu", "avx512f", "avx512_bf16"}
    assert processor.by_intel(info)


def test_a_board_goes_by_its_own_name(tmp_path):
    board, info = tmp_path / "model", tmp_path / "cpuinfo"
    board.write_bytes(b"Raspberry Pi 4 Model B Rev 1.4\0")
    info.write_text("processor\t: 0\nFeatures\t: fp asimd crc32\n")
    assert processor.name(board, info) == "Raspberry Pi 4 Model B Rev 1.4"
    assert processor.instructions(info) == {"fp", "asimd", "crc32"}
    assert not processor.by_intel(info)


def test_a_system_that_lists_nothing(tmp_path):
    none = tmp_path / "no"
    assert processor.name(none, none)
    assert processor.instructions(none) == frozenset()
    assert not processor.by_intel(none)


@pytest.mark.parametrize(("intel", "more", "slow"), [(True, "", True), (True, "amx_bf16", False), (False, "", False)])
def test_openvino_takes_float32_on_intel_without_amx(monkeypatch, intel, more, slow):
    openvino = pytest.importorskip("openvino")
    monkeypatch.setattr(processor, "by_intel", lambda: intel)
    monkeypatch.setattr(processor, "instructions", lambda: frozenset(["avx512_bf16", *more.split()]))
    asked = []
    compiled = openvino.Core.compile_model
    monkeypatch.setattr(openvino.Core, "compile_model", lambda core, *a: asked.append(a[-1]) or compiled(core, *a))
    runtime.load(zoo.find("light"), backend="openvino")
    assert [hints.get("INFERENCE_PRECISION_HINT") for hints in asked] == ["f32" if slow else None]


@pytest.fixture
def one_core():
    """This process may use one core only, as by taskset."""
    if not hasattr(os, "sched_setaffinity"):
        pytest.skip("needs a system that pins processes to cores")
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(before)})
    yield
    os.sched_setaffinity(0, before)


@pytest.mark.usefixtures("one_core")
def test_no_more_cores_are_used_than_may_be(monkeypatch, tmp_path, portrait_path):
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert processor.cores() == report.machine()["cores"] == 1
    assert Settings().slots == Settings(workers=1).network_threads == 1
    network = runtime.load(zoo.find("light"), backend="onnxruntime")
    assert network.session.get_session_options().intra_op_num_threads == 1
    monkeypatch.delattr(crew, "Processes")
    (tmp_path / "list").write_text("\n".join(f"{portrait_path.parent}/{k}.jpg" for k in range(9)))
    call = ["image", "--list", str(tmp_path / "list"), "--base", str(portrait_path.parent), "-c", "copper"]
    assert run([*call, "-o", str(tmp_path / "out")]) == 1, "the photos are not there, and this very process says so"


def test_where_no_process_is_pinned_there_are_all_cores(monkeypatch):
    monkeypatch.delattr(os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 8)
    assert processor.cores() == 8
