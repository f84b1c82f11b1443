"""The part of an exported program that says how good outputs are: loss, penalty, and the score of an evaluation."""

from __future__ import annotations

from collections.abc import Iterator

from playground.spec.call import Call
from playground.spec.container import Container
from playground.spec.experiment import Experiment
from playground.spec.script_statement import beside, local, statement
from playground.spec.shapes import walk
from playground.spec.task import Score, Task


def objective(experiment: Experiment) -> Iterator[str]:
    lines = ["def data_loss(outputs, targets):", '    """The mean loss of a batch."""', *_aligned(experiment)]
    yield "\n".join(
        [
            *lines,
            *statement("    return ", beside(local(experiment.recipe.loss.call()), "outputs"), "outputs", "targets"),
        ]
    )
    terms = _penalty_terms(experiment)
    if terms:
        yield "\n".join(
            [
                "def penalty(model):",
                '    """What weight matrices and filters cost; biases and the scales of norms are free."""',
                *_penalised(experiment),
                *(f"    {name} = sum({summand} for weight in weights)" for name, summand, _ in terms),
                f"    return {' + '.join(f'{strength} * {name}' for name, _, strength in terms)}",
            ]
        )
    yield from _restraint(experiment)
    adds = _adds(experiment)
    if adds:
        yield "\n".join(
            [
                "def extra_loss(model):",
                '    """What layers add to the loss themselves, after a pass in training."""',
                '    found = (getattr(module, "extra_loss", None) for module in model.modules())',
                "    return sum(extra for extra in found if extra is not None)",
            ]
        )
    more = f"{' + extra_loss(model)' if adds else ''}{' + penalty(model)' if terms else ''}"
    yield "\n".join(
        [
            "def loss_function(model, inputs, targets):",
            '    """What training makes small."""',
            f"    return data_loss(model(inputs), targets){more}",
        ]
    )


def _adds(experiment: Experiment) -> bool:
    """Whether layers add something to the loss."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    return any(row.active and row.layer.has_extra_loss for row in rows)


def _aligned(experiment: Experiment) -> Iterator[str]:
    """The lines that bring outputs and targets into the form that the loss wants, see `engine.objective`."""
    task, loss = experiment.data.task, experiment.recipe.loss
    if task.classes is None:
        return
    if task.places > 1:
        yield "    outputs = by_place(outputs)"
    if loss.target == "one_hot":
        labels = "targets" if task.places == 1 else "targets.flatten(1)"
        line = f"    targets = F.one_hot({labels}, {task.classes}).to(outputs.dtype)"
        mixed = any(augmentation.mixes for augmentation in experiment.recipe.augmentations)
        mixed = mixed or experiment.data.taught == "soft"
        yield from ["    if not targets.is_floating_point():", f"    {line}"] if mixed else [line]
    elif task.places > 1:
        yield "    outputs, targets = outputs.flatten(0, 1), targets.flatten()"


def scoring(task: Task) -> tuple[str, ...]:
    """The functions of ours that the evaluation, or the loss, of a script uses."""
    ours = "playground.engine.scores."
    if task.score is Score.R2:
        return (ours + "squares",)
    if task.score is Score.IOU:
        return (ours + "intersection_over_union",)
    if task.score is Score.F1:
        return (ours + "agreement",)
    return (ours + "by_place",) if task.places > 1 else ()


def _restraint(experiment: Experiment) -> Iterator[str]:
    """What changes the weights before or after a step."""
    regularizer = experiment.recipe.regularizer
    if regularizer.decay:
        words = '    """Takes a share off weight matrices and filters; biases and the scales of norms are free."""'
        change = f"        weight.mul_(1 - rate * {regularizer.decay!r})"
        heading = "def decay(model, rate):"
    elif regularizer.largest_norm:
        words = '    """Scales back rows of weight matrices, and filters, that are longer than this."""'
        change = f"        weight.renorm_(2, 0, {regularizer.largest_norm!r})"
        heading = "def confine(model):"
    else:
        return
    yield "\n".join(["@torch.no_grad()", heading, words, *_penalised(experiment), "    for weight in weights:", change])


def _penalised(experiment: Experiment) -> list[str]:
    """The lines that gather what the penalty counts: of several dimensions, unless a norm's scale or a position."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    alone = [row for row in rows if not isinstance(row.layer, Container)]
    norms = {local(row.calls[0]).short_target for row in alone if any(tensor.scale for tensor in row.tensors)}
    if not norms:
        return ["    weights = [parameter for parameter in model.parameters() if parameter.ndim > 1]"]
    return [
        "    weights = [",
        "        parameter",
        "        for module in model.modules()",
        f"        if not isinstance(module, {' | '.join(sorted(norms))})",
        "        for parameter in module.parameters(recurse=False)",
        "        if parameter.ndim > 1",
        "    ]",
    ]


def _penalty_terms(experiment: Experiment) -> list[tuple[str, str, str]]:
    """Name, summand and strength of each sum over all weights that costs anything."""
    l1, l2 = experiment.recipe.regularizer.strengths
    sizes = [("sizes", "weight.abs().sum()", f"{l1!r}")] if l1 else []
    return sizes + ([("squares", "weight.square().sum()", f"{l2!r} / 2")] if l2 else [])


def evaluation(experiment: Experiment) -> str:
    task = experiment.data.task
    sums, score = _SCORES[task.score]
    said = "outputs.argmax(1)" if task.places == 1 else "by_place(outputs).argmax(-1)"
    true = "some_targets" if len(task.output) < 3 else "some_targets.flatten(1)"
    wanted = sums.format(said=said, true=true)
    if task.classes is None and experiment.recipe.loss.link == "sigmoid":
        wanted = wanted.replace("(outputs,", "(outputs.sigmoid(),")
    count = "" if task.score is not Score.ACCURACY or task.places == 1 else f" / {task.places}"
    weights = dict(beside(experiment.recipe.loss.call(), "targets").kwargs).get("weight")
    if isinstance(weights, Call):  # by which a batch's sum was divided
        printed = statement("    weights = ", weights)
        begun, counted, total = "loss, weight, sums = 0.0, 0.0, 0.0", "counted", "weight"
        counting = ["        counted = weights[some_targets].sum().item()"]
        adding = ["        weight += counted"]
    else:
        printed, counting, adding = [], [], []
        begun, counted, total = "loss, sums = 0.0, 0.0", "len(some_targets)", "len(targets)"
    return "\n".join(
        [
            "@torch.no_grad()",
            "def evaluate(model, inputs, targets):",
            f'    """Mean loss, and {_SCORE_HELP[task.score]}."""',
            "    model.eval()",
            *printed,
            f"    {begun}",
            "    for some_inputs, some_targets in zip(inputs.split(1000), targets.split(1000), strict=True):",
            "        outputs = model(some_inputs)",
            *counting,
            f"        loss += data_loss(outputs, some_targets).item() * {counted}",
            *adding,
            f"        sums = sums + {wanted}",
            "    model.train()",
            f"    return loss / {total}, {score}{count}",
        ]
    )


# For each score, what is added up over batches, and what the sums amount to.
_SCORES = {
    Score.ACCURACY: ("({said} == {true}).sum().item()", "sums / len(targets)"),
    Score.IOU: ("torch.stack(intersection_over_union(outputs, some_targets))", "(sums[0] / sums[1]).item()"),
    Score.F1: ("torch.stack(agreement(outputs, some_targets))", "(2 * sums[0] / sums[1]).item()"),
    Score.R2: (
        "torch.stack(squares(outputs, some_targets))",
        "(1 - sums[0] / (sums[2] - sums[1] ** 2 / targets.numel())).item()",
    ),
}


_SCORE_HELP = {
    Score.ACCURACY: "how often the right class is found",
    Score.IOU: "intersection over union of what is no background",
    Score.F1: "F1 of all classes but the first, which means nothing",
    Score.R2: "share of the variance that is explained",
}
