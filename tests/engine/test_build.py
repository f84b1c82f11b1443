"""Building: what a call may name, what the network looks like, and that chance elsewhere is not disturbed."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch
from torch import nn

from playground.engine.build import BuildError, build, calls, resolve, run, skeleton
from playground.spec.call import call
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten


def test_runs_a_call_with_leading_arguments() -> None:
    module = run(call("torch.nn.Linear", 3, bias=False), 5)
    assert isinstance(module, nn.Linear)
    assert (module.in_features, module.out_features, module.bias) == (5, 3, None)


def test_runs_calls_within_calls() -> None:
    module = run(call("torch.nn.Sequential", call("torch.nn.ReLU"), call("torch.nn.Tanh")))
    assert [type(child) for child in module] == [nn.ReLU, nn.Tanh]


@pytest.mark.parametrize(
    "target",
    ["os.system", "builtins.eval", "torchvision.io.read_file", "playground.cli.main.main", "torch", "torches.a"],
)
def test_refuses_names_outside_of_torch_and_augmentations(target: str) -> None:
    with pytest.raises(BuildError, match="may not be called"):
        resolve(call(target))


@pytest.mark.parametrize("target", ["torch.nn.Nothing", "torch.nowhere.At", "playground.engine.data.augment.none.none"])
def test_says_what_does_not_exist(target: str) -> None:
    with pytest.raises(BuildError, match="does not exist"):
        resolve(call(target))


def test_names_children_in_order_and_skips_disabled_layers() -> None:
    layers = (Flatten(), Linear(out_features=9, enabled=False), Linear(out_features=10))
    network = build(Experiment(stack=Stack(layers=layers)))
    assert list(network.state_dict()) == ["1.weight", "1.bias"]
    assert network[1].in_features == 784


def test_the_seed_decides_the_weights(dense: Experiment) -> None:
    first, again, other = (build(dense.with_(seed=seed))[1].weight for seed in (1, 1, 2))
    assert torch.equal(first, again)
    assert not torch.equal(first, other)


def test_leaves_the_global_generator_alone(dense: Experiment) -> None:
    torch.manual_seed(7)
    expected = torch.rand(3)
    torch.manual_seed(7)
    build(dense)
    skeleton(dense)
    assert torch.equal(torch.rand(3), expected)


def test_fills_weights_as_the_layer_says() -> None:
    constant = Linear(out_features=4, init="constant", init_value=-0.25)
    layers = (Conv2d(out_channels=3, init="zeros"), Flatten(), Linear(out_features=10, init="normal"), constant)
    network = build(Experiment(stack=Stack(layers=layers)))
    assert (network[3].weight == -0.25).all()
    assert not network[0].weight.any()
    assert network[0].bias.any()
    assert 0.9 < float(network[2].weight.detach().std()) < 1.1


def test_a_skeleton_has_the_same_tensors_without_memory(chancy: Experiment) -> None:
    built, bare = build(chancy).state_dict(), skeleton(chancy).state_dict()
    assert {name: (tensor.shape, tensor.dtype) for name, tensor in built.items()} == {
        name: (tensor.shape, tensor.dtype) for name, tensor in bare.items()
    }
    assert all(tensor.is_meta for tensor in bare.values())


def test_a_skeleton_of_terabytes_costs_nothing() -> None:
    layers = (Flatten(), *(Linear(out_features=1_000_000) for _ in range(3)))
    tensors = skeleton(Experiment(stack=Stack(layers=layers))).state_dict().values()
    assert sum(tensor.numel() for tensor in tensors) > 2e12


def test_says_why_a_layer_does_not_fit() -> None:
    with pytest.raises(BuildError, match="Linear reads vectors"):
        build(Experiment(stack=Stack(layers=(Linear(),))))


def test_there_is_a_call_behind_each_child(chancy: Experiment) -> None:
    assert [call.name for call in calls(chancy)] == [type(child).__name__ for child in build(chancy)]


_SKELETONS = """
import sys
from playground.engine.build import skeleton
from playground.spec.component import fields_of
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.experiment import Experiment
from playground.spec.files.presets import presets
for entry in presets():
    skeleton(entry.experiment)
(options,) = (field.options for field in fields_of(Linear) if field.name == "init")
for option in options:
    skeleton(Experiment(stack=Stack(layers=(Flatten(), Linear(init=option[0])))))
print(len(options), "torch._dynamo" in sys.modules)
"""


def test_a_skeleton_needs_no_compiler() -> None:
    done = subprocess.run([sys.executable, "-c", _SKELETONS], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["10", "False"]
