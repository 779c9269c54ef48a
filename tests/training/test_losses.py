"""Losses: good < bad, and oracles."""

import pytest
import torch
import torch.nn.functional as F

from hairtint.training import losses

TARGET = torch.zeros(2, 1, 16, 16)
TARGET[:, :, 4:12, 4:12] = 1
SURE = (TARGET * 2 - 1) * 6
KINDS = [{"bce": 1.0}, {"dice": 1.0}, {"bce": 1.0, "dice": 1.0}, {"bce": 1.0, "edge": 2.0}]


@pytest.mark.parametrize("weights", KINDS)
def test_good_is_less_than_bad(weights):
    shifted = SURE.roll(2, 3)
    order = [SURE, SURE * 0.3, shifted, torch.zeros_like(SURE), -SURE]
    values = [float(losses.combined(logits, TARGET, weights)) for logits in order]
    assert 0 <= values[0] < 0.05
    assert values[0] < values[1] < min(values[2:])
    assert values[-1] == max(values)


@pytest.mark.parametrize("weights", KINDS)
def test_every_loss_has_a_gradient_that_points_downhill(weights):
    logits = torch.zeros_like(TARGET, requires_grad=True)
    before = losses.combined(logits, TARGET, weights)
    before.backward()
    after = losses.combined(logits.detach() - logits.grad, TARGET, weights)
    assert logits.grad.abs().sum() > 0
    assert after < before


def test_bce_is_torchs():
    logits = torch.randn(2, 1, 16, 16, generator=torch.Generator().manual_seed(0))
    assert torch.allclose(losses.bce(logits, TARGET), F.binary_cross_entropy(logits.sigmoid(), TARGET))
    assert torch.equal(losses.combined(logits, TARGET, {"bce": 1.0}), losses.bce(logits, TARGET))


def test_dice_by_hand():
    target = torch.tensor([[[[1.0, 1.0], [0.0, 0.0]]]])
    logits = torch.tensor([[[[0.0, 0.0], [0.0, 0.0]]]])  # p = 1/2 everywhere: 1 - (2 * 1 + 1) / (2 + 2 + 1)
    assert float(losses.dice(logits, target)) == pytest.approx(0.4)


def test_dice_is_a_mean_over_images():
    two = losses.dice(torch.cat([SURE, -SURE]), torch.cat([TARGET, TARGET]))
    assert two == pytest.approx(float(losses.dice(SURE, TARGET) + losses.dice(-SURE, TARGET)) / 2, rel=1e-5)


def test_rightly_empty_costs_nothing():
    empty = torch.zeros_like(TARGET)
    assert losses.dice(torch.full_like(TARGET, -30), empty) < 1e-6
    assert losses.dice(torch.full_like(TARGET, 30), empty) > 0.99


def test_the_edge_weighs_pixels_at_the_outline():
    inside, outline = SURE.clone(), SURE.clone()
    inside[:, :, 6, 6] *= -1
    outline[:, :, 5, 5] *= -1  # two pixels from what is not hair
    assert losses.bce(inside, TARGET) == pytest.approx(float(losses.bce(outline, TARGET)))
    assert 2 * losses.bce(inside, TARGET, edge=2.0) < losses.bce(outline, TARGET, edge=2.0)
    assert losses.bce(SURE, TARGET, edge=1e-9) == pytest.approx(float(losses.bce(SURE, TARGET)), rel=1e-4)


def test_only_named_losses_count():
    dice = losses.combined(SURE * 0.1, TARGET, {"dice": 2.0})
    assert dice == pytest.approx(float(2 * losses.dice(SURE * 0.1, TARGET)))
