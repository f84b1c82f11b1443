"""The exported program: a standalone PyTorch script that builds, trains and evaluates the same experiment."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator

from playground.spec.augmentations import pipeline
from playground.spec.call import Call
from playground.spec.container import Container
from playground.spec.experiment import Experiment
from playground.spec.layer import shape_text
from playground.spec.recipe import EarlyStopping
from playground.spec.script_source import Copied, Import, copied, import_lines, names_in
from playground.spec.script_statement import WIDTH, beside, is_ours, laid_out, local, statement
from playground.spec.shapes import Row, walk
from playground.spec.task import Score, Task
from playground.spec.words import PlaygroundError

_IMPORTS = (
    Import("", "argparse"),
    Import("", "copy"),
    Import("", "csv"),
    Import("", "io"),
    Import("", "math"),
    Import("", "numpy", "np"),
    Import("pathlib", "Path"),
    Import("PIL", "Image"),
    Import("PIL", "ImageOps"),
    Import("", "torch"),
    Import("safetensors.torch", "load_file"),
    Import("torch", "nn"),
    Import("torch.nn", "functional", "F"),
    Import("torch.optim", "lr_scheduler"),
    Import("torch.optim.swa_utils", "AveragedModel"),
    Import("torch.optim.swa_utils", "get_ema_multi_avg_fn"),
    Import("torchvision", "datasets"),
)


def script(experiment: Experiment) -> str:
    """The experiment as a program that does without this package, and holds nothing it does not use.

    Its `build_model()` names tensors as the saved network does, and its `loss_function(model, inputs, targets)` is
    what training makes small: the data part and the penalty.

    Raises:
        PlaygroundError: some layer cannot take its input; `check` says so with a fix.
    """
    rows = walk(experiment.stack, experiment.data.sample_shape)
    for row in rows:
        if row.mismatch is not None:
            raise PlaygroundError(row.mismatch.what)
    active = tuple(row for row in rows if row.active and not row.nested)
    calls = pipeline(experiment.recipe.augmentations, experiment.data.task.classes)
    made = (call for row in active for call in row.calls)
    optimizer = experiment.recipe.optimizer
    fills = (call for row in active if row.measure for _, call in row.measure.fills)
    further = (experiment.recipe.loss.call(), *([optimizer.grouping] if optimizer.grouping else []), optimizer.call())
    used = (inner for call in (*made, *fills, *calls, *further) for inner in call.whole())
    loading = experiment.data.loading()
    ours = [call.target for call in used if is_ours(call)]
    taken = copied((*loading.copied, *ours, *_scoring(experiment.data.task)))
    sections = [
        _constants(experiment),
        loading.code,
        *taken.blocks,
        _network(experiment, active),
        *([_augment(calls)] if calls else []),
        *_objective(experiment),
        _evaluation(experiment),
        _main(experiment),
        'if __name__ == "__main__":\n    main()',
    ]
    body = "\n\n\n".join(sections)
    return f"{_header(experiment)}\n\n{_imports(body, taken)}\n\n{body}\n"


def _header(experiment: Experiment) -> str:
    """A docstring of our own words, and the person's words as comments, where they can break nothing."""
    data = experiment.data
    needs = " and ".join(("torch", *data.loading().needs))
    lines = [
        f'"""Trains a network on {data.label} and tests it. Needs {needs}.',
        "",
        "Made by Playground.",
    ]
    lines.append('"""')
    for paragraph in (experiment.name, *experiment.about.splitlines()):
        printable = "".join(letter if letter.isprintable() else " " for letter in paragraph)
        lines += [f"# {line}".rstrip() for line in textwrap.wrap(printable, 98) or [""]]
    return "\n".join(lines)


def _imports(body: str, taken: Copied) -> str:
    used = names_in(body)
    needed = {item for item in (*_IMPORTS, *taken.imports) if item.bound in used}
    standard = [item for item in needed if (item.module or item.name).partition(".")[0] in sys.stdlib_module_names]
    others = [item for item in needed if item not in standard]
    return "\n".join([*import_lines(standard), "", *import_lines(others)])


def _constants(experiment: Experiment) -> str:
    recipe = experiment.recipe
    return f"SEED = {experiment.seed}\nEPOCHS = {recipe.epochs}\nBATCH_SIZE = {recipe.batch_size}"


def _network(experiment: Experiment, rows: tuple[Row, ...]) -> str:
    shape = shape_text(experiment.data.sample_shape)
    lines = [
        "def build_model():",
        f'    """The network; behind each layer the shape that comes out of it when {shape} goes in."""',
    ]
    layers: list[str] = []
    fills: list[str] = []
    index = 0
    for row in rows:
        assert row.measure is not None
        for name, call in row.measure.fills:
            fills += statement("    ", local(call), f"model{_subscripts(f'{index}.{name}')}")
        for call in row.calls:
            layers += _layer(local(call), shape_text(row.measure.output))
            index += 1
    if not fills:
        return "\n".join([*lines, "    return nn.Sequential(", *layers, "    )"])
    return "\n".join([*lines, "    model = nn.Sequential(", *layers, "    )", *fills, "    return model"])


def _layer(call: Call, shape: str) -> list[str]:
    """One layer with the shape that comes out of it."""
    lines, comment = laid_out("        ", call, ","), f"# {shape}"
    if len(lines) == 1 and len(lines[0]) + 2 + len(comment) <= WIDTH:
        return [f"{lines[0]}  {comment}"]
    return [f"        {comment}", *lines]


def _subscripts(name: str) -> str:
    """The dotted name of a tensor as code: `[3].body[0].weight`."""
    return "".join(f"[{step}]" if step.isdecimal() else f".{step}" for step in name.split("."))


def network_code(experiment: Experiment, name: str) -> str:
    """A function of that name that builds the network of an experiment, whose layers all fit; no weights are filled."""
    rows = walk(experiment.stack, experiment.data.sample_shape)
    lines = _network(experiment, tuple(row for row in rows if row.active and not row.nested))
    return lines.replace("def build_model()", f"def {name}()", 1)


def _augment(calls: tuple[Call, ...]) -> str:
    lines = ["def augment(images, labels, generator):", '    """Training images, changed at random."""']
    for call in calls:
        lines += statement("    images, labels = ", local(call), "images", "labels", "generator")
    return "\n".join([*lines, "    return images, labels"])


def _objective(experiment: Experiment) -> Iterator[str]:
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


def _scoring(task: Task) -> tuple[str, ...]:
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


def _evaluation(experiment: Experiment) -> str:
    task = experiment.data.task
    sums, score = _SCORES[task.score]
    said = "outputs.argmax(1)" if task.places == 1 else "by_place(outputs).argmax(-1)"
    true = "some_targets" if len(task.output) < 3 else "some_targets.flatten(1)"
    wanted = sums.format(said=said, true=true)
    if task.classes is None and experiment.recipe.loss.link == "sigmoid":
        wanted = wanted.replace("(outputs,", "(outputs.sigmoid(),")
    count = "" if task.score is not Score.ACCURACY or task.places == 1 else f" / {task.places}"
    return "\n".join(
        [
            "@torch.no_grad()",
            "def evaluate(model, inputs, targets):",
            f'    """Mean loss, and {_SCORE_HELP[task.score]}."""',
            "    model.eval()",
            "    loss, sums = 0.0, 0.0",
            "    for some_inputs, some_targets in zip(inputs.split(1000), targets.split(1000), strict=True):",
            "        outputs = model(some_inputs)",
            "        loss += data_loss(outputs, some_targets).item() * len(some_targets)",
            f"        sums = sums + {wanted}",
            "    model.train()",
            f"    return loss / len(targets), {score}{count}",
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


def _main(experiment: Experiment) -> str:
    held_out = experiment.data.validation_count > 0
    score = experiment.data.task.score.word
    parts = ["(train_inputs, train_targets)", *(["validation"] if held_out else []), "test"]
    chosen = experiment.recipe.device
    device = '"cuda" if torch.cuda.is_available() else "cpu"' if chosen == "auto" else f'"{chosen}"'
    lines = [
        "parser = argparse.ArgumentParser(description=__doc__)",
        *statement("", _data_option(experiment)),
        f'parser.add_argument("--device", default={device})',
        "arguments = parser.parse_args()",
        "device = torch.device(arguments.device)",
        "torch.manual_seed(SEED)",
        f"{', '.join(parts)} = load_data(arguments.data, device)",
        "model = build_model().to(device)",
        *_setup(experiment),
        "for epoch in range(1, EPOCHS + 1):",
        *(f"    {line}" for line in _epoch(experiment)),
        *_ending(experiment),
        f"test_loss, test_score = evaluate({_judged(experiment)}, *test)",
        f'print(f"test: loss {{test_loss:.4f}}, {score} {{test_score:.2%}}")',
    ]
    return "\n".join(["def main():", *(f"    {line}" for line in lines)])


def _judged(experiment: Experiment) -> str:
    """The name of the network that is tested: the one that is trained, or its average."""
    return "averaged" if experiment.recipe.averaging.call() else "model"


def _data_option(experiment: Experiment) -> Call:
    words = (("default", "data"), ("help", experiment.data.loading().place))
    return Call("parser.add_argument", ("--data",), words)


def _setup(experiment: Experiment) -> Iterator[str]:
    recipe = experiment.recipe
    averaging = recipe.averaging.call()
    if averaging:
        yield from statement("averaged = ", averaging, "model")
    grouping = recipe.optimizer.grouping
    parameters = f"{grouping.name}(model)" if grouping else "model.parameters()"
    yield from statement("optimizer = ", local(recipe.optimizer.call()), parameters)
    yield from _scheduler(experiment)
    if recipe.augmentations:
        yield "generator = torch.Generator(device).manual_seed(SEED)"
    if isinstance(recipe.stopping, EarlyStopping):
        yield "best_loss, waited = math.inf, 0"
        if recipe.stopping.restore_best:
            yield f"best_weights = copy.deepcopy({_judged(experiment)}.state_dict())"


def _scheduler(experiment: Experiment) -> Iterator[str]:
    """The schedule, or a warm-up and then the schedule."""
    per_epoch = experiment.recipe.steps_per_epoch(experiment.data.train_count)
    calls = _schedules(experiment)
    if calls:
        yield f"# The schedule counts batches: {per_epoch:,} an epoch."
    if len(calls) == 1:
        yield from statement("scheduler = ", calls[0], "optimizer")
    elif calls:
        for name, call in zip(("warm_up", "schedule"), calls, strict=True):
            yield from statement(f"{name} = ", call, "optimizer")
        milestones = [experiment.recipe.schedule.warmup_steps(per_epoch)]
        both = Call("torch.optim.lr_scheduler.SequentialLR", (), (("milestones", milestones),))
        yield from statement("scheduler = ", both, "optimizer", "[warm_up, schedule]")
    reaction = experiment.recipe.schedule.reaction()
    if reaction:
        yield from statement("plateau = ", reaction, "optimizer")


def _schedules(experiment: Experiment) -> tuple[Call, ...]:
    recipe = experiment.recipe
    per_epoch = recipe.steps_per_epoch(experiment.data.train_count)
    return recipe.schedule.calls(recipe.optimizer.lr, recipe.epochs * per_epoch, per_epoch)


def _epoch(experiment: Experiment) -> Iterator[str]:
    recipe = experiment.recipe
    yield "total = 0.0"
    yield "for chosen in torch.randperm(len(train_targets), device=device).split(BATCH_SIZE):"
    step = ["inputs, targets = train_inputs[chosen], train_targets[chosen]"]
    if recipe.augmentations:
        step.append("inputs, targets = augment(inputs, targets, generator)")
    step += ["loss = loss_function(model, inputs, targets)", "optimizer.zero_grad()", "loss.backward()"]
    if recipe.clip_norm:
        step.append(f"nn.utils.clip_grad_norm_(model.parameters(), {recipe.clip_norm!r})")
    if recipe.regularizer.decay:
        step.append('decay(model, optimizer.param_groups[0]["lr"])')
    step.append("optimizer.step()")
    if recipe.regularizer.largest_norm:
        step.append("confine(model)")
    if recipe.averaging.call():
        step.append("averaged.update_parameters(model)")
    if _schedules(experiment):
        step.append("scheduler.step()")
    step.append("total += loss.item() * len(targets)")
    yield from (f"    {line}" for line in step)
    yield 'print(f"epoch {epoch}: train loss {total / len(train_targets):.4f}", flush=True)'
    if experiment.data.validation_count:
        yield f"validation_loss, validation_score = evaluate({_judged(experiment)}, *validation)"
        score = experiment.data.task.score.word
        yield f'print(f"  validation: loss {{validation_loss:.4f}}, {score} {{validation_score:.2%}}", flush=True)'
    if recipe.schedule.reaction():
        watched = "validation_loss" if experiment.data.validation_count else "total / len(train_targets)"
        yield f"plateau.step({watched})"
    yield from _stopping(experiment)


def _stopping(experiment: Experiment) -> Iterator[str]:
    stopping = experiment.recipe.stopping
    if not isinstance(stopping, EarlyStopping):
        return
    yield "waited += 1"
    yield "if validation_loss < best_loss:"
    yield "    best_loss, waited = validation_loss, 0"
    if stopping.restore_best:
        yield f"    best_weights = copy.deepcopy({_judged(experiment)}.state_dict())"
    yield f"if waited == {stopping.patience}:"
    yield "    break"


def _ending(experiment: Experiment) -> Iterator[str]:
    stopping = experiment.recipe.stopping
    if isinstance(stopping, EarlyStopping) and stopping.restore_best:
        yield f"{_judged(experiment)}.load_state_dict(best_weights)"
