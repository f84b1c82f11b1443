"""The exported program: a standalone PyTorch script that builds, trains and evaluates the same experiment."""

from __future__ import annotations

import sys
import textwrap

from playground.spec.augmentations import pipeline
from playground.spec.call import Call
from playground.spec.experiment import Experiment
from playground.spec.layer import shape_text
from playground.spec.script_loss import evaluation, objective, scoring
from playground.spec.script_source import Copied, Import, copied, import_lines, names_in
from playground.spec.script_statement import WIDTH, is_ours, laid_out, local, statement
from playground.spec.script_training import main
from playground.spec.shapes import Row, walk
from playground.spec.words import PlaygroundError, printable

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
    taken = copied((*loading.copied, *ours, *scoring(experiment.data.task)))
    sections = [
        _constants(experiment),
        loading.code,
        *taken.blocks,
        _network(experiment, active),
        *([_augment(calls)] if calls else []),
        *objective(experiment),
        evaluation(experiment),
        main(experiment),
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
        lines += [f"# {line}".rstrip() for line in textwrap.wrap(printable(paragraph), 98) or [""]]
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


def _network(experiment: Experiment, rows: tuple[Row, ...], filled: bool = True) -> str:
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
        for name, call in row.measure.fills if filled else ():
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
    lines = _network(experiment, tuple(row for row in rows if row.active and not row.nested), filled=False)
    return lines.replace("def build_model()", f"def {name}()", 1)


def _augment(calls: tuple[Call, ...]) -> str:
    lines = ["def augment(images, labels, generator):", '    """Training images, changed at random."""']
    for call in calls:
        lines += statement("    images, labels = ", local(call), "images", "labels", "generator")
    return "\n".join([*lines, "    return images, labels"])
