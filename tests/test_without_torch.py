"""The live road works where the extra `train` is not installed."""

import json
import subprocess
import sys

BLOCK = """
import sys
for name in ("torch", "lightning_fabric", "kornia", "matplotlib", "onnx", "skimage"):
    sys.modules[name] = None  # an import of it raises ImportError
"""


def python(code, *arguments):
    return subprocess.run([sys.executable, "-c", BLOCK + code, *arguments], capture_output=True, text=True, check=False)


def test_a_photo_is_tinted(tmp_path, portrait_path):
    out = tmp_path / "out.png"
    done = python("from hairtint.cli import main; main()", "image", str(portrait_path), "-c", "auburn", "-o", str(out))
    assert done.returncode == 0, done.stderr
    assert out.stat().st_size > 100_000


def test_data_and_evaluation_work(pairs_folder):
    for command in (["data", "check", "--json"], ["evaluate", "--json", "--model", "light"]):
        done = python("from hairtint.cli import main; main()", *command, "--data", str(pairs_folder))
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)


def test_training_names_the_extra(tmp_path):
    done = python(
        "from hairtint.cli import main; import importlib.util as u; real = u.find_spec;"
        "u.find_spec = lambda n, *a: None if n == 'torch' else real(n, *a); main()",
        "train", "configs/light.toml", "--data", str(tmp_path),
    )  # fmt: skip
    assert done.returncode == 1
    assert "pip install 'hairtint[train]'" in done.stderr
    assert done.stderr.count("\n") == 1


def test_the_networks_name_the_extra():
    done = python(
        "import importlib.util as u; real = u.find_spec;"
        "u.find_spec = lambda n, *a: None if n == 'torch' else real(n, *a);"
        "from hairtint.networks import unet"
    )
    assert "MissingExtraError: the networks as torch modules need torch: pip install 'hairtint[train]'" in done.stderr


def test_importing_hairtint_loads_no_runtime():
    done = python("import hairtint; print([m for m in ('onnxruntime', 'torch') if sys.modules.get(m)])")
    assert done.stdout.strip() == "[]", done.stderr
