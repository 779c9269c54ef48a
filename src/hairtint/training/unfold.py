"""Take the weights back out of an exported .onnx, so that a shipped network can be trained on.

Exporting folds every batch normalisation into the convolution before it. Here the convolution gets the folded weights
at an even scale again, and the normalisation, measured on photos, what brings the function back to what it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from hairtint.errors import TrainingError, brief, reason


def read(path: Path) -> dict[str, Tensor]:
    """`NAME.weight` and `NAME.bias` of each convolution, by its module's name; TrainingError for a file without."""
    import onnx
    from onnx import numpy_helper

    try:
        graph = onnx.load(str(path)).graph
    except OSError as error:
        raise TrainingError(f"{path} cannot be read: {reason(error)}") from error
    except Exception as error:  # protobuf's and onnx's own errors have no common root
        raise TrainingError(f"{path} cannot be read as ONNX: {brief(error)}") from error
    values: dict[str, Any] = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    for node in graph.node:  # weights that are stored in fewer bits (hairtint.training.compress)
        if node.op_type == "Cast" and node.input[0] in values:
            values[node.output[0]] = values[node.input[0]].astype("float32")
        elif node.op_type == "DequantizeLinear" and node.input[0] in values:
            how = {attribute.name: attribute.i for attribute in node.attribute}
            values[node.output[0]] = _dequantised(*(_value(values, name, node, path) for name in node.input), **how)
    state: dict[str, Tensor] = {}
    for node in graph.node:
        if node.op_type in ("Conv", "ConvTranspose") and node.input[1] in values:
            for kind, source in zip(("weight", "bias"), node.input[1:], strict=False):
                state[f"{_module(node.name)}.{kind}"] = torch.tensor(_value(values, source, node, path)).float()
    if not state:
        raise TrainingError(f"{path} holds no convolutions with weights: give a network of `hairtint export`")
    return state


def mean(folded: dict[str, Tensor], other: dict[str, Tensor], path: Path) -> dict[str, Tensor]:
    """The mean of what `read` gave of two files of one network; TrainingError where `other`, of `path`, is of another.

    Of two stages of one training it is often better on photos that neither saw than both: M. Wortsman et al.,
    "Robust fine-tuning of zero-shot models", arXiv:2109.01903.
    """
    if {key: value.shape for key, value in folded.items()} != {key: value.shape for key, value in other.items()}:
        raise TrainingError(f"{path} holds the weights of another network: their mean would be neither")
    return {key: (value + other[key]) / 2 for key, value in folded.items()}


def _value(values: dict[str, Any], name: str, node: Any, path: Path) -> Any:
    if name not in values:
        raise TrainingError(f"{path} computes what {node.name} takes ({name}): give a network of `hairtint export`")
    return values[name]


def _dequantised(whole: Any, scale: Any, axis: int, block_size: int = 0) -> Any:
    if block_size:
        scale = scale.repeat(block_size, axis)
    else:
        scale = scale.reshape([-1 if k == axis else 1 for k in range(whole.ndim)])
    return whole.astype("float32") * scale


def _module(node: str) -> str:
    """The module that an exported node was: "/network/rises.0/mix/mix.1/Conv" is "rises.0.mix.1"."""
    parts: list[str] = []
    for part in node.split("/")[2:-1]:
        if parts and part.startswith(parts[-1] + "."):
            parts[-1] = part
        else:
            parts.append(part)
    return ".".join(parts)


def into(network: nn.Module, folded: dict[str, Tensor], path: Path, *, whole: bool = False) -> list[str]:
    """Put the convolutions that fit by name and shape into a network, and return their names, for `settle`.

    So a network of a like shape can start from another one. TrainingError where more than half of the file's do not
    fit, or any where the `whole` is wanted, as nothing will be learnt after. `path` is for the message.
    """
    modules = dict(network.named_modules())
    taken: list[str] = []
    given = [key.removesuffix(".weight") for key in folded if key.endswith(".weight")]
    for name in given:
        conv = modules.get(name)
        if not isinstance(conv, nn.Conv2d | nn.ConvTranspose2d) or conv.weight.shape != folded[f"{name}.weight"].shape:
            continue
        conv.weight.data.copy_(folded[f"{name}.weight"])
        norm, bias = norm_after(modules, name), folded.get(f"{name}.bias")
        if norm is not None:
            _plain(norm, torch.zeros_like(norm.bias) if bias is None else bias)
        elif bias is not None and conv.bias is not None:
            conv.bias.data.copy_(bias)
        taken.append(name)
    if 2 * len(taken) < len(given):
        raise TrainingError(f"{path} holds the weights of another network: build the one that it was trained as")
    if whole and len(taken) < len(given):
        raise TrainingError(
            f"{path} holds {len(given)} convolutions, of which {len(taken)} fit: with epochs = 0 the others are not"
            " learnt again; name the network that it was trained as"
        )
    return taken


def settle(network: nn.Module, taken: Iterable[str], batches: Iterable[Tensor]) -> None:
    """Give the normalisations that `into` left plain their statistics over `batches`, float (N, 3, S, S) in [0, 1].

    `taken`: the convolutions that `into` returned.

    What the network computes stays the same; from then on it trains like one that was never folded.
    """
    modules = dict(network.named_modules())
    pairs: list[tuple[nn.Conv2d, nn.BatchNorm2d]] = []
    for name in taken:
        conv, norm = modules[name], norm_after(modules, name)
        if isinstance(conv, nn.Conv2d) and norm is not None:
            pairs.append((conv, norm))
    sums: dict[nn.Module, list[Tensor]] = {conv: [] for conv, _ in pairs}

    def watch(conv: nn.Module, _: Any, out: Tensor) -> None:
        sums[conv].append(torch.stack([out.mean((0, 2, 3)), out.square().mean((0, 2, 3))]))

    hooks = [conv.register_forward_hook(watch) for conv, _ in pairs]
    mode = network.training
    network.eval()
    with torch.no_grad():
        for x in batches:
            network(x)
        for conv, norm in pairs:
            mean, square = torch.stack(sums[conv]).mean(0)
            variance = (square - mean * mean).clamp_min(norm.eps)
            scale = conv.weight.square().mean((1, 2, 3)).sqrt() * conv.weight[0].numel() ** 0.5
            scale = torch.where(scale > 1e-6, scale, torch.ones_like(scale))
            conv.weight /= scale[:, None, None, None]
            norm.weight.copy_((variance + norm.eps * scale.square()).sqrt())
            norm.bias.add_(mean)
            norm.running_mean.copy_(mean / scale)  # type: ignore[union-attr]
            norm.running_var.copy_(variance / scale.square())  # type: ignore[union-attr]
    for hook in hooks:
        hook.remove()
    network.train(mode)


def norm_after(modules: dict[str, nn.Module], name: str) -> nn.BatchNorm2d | None:
    """The normalisation that follows a convolution in its Sequential, where there is one."""
    parent, _, index = name.rpartition(".")
    after = modules.get(f"{parent}.{int(index) + 1}") if index.isdigit() else None
    return after if isinstance(after, nn.BatchNorm2d) else None


def _plain(norm: nn.BatchNorm2d, bias: Tensor) -> None:
    nn.init.ones_(norm.weight)
    norm.bias.data.copy_(bias)
    nn.init.zeros_(norm.running_mean)  # type: ignore[arg-type]
    nn.init.constant_(norm.running_var, 1 - norm.eps)  # type: ignore[arg-type]
