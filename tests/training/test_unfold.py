import onnx
import pytest
import torch
from torch import nn

from hairtint import networks
from hairtint.errors import TrainingError
from hairtint.training import unfold
from hairtint.training.config import Config
from hairtint.training.export import to_onnx
from hairtint.training.initial import first_network


def lived_in(name, seed=3):
    """A network whose normalisations have seen something."""
    torch.manual_seed(seed)
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
    path.write_bytes(to_onnx(source, [(64, 64)]))
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
    path.write_bytes(to_onnx(lived_in("swift"), [(64, 64)]))
    folded = unfold.read(path)
    folded["head.weight"] = torch.zeros(1, 24, 3, 3)
    assert "head" not in unfold.into(networks.build("swift"), folded, path)


def test_another_networks_file_is_refused(tmp_path):
    path = tmp_path / "light.onnx"
    path.write_bytes(to_onnx(lived_in("light"), [(64, 64)]))
    with pytest.raises(TrainingError, match="another network"):
        unfold.into(networks.build("swift"), unfold.read(path), path)
    path.write_bytes(b"no network")
    with pytest.raises(TrainingError, match="cannot be read as ONNX"):
        unfold.read(path)


def test_without_epochs_a_part_of_a_network_is_not_kept(tiny_pairs, tmp_path):
    path = tmp_path / "deep.onnx"
    path.write_bytes(to_onnx(lived_in("deep"), [(64, 64)]))
    with pytest.raises(TrainingError, match="holds 90 convolutions, of which 66 fit: with epochs = 0"):
        first_network(Config("swift", size=64, epochs=0), path, photos=tiny_pairs)
    assert first_network(Config("swift", size=64, epochs=1), path, photos=tiny_pairs)
    assert first_network(Config("deep", size=64, epochs=0), path, photos=tiny_pairs)


def test_a_file_that_computes_a_bias_is_refused(tmp_path):
    path = tmp_path / "foreign.onnx"
    path.write_bytes(to_onnx(lived_in("light"), [(64, 64)]))
    model = onnx.load(path)
    conv = next(node for node in model.graph.node if node.op_type == "Conv" and len(node.input) == 3)
    model.graph.node.insert(0, onnx.helper.make_node("Neg", [conv.input[2]], ["turned"]))
    conv.input[2] = "turned"
    onnx.save(model, path)
    with pytest.raises(TrainingError, match=r"computes what .* \(turned\)"):
        unfold.read(path)


def test_a_network_starts_from_the_mean_of_two(tiny_pairs, tmp_path):
    """Folded again, its convolutions hold the mean of what the two files hold."""
    files = [tmp_path / "a.onnx", tmp_path / "b.onnx"]
    for seed, path in enumerate(files):
        path.write_bytes(to_onnx(lived_in("light", seed), [(40, 40)]))
    a, b = map(unfold.read, files)
    network = first_network(Config("light", size=40), files[0], photos=tiny_pairs, mean_with=files[1])
    both = tmp_path / "mean.onnx"
    both.write_bytes(to_onnx(network.eval(), [(40, 40)]))
    for key, value in unfold.read(both).items():
        assert torch.allclose(value, (a[key] + b[key]) / 2, atol=1e-5)


def test_no_mean_of_different_networks_or_of_checkpoints(tmp_path):
    light, swift = tmp_path / "light.onnx", tmp_path / "swift.onnx"
    for path in (light, swift):
        path.write_bytes(to_onnx(lived_in(path.stem), [(64, 64)]))
    config = Config("light", size=64)
    with pytest.raises(TrainingError, match=r"swift\.onnx holds the weights of another network"):
        first_network(config, light, mean_with=swift)
    for weights in (None, tmp_path / "best.pt"):
        with pytest.raises(TrainingError, match=r"give both it and --from an \.onnx"):
            first_network(config, weights, mean_with=light)
