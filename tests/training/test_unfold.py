import pytest
import torch
from torch import nn

from hairtint import networks
from hairtint.errors import TrainingError
from hairtint.training import unfold
from hairtint.training.export import to_onnx


def lived_in(name):
    """A network whose normalisations have seen something."""
    torch.manual_seed(3)
    network = networks.build(name)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.running_mean, 0, 0.2)
            nn.init.uniform_(module.running_var, 0.5, 2)
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.normal_(module.bias, 0, 0.2)
    return network.eval()


def photos(count, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return [torch.rand(4, 3, 64, 64, generator=generator) for _ in range(count)]


@pytest.fixture(scope="module", params=["light", "swift", "fine", "deep"])
def pair(request, tmp_path_factory):
    """A network, and one of the same kind made of what its exported file holds."""
    source = lived_in(request.param)
    path = tmp_path_factory.mktemp("onnx") / "network.onnx"
    path.write_bytes(to_onnx(source, 64))
    copy = networks.build(request.param)
    taken = unfold.into(copy, unfold.read(path), path)
    unfold.settle(copy, taken, photos(6))
    return source, copy


def test_an_exported_network_comes_back_as_it_was(pair):
    source, copy = pair
    x = photos(1, seed=9)[0]
    with torch.no_grad():
        assert torch.allclose(source(x), copy.eval()(x), atol=1e-4)


def test_it_trains_on_from_there(pair):
    """In training, where normalisations measure each batch, it still gives about the same."""
    _, copy = pair
    x = torch.cat(photos(6))
    with torch.no_grad():
        still, moving = copy.eval()(x), copy.train()(x)
    copy.eval()
    assert (still - moving).abs().mean() < 0.1 * still.std()


def test_a_wider_network_takes_what_fits(tmp_path):
    path = tmp_path / "swift.onnx"
    path.write_bytes(to_onnx(lived_in("swift"), 64))
    folded = unfold.read(path)
    folded["head.weight"] = torch.zeros(1, 24, 3, 3)
    assert "head" not in unfold.into(networks.build("swift"), folded, path)


def test_another_networks_file_is_refused(tmp_path):
    path = tmp_path / "light.onnx"
    path.write_bytes(to_onnx(lived_in("light"), 64))
    with pytest.raises(TrainingError, match="another network"):
        unfold.into(networks.build("swift"), unfold.read(path), path)
    path.write_bytes(b"no network")
    with pytest.raises(TrainingError, match="cannot be read as ONNX"):
        unfold.read(path)
