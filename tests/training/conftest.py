"""A tiny data set and a config that trains on it in a blink."""

import pytest
import torch
from tiny_pictures import picture, write

from hairtint.training.config import Config
from hairtint.training.datasets import open_dataset

torch.set_num_threads(1)


@pytest.fixture(scope="session")
def tiny(tmp_path_factory):
    """A plain data set of 24 pictures, the folder named tiny."""
    folder = tmp_path_factory.mktemp("data") / "tiny"
    for k in range(24):
        write(folder, f"Frame{k * 40 + 1:05d}", *picture(k))
    return folder


@pytest.fixture(scope="session")
def tiny_pairs(tiny):
    return open_dataset(tiny)[0]


@pytest.fixture
def quick():
    """A Config of `light` at 32 pixels: two epochs of four steps; keyword arguments change it."""

    def make(**changes):
        values = {"network": "light", "size": 32, "epochs": 2, "batch": 4, "lr": 3e-3, "workers": 0, "ema": 0.5}
        return Config(**values | changes)

    return make


@pytest.fixture
def quick_toml(tmp_path):
    """The same as a file."""
    path = tmp_path / "quick.toml"
    path.write_text('network = "light"\nsize = 32\nepochs = 2\nbatch = 4\nlr = 3e-3\nworkers = 0\nema = 0.5\n')
    return path
