"""What is computed from declarations agrees with torch: shapes, tensors, sizes and cost."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from playground.engine.build import build, run
from playground.engine.evaluation.objective import Objective
from playground.spec.check.problems import check
from playground.spec.check.shapes import LayerShape, totals, walk
from playground.spec.container import Container
from playground.spec.experiment import Experiment
from playground.spec.layer import Layer, Shape, Stack, Tokens
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.recipe import Recipe

GIGABYTE = 10**9
images = st.tuples(st.integers(1, 4), st.integers(3, 14), st.integers(3, 14))
vectors = st.tuples(st.integers(1, 20))
sequences = st.tuples(st.integers(1, 12), st.integers(1, 12))
texts = st.builds(Tokens, st.integers(1, 12), st.integers(1, 12))


@pytest.fixture(autouse=True)
def _counted() -> Iterator[None]:
    """Torch's counter knows products, not the CPU's kernels for a whole LSTM or attention that are made of them."""
    torch._C._set_mkldnn_enabled(False)
    torch.backends.cuda.enable_flash_sdp(False)  # also decides for the CPU
    yield
    torch._C._set_mkldnn_enabled(True)
    torch.backends.cuda.enable_flash_sdp(True)


def _zeros(batch: int, shape: Shape) -> Tensor:
    return torch.zeros(batch, *shape, dtype=torch.int64 if isinstance(shape, Tokens) else torch.float32)


def _modules(row: LayerShape) -> nn.Sequential:
    return nn.Sequential(*(run(call) for call in row.calls))


@settings(max_examples=200)
@given(data=st.data(), shape=images | vectors | sequences | texts)
def test_declared_figures_are_those_of_torch(stacks: Any, data: st.DataObject, shape: tuple[int, ...]) -> None:
    stack: Stack = data.draw(stacks(shape))
    rows = walk(stack, shape)
    assume(4 * totals(rows).flops < GIGABYTE and totals(rows).activation_bytes < GIGABYTE / 100)
    _agree(rows, shape)


@pytest.mark.parametrize("container", Container.members(), ids=lambda member: member.__name__)
@settings(max_examples=60)
@given(data=st.data(), shape=images | vectors | sequences)
def test_so_are_those_of_containers(
    container: type[Container], stacks: Any, members: Any, data: st.DataObject, shape: Shape
) -> None:
    drawn = data.draw(members(container))
    branches = tuple(data.draw(stacks(shape, 3)) for _ in drawn.branches)
    stack = Stack(layers=(drawn.with_(branches=branches),))
    for _ in range(3):  # mended where the branches do not go together, until they do
        rows = walk(stack, shape)
        instead = rows[0].mismatch.instead if rows[0].mismatch else None
        stack = Stack(layers=(instead,)) if instead else stack
    assume(rows[0].mismatch is None)
    assume(4 * totals(rows).flops < GIGABYTE and totals(rows).activation_bytes < GIGABYTE / 100)
    _agree(rows, shape)


def _agree(rows: tuple[LayerShape, ...], shape: Shape) -> None:
    """Each row, those in containers too, says what torch says."""
    for row in rows:
        assert row.mismatch is None
        assert row.input is not None
        module = _modules(row).eval()
        with FlopCounterMode(display=False) as counter, torch.no_grad():
            value = module(_zeros(1, row.input))
        assert tuple(row.output or ()) == tuple(value.shape[1:])
        assert row.flops == counter.get_total_flops()
        assert row.parameters == sum(parameter.numel() for parameter in module.parameters())
        _same_tensors(row, module)
    whole = [row for row in rows if not row.nested]
    assert [row.input for row in whole] == [shape, *(row.output for row in whole)][: len(whole)]
    sums = totals(rows)
    assert sums.complete
    assert sums.flops == sum(row.flops or 0 for row in whole)
    assert sums.parameters == sum(row.parameters or 0 for row in whole)


def _same_tensors(row: LayerShape, module: nn.Sequential) -> None:
    """The declared tensors are the first module's, in order, and no other module has any."""
    learned = {name for name, _ in module.named_parameters()}
    state = module.state_dict()
    declared = [(f"0.{t.name}", t.shape, f"torch.{t.dtype}", f"0.{t.name}" in learned) for t in row.tensors]
    real = [(name, tuple(tensor.shape), str(tensor.dtype), name in learned) for name, tensor in state.items()]
    assert declared == real
    assert [tensor.learned for tensor in row.tensors] == [entry[3] for entry in declared]
    assert row.bytes == sum(tensor.numel() * tensor.element_size() for tensor in state.values())


@pytest.mark.parametrize("layer", Layer.members(), ids=lambda member: member.__name__)
def test_chance_is_declared(layer: type[Layer]) -> None:
    for shape in ((8, 6, 6), (16,), (6, 8), Tokens(6, 9)):
        (row,) = walk(Stack(layers=(layer(),)), shape)
        if row.mismatch is None:
            module = _modules(row)
            before = torch.get_rng_state()
            module(1 - _zeros(2, shape))
            assert torch.equal(torch.get_rng_state(), before) != row.layer.is_stochastic


@settings(max_examples=100)
@given(data=st.data())
def test_what_passes_check_can_be_trained(stacks: Any, components: Any, data: st.DataObject) -> None:
    drawn = data.draw(components(Experiment))
    experiment = _with_ending(drawn.with_(stack=data.draw(stacks(drawn.data.sample_shape))))
    shape, task = experiment.data.sample_shape, experiment.data.task  # mending may have changed the data
    assume(not check(experiment, memory=GIGABYTE // 10))
    assume(totals(walk(experiment.stack, shape)).flops < GIGABYTE // 100)
    network = build(experiment)
    parameters = list(network.parameters())
    optimizer = run(experiment.recipe.optimizer.call(), parameters)
    smallest = min(experiment.recipe.batch_size, experiment.data.train_count)
    batch = max(smallest, 2)  # a single image only where no layer minds, which is asked for below
    outputs = network(_zeros(batch, shape))
    assert outputs.shape == (batch, *task.output)
    objective = Objective(experiment.recipe.loss, task, torch.device("cpu"))
    places = task.output[1:] if len(task.output) == 3 else task.output[:-1]  # where classes are asked
    targets = torch.zeros_like(outputs) if task.classes is None else torch.zeros(batch, *places, dtype=torch.int64)
    torch.autograd.backward(objective(outputs, targets))
    if experiment.recipe.clip_norm:
        nn.utils.clip_grad_norm_(parameters, experiment.recipe.clip_norm)
    optimizer.step()


def _with_ending(experiment: Experiment) -> Experiment:
    """The experiment, its problems mended one after another as a person would, as far as they can be."""
    if not experiment.stack.layers:
        ending = Linear(out_features=experiment.data.task.output[-1])
        experiment = experiment.with_(stack=Stack(layers=(Flatten(), ending)))
    for _ in range(10):
        fixes = [problem.fix for problem in check(experiment, memory=GIGABYTE) if problem.fix]
        if not fixes:
            return experiment
        experiment = fixes[0].apply(experiment)
    return experiment


@settings(max_examples=60)
@given(data=st.data())
def test_smallest_batch_that_passes_check_can_be_learned(stacks: Any, data: st.DataObject) -> None:
    stack = data.draw(stacks((1, 28, 28)))
    count, batch = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    experiment = Experiment(stack=stack, recipe=Recipe(batch_size=batch))
    experiment = _with_ending(experiment.with_(data=experiment.data.with_(train_limit=count)))
    assume(not check(experiment, memory=GIGABYTE // 10))
    assume(totals(walk(experiment.stack, (1, 28, 28))).flops < GIGABYTE // 100)
    network = build(experiment)
    for images in torch.rand(experiment.data.train_count, 1, 28, 28).split(experiment.recipe.batch_size):
        network(images)


@pytest.mark.parametrize("layer", Layer.members(), ids=lambda member: member.__name__)
def test_disabled_layer_changes_nothing(layer: type[Layer]) -> None:
    (row,) = walk(Stack(layers=(layer(enabled=False),)), (2, 5, 5))
    assert (row.output, row.parameters, row.flops, row.calls, row.tensors) == ((2, 5, 5), 0, 0, (), ())


def test_values_can_be_copied_deeply() -> None:
    experiment = Experiment(stack=Stack(layers=(Flatten(), Linear())))
    assert copy.deepcopy(experiment) == experiment
