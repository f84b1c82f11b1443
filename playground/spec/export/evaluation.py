"""The part of an exported program that evaluates outputs: loss, penalty, and score."""

from __future__ import annotations

from collections.abc import Iterator
from math import prod

from playground.spec.call import Call
from playground.spec.check.shapes import walk
from playground.spec.container import Container
from playground.spec.data.task import Score, Task
from playground.spec.experiment import Experiment
from playground.spec.export.annotations import WIDTH
from playground.spec.export.freezing import freezes
from playground.spec.export.statement import applied, beside, local, statement

_SUMS, _SCORE = "playground.engine.evaluation.scores.", "playground.spec.data.task."
# For each score but accuracy: the function of a batch whose results add up, and the function of their sum.
_SCORES = {
    Score.IOU: (_SUMS + "intersection_over_union", _SCORE + "iou"),
    Score.F1: (_SUMS + "agreement", _SCORE + "f1"),
    Score.R2: (_SUMS + "squares", _SCORE + "r_squared"),
}
_DECAY, _CONFINE = "playground.engine.training.penalty.decay", "playground.engine.training.penalty.confine"
_KEEP_ZEROS = ("playground.engine.training.penalty.zeros", "playground.engine.training.penalty.restore_zeros")
_AT_ONCE = 1_000_000  # numbers: larger outputs are computed for 1,000 samples at a time


def objective(experiment: Experiment) -> Iterator[str]:
    """The functions of the loss: of outputs and targets, of weights, and of terms that layers add."""
    if not _called_as_it_is(experiment):
        heading = ["def loss_function(outputs, targets):", '    """Mean loss of a batch."""', *_aligned(experiment)]
        call = beside(local(experiment.recipe.loss.call()), "outputs")
        yield "\n".join([*heading, *statement("    return ", call, "outputs", "targets")])
    terms = _penalty_terms(experiment)
    if terms:
        yield "\n".join(
            [
                "def penalty(model):",
                '    """Penalty of weight matrices and filters; biases and the scales of norms are free."""',
                *_matrices(experiment, "weights ="),
                *(f"    {name} = sum({summand} for weight in weights)" for name, summand, _ in terms),
                f"    return {' + '.join(f'{strength} * {name}' for name, _, strength in terms)}",
            ]
        )
    if restraints(experiment):
        words = '    """Weight matrices and filters; biases and the scales of norms are left alone."""'
        yield "\n".join(["def weight_matrices(model):", words, *_matrices(experiment, "return")])
    if adds(experiment):
        yield "\n".join(
            [
                "def extra_loss(model):",
                '    """Sum of the losses that layers have added in the last forward pass."""',
                '    found = (getattr(module, "extra_loss", None) for module in model.modules())',
                "    return sum(extra for extra in found if extra is not None)",
            ]
        )


def _called_as_it_is(experiment: Experiment) -> bool:
    """Whether the loss is a torch function that takes outputs and targets unchanged, and few settings."""
    call = experiment.recipe.loss.call()
    return not any(_aligned(experiment)) and len(local(call).kwargs) < 2 and "weight" not in dict(call.kwargs)


def loss_of(experiment: Experiment, *tensors: str) -> str:
    """The expression for the mean loss of a batch."""
    if not _called_as_it_is(experiment):
        return f"loss_function({', '.join(tensors)})"
    call = local(experiment.recipe.loss.call())
    return f"{call.short_target}({', '.join(call.arguments(*tensors))})"


def added(experiment: Experiment) -> tuple[str, ...]:
    """Expressions for the terms that training minimises in addition to the loss."""
    return (
        *(["extra_loss(model)"] if adds(experiment) else []),
        *(["penalty(model)"] if _penalty_terms(experiment) else []),
    )


def adds(experiment: Experiment) -> bool:
    """Whether layers add terms to the loss."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    return any(row.active and row.layer.has_extra_loss for row in rows)


def _mixed(experiment: Experiment) -> bool:
    """Whether some training targets are class probabilities instead of class indices."""
    mixes = any(augmentation.mixes for augmentation in experiment.recipe.augmentations)
    return mixes or experiment.data.train_targets == "soft"


def _aligned(experiment: Experiment) -> Iterator[str]:
    """The lines that bring outputs and targets into the loss's layout, see `engine.evaluation.objective`."""
    task, loss = experiment.data.task, experiment.recipe.loss
    if task.classes is None:
        return
    if len(task.output) > 2:
        yield "    outputs = by_place(outputs)"
    if loss.target == "one_hot":
        labels = "targets" if len(task.output) < 3 else "targets.flatten(1)"
        line = f"    targets = F.one_hot({labels}, {task.classes}).to(outputs.dtype)"
        yield from ["    if not targets.is_floating_point():", f"    {line}"] if _mixed(experiment) else [line]
    elif task.positions > 1:
        yield "    outputs, targets = outputs.flatten(0, 1), targets.flatten()"


def scoring(experiment: Experiment) -> tuple[str, ...]:
    """The engine functions that the score, or the loss, of a script uses."""
    task = experiment.data.task
    if task.score in _SCORES:
        return _SCORES[task.score]
    return (_SUMS + "by_place",) if len(task.output) > 2 else ()


def restraints(experiment: Experiment) -> tuple[str, ...]:
    """The engine functions that keep weights small, or at zero, before or after a step."""
    regularizer = experiment.recipe.regularizer
    names = tuple(name for name, used in ((_DECAY, regularizer.decay), (_CONFINE, regularizer.largest_norm)) if used)
    return (*names, *_KEEP_ZEROS) if regularizer.keeps_zeros else names


def _matrices(experiment: Experiment, before: str) -> list[str]:
    """The lines that collect the penalised tensors: those of several dimensions, except norm scales and positions."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    alone = [row for row in rows if not isinstance(row.layer, Container)]
    norms = {local(row.calls[0]).short_target for row in alone if any(tensor.scale for tensor in row.tensors)}
    counted = "parameter.ndim > 1" + (" and parameter.requires_grad" if freezes(experiment) else "")
    if not norms:
        whole = f"    {before} [parameter for parameter in model.parameters() if {counted}]"
        heading, loop = f"    {before} [", "        for parameter in model.parameters()"
        return (
            [whole] if len(whole) <= WIDTH else [heading, "        parameter", loop, f"        if {counted}", "    ]"]
        )
    return [
        f"    {before} [",
        "        parameter",
        "        for module in model.modules()",
        f"        if not isinstance(module, {' | '.join(sorted(norms))})",
        "        for parameter in module.parameters(recurse=False)",
        f"        if {counted}",
        "    ]",
    ]


def _penalty_terms(experiment: Experiment) -> list[tuple[str, str, str]]:
    """Name, summand and strength of each nonzero penalty term."""
    l1, l2 = experiment.recipe.regularizer.strengths
    sizes = [("sizes", "weight.abs().sum()", f"{l1!r}")] if l1 else []
    return sizes + ([("squares", "weight.square().sum()", f"{l2!r} / 2")] if l2 else [])


def sums_of(experiment: Experiment, targets: str, training: bool = False) -> str:
    """The expression for a batch's contribution to the sums of the score."""
    task = experiment.data.task
    if task.score is not Score.ACCURACY:
        activation = experiment.recipe.loss.output_activation.call if task.classes is None else None
        name = _SCORES[task.score][0].rpartition(".")[2]
        outputs = applied(activation, f"outputs{'.detach()' if training else ''}")
        return f"torch.stack({name}({outputs}, {targets}))"
    if task.positions > 1:
        outputs, right = (
            ("by_place(outputs)", f"{targets}.flatten(1)") if len(task.output) > 2 else ("outputs", targets)
        )
        return f"({outputs}.argmax(-1) == {right}).float().mean().item() * len({targets})"
    right = f"{targets}.argmax(1)" if training and _mixed(experiment) else targets
    return f"(outputs.argmax(1) == {right}).sum().item()"


def score_of(task: Task, samples: str) -> str:
    """The expression for the score from `sums` over `samples` samples."""
    if task.score is Score.ACCURACY:
        return f"sums / {samples}"
    name = _SCORES[task.score][1].rpartition(".")[2]
    if task.score is not Score.R2:
        return f"{name}(sums.tolist())"
    return f"{name}(sums.tolist(), {samples}{f' * {task.positions}' if task.positions > 1 else ''})"


def evaluation(experiment: Experiment) -> str:
    """The evaluation function: loss and score of all samples, in evaluation mode."""
    data, task = experiment.data, experiment.data.task
    most = max(data.test_count, data.validation_count)
    large = most * max(prod(data.sample_shape), prod(task.output)) > _AT_ONCE or data.from_disk
    body = _in_chunks(experiment) if large else _at_once(experiment)
    lines = ["@torch.no_grad()", "def evaluate(model, inputs, targets):"]
    return "\n".join([*lines, f'    """Mean loss and {task.score.word}, in evaluation mode."""', *body])


def _at_once(experiment: Experiment) -> Iterator[str]:
    yield "    outputs = model.eval()(inputs)"
    yield from _trains_on(experiment)
    yield f"    sums = {sums_of(experiment, 'targets')}"
    loss, score = loss_of(experiment, "outputs", "targets"), score_of(experiment.data.task, "len(targets)")
    yield f"    return {loss}.item(), {score}"


def _trains_on(experiment: Experiment) -> list[str]:
    """The line that ends evaluation mode, if training continues afterwards."""
    return ["    model.train()"] if experiment.data.validation_count else []


def class_weights(experiment: Experiment, targets: str, training: bool = False) -> Call | None:
    """The class weights, on the device of `targets`: torch divides the loss of a batch by their sum.

    None without weights, and in training with probabilities as targets, where torch divides by their number.
    """
    weights = dict(beside(experiment.recipe.loss.call(), targets).kwargs).get("weight")
    return weights if isinstance(weights, Call) and not (training and _mixed(experiment)) else None


def _in_chunks(experiment: Experiment) -> Iterator[str]:
    weights = class_weights(experiment, "targets")
    weighted = weights is not None
    yield "    model.eval()"
    if weights is not None:
        yield from statement("    weights = ", weights)
    yield f"    loss, {'weight, ' if weighted else ''}sums = 0.0, {'0.0, ' if weighted else ''}0"
    yield "    for some, wanted in zip(inputs.split(1000), targets.split(1000), strict=True):"
    yield "        outputs = model(some)"
    counted = "len(wanted)"
    if weighted:
        counted = "counted"
        yield "        counted = weights[wanted].sum().item()"
        yield "        weight += counted"
    yield f"        loss += {loss_of(experiment, 'outputs', 'wanted')}.item() * {counted}"
    sums = sums_of(experiment, "wanted")
    yield f"        sums {'= sums +' if sums.startswith('torch.stack') else '+='} {sums}"
    yield from _trains_on(experiment)
    score = score_of(experiment.data.task, "len(targets)")
    yield f"    return loss / {'weight' if weighted else 'len(targets)'}, {score}"
