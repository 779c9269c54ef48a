"""One contract for every network."""

import numpy as np
import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from hairtint import networks
from hairtint.errors import InputSizeError, TrainingError, UnknownModelError
from hairtint.networks import swift, unet
from hairtint.training.export import Deployed, parity, to_onnx

torch.set_num_threads(1)
EVERY = networks.names()
PARAMETERS = {"full": 31_037_633, "medium": 1_864_129, "light": 226_913}


@pytest.fixture(params=EVERY)
def name(request):
    return request.param


@pytest.fixture
def network(name):
    torch.manual_seed(0)
    return networks.build(name).eval()


def forward(network, height, width):
    with torch.no_grad():
        return network(torch.rand(1, 3, height, width, generator=torch.Generator().manual_seed(1)))


def test_one_logit_a_pixel(network):
    out = forward(network, 64, 96)
    assert out.shape == (1, 1, 64, 96)
    assert out.isfinite().all()


def test_odd_sizes_are_refused_with_the_size_to_pad_to(network):
    with pytest.raises(InputSizeError, match=r"33x65 does not fit") as refusal:
        forward(network, 33, 65)
    height, width = (-(-n // network.stride) * network.stride for n in (33, 65))
    assert f"pad it to {height}x{width}" in str(refusal.value)
    forward(network, height, width)


def test_saved_weights_give_the_same_again(name, network, tmp_path):
    torch.save(network.state_dict(), tmp_path / "weights.pt")
    again = networks.build(name).eval()
    again.load_state_dict(torch.load(tmp_path / "weights.pt", weights_only=True))
    assert torch.equal(forward(network, 64, 64), forward(again, 64, 64))


@pytest.mark.parametrize("shapes", [[(64, 64)], [(64, 64), (32, 96)]])
def test_exported_equals_eager_on_a_real_photo(network, portrait, shapes):
    onnx = to_onnx(network, shapes)
    assert parity(network, onnx, shapes, [portrait] * len(shapes)) < 1e-4


def test_training_reaches_every_weight(network):
    network.train()
    network(torch.rand(2, 3, 64, 64)).square().sum().backward()
    assert all(p.grad is not None and p.grad.isfinite().all() for p in network.parameters())


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_report_states_these_parameter_counts(name):
    assert count(unet.build(name)) == PARAMETERS[name] == unet.PLANS[name].parameters


def test_swift_is_cheap():
    with FlopCounterMode(display=False) as counter:
        forward(swift.build().eval(), 256, 256)
    assert counter.get_total_flops() <= 0.8e9


def test_deep_is_deeper_and_begins_with_the_answer_of_swift():
    small, deep = swift.build("swift").eval(), swift.build("deep").eval()
    missing, unexpected = deep.load_state_dict(small.state_dict(), strict=False)
    assert not unexpected
    assert {key.split(".")[0] for key in missing} == {"deeper"}
    assert count(deep) > count(small)
    assert torch.equal(forward(small, 64, 96), forward(deep, 64, 96))


def test_swift_takes_an_encoder_of_its_own_shape_and_no_other():
    torch.manual_seed(0)
    donor, taker = swift.build(), swift.build()
    state = {f"features.{key}": value for key, value in donor.features.state_dict().items()}
    taker.load_encoder(state | {"features.18.0.weight": torch.zeros(1), "classifier.1.bias": torch.zeros(1)})
    key = "0.0.weight"
    assert torch.equal(taker.features.state_dict()[key], donor.features.state_dict()[key])
    for wrong in ({}, {**state, "features.3.conv.0.0.weight": torch.zeros(1)}, {"state_dict": {}}):
        broken = {k: v for k, v in wrong.items() if k != f"features.{key}"}
        with pytest.raises(TrainingError, match="not MobileNetV2"):
            swift.build().load_encoder(broken)


def test_fine_takes_an_encoder_by_the_names_that_its_weights_have():
    torch.manual_seed(0)
    donor, taker = swift.build("fine"), swift.build("fine")
    state = {_published(key): value for key, value in donor.features.state_dict().items()}
    assert {"_conv_stem.weight", "_blocks.0._depthwise_conv.weight", "_blocks.19._bn2.bias"} <= state.keys()
    taker.load_encoder(state | {"_conv_head.weight": torch.zeros(1), "_fc.bias": torch.zeros(1)})
    assert all(torch.equal(value, taker.features.state_dict()[k]) for k, value in donor.features.state_dict().items())
    for odd in ("_blocks", "_blocks.a._bn0.weight", "_blocks.1._bn7.weight", "_blocks.1._bn0", ""):
        state[odd] = torch.zeros(1)
    del state["_blocks.7._expand_conv.weight"]
    with pytest.raises(TrainingError, match=r"not EfficientNet-Lite2 weights: features\.8\.conv\.0\.weight"):
        taker.load_encoder(state)


def _published(key):
    """efficientnet-lite-pytorch's name of one of the encoder's weights, told by where it stands in its block."""
    block, *layer, kind = key.split(".")
    if block == "0":
        return f"{['_conv_stem', '_bn0'][int(layer[0])]}.{kind}"
    names = {0: "_expand_conv", 1: "_bn0", 3: "_depthwise_conv", 4: "_bn1", 6: "_project_conv", 7: "_bn2"}
    first = {0: "_depthwise_conv", 1: "_bn1", 3: "_project_conv", 4: "_bn2"}
    return f"_blocks.{int(block) - 1}.{(first if block == '1' else names)[int(layer[1])]}.{kind}"


def test_unknown_networks_are_refused_with_the_known_ones():
    for build in (networks.build, unet.build):
        with pytest.raises(UnknownModelError, match=r"tiny.*light"):
            build("tiny")


def test_deployed_is_the_networks_probability(network):
    rgb = torch.arange(64 * 64 * 3, dtype=torch.int64).remainder(256).to(torch.uint8).view(1, 64, 64, 3)
    with torch.no_grad():
        expected = torch.sigmoid(network(rgb.permute(0, 3, 1, 2) / 255))[:, 0]
        assert torch.allclose(Deployed(network)(rgb), expected, atol=1e-6)


def test_the_published_checkpoint_gives_the_masks_of_its_own_code(shared, portrait, monkeypatch):
    """Oracle: the report's code as the shared tools carry it, on the report's own weights."""
    published = shared / "peers" / "report_light.pth.tar"
    state = torch.load(published, map_location="cpu", weights_only=True)["state_dict"]
    network = unet.build("light").eval()
    network.load_state_dict(unet.from_published(state))
    monkeypatch.syspath_prepend(str(shared / "tools"))
    import common

    oracle = common.ReportLight()
    torch.set_num_threads(1)
    x = torch.from_numpy(np.ascontiguousarray(portrait[::2, ::2])).permute(2, 0, 1)[None] / 255
    with torch.no_grad():
        own = torch.sigmoid(network(x))[0, 0].numpy()
    np.testing.assert_allclose(own, oracle.infer(x), atol=1e-5)
    assert 0.05 < (own > 0.5).mean() < 0.95


def count(network):
    return sum(p.numel() for p in network.parameters())


def test_frozen_blocks_stay_as_they_are():
    network = swift.build()
    network.freeze(4)
    before = {key: value.clone() for key, value in network.features[:4].state_dict().items()}
    network.train()
    network(torch.rand(2, 3, 64, 64)).square().sum().backward()
    torch.optim.SGD([p for p in network.parameters() if p.requires_grad], lr=0.1).step()
    assert all(torch.equal(value, before[key]) for key, value in network.features[:4].state_dict().items())
    assert all(p.grad is None for p in network.features[:4].parameters())
    assert all(p.grad is not None for p in network.features[4:].parameters())
    with pytest.raises(TrainingError, match="17 blocks"):
        network.freeze(18)


@pytest.mark.parametrize(("kernel", "stride"), [(3, 2), (5, 1)])
def test_depthwise_convolutions_train_in_float32_among_bfloat16(kernel, stride):
    torch.manual_seed(0)
    conv = swift.Depthwise(16, 16, kernel, stride, kernel // 2, groups=16, bias=False)
    plain = torch.nn.Conv2d(16, 16, kernel, stride, kernel // 2, groups=16, bias=False)
    plain.load_state_dict(conv.state_dict())
    x = torch.randn(2, 16, 12, 12).to(torch.bfloat16)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        y = conv(x)
    expected = plain(x.float())
    assert y.dtype == torch.bfloat16
    assert torch.equal(y, expected.to(torch.bfloat16))
    y.float().sum().backward()
    expected.sum().backward()
    torch.testing.assert_close(conv.weight.grad, plain.weight.grad)
    conv.eval()
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        torch.testing.assert_close(conv(x).float(), expected, rtol=2e-2, atol=2e-2)
