"""The exported program: a standalone PyTorch script that builds, trains and evaluates the same experiment."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterator
from typing import NamedTuple

from playground.spec.call import Call, Copies
from playground.spec.check.shapes import LayerShape, walk
from playground.spec.experiment import Experiment
from playground.spec.export.annotations import WIDTH
from playground.spec.export.engine_source import Copied, Import, copied, import_lines, imported_in, names_in
from playground.spec.export.evaluation import evaluation, objective, restraints, scoring
from playground.spec.export.freezing import frozen_modules
from playground.spec.export.statement import is_ours, laid_out, local, statement
from playground.spec.export.training import main
from playground.spec.layer import shape_text
from playground.spec.messages import PlaygroundError, printable
from playground.spec.recipe.augmentations import pipeline

_IMPORTS = (
    Import("", "argparse"),
    Import("", "base64"),
    Import("", "csv"),
    Import("", "gzip"),
    Import("", "io"),
    Import("", "math"),
    Import("", "numpy", "np"),
    Import("", "re"),
    Import("", "sys"),
    Import("", "time"),
    Import("", "zlib"),
    Import("collections", "Counter"),
    Import("collections", "namedtuple"),
    Import("importlib.util", "find_spec"),
    Import("itertools", "islice"),
    Import("concurrent.futures", "ThreadPoolExecutor"),
    Import("pathlib", "Path"),
    Import("statistics", "mode"),
    Import("PIL", "Image"),
    Import("PIL", "ImageOps"),
    Import("pillow_heif", "register_heif_opener"),
    Import("", "tokenizers"),
    Import("", "torch"),
    Import("safetensors.torch", "load_file"),
    Import("safetensors.torch", "save_file"),
    Import("torch", "nn"),
    Import("torch.nn", "functional", "F"),
    Import("torch.optim", "lr_scheduler"),
    Import("torch.optim.swa_utils", "AveragedModel"),
    Import("torch.optim.swa_utils", "get_ema_multi_avg_fn"),
    Import("torchvision", "datasets"),
)


def script(experiment: Experiment) -> str:
    """The experiment as a program that does not need this package, and contains only what it uses.

    Its `build_model()` names tensors as the saved network does; its `evaluate(model, inputs, targets)` returns the loss
    and the score.

    Raises:
        PlaygroundError: some layer cannot take its input; `check` reports it with a fix.
    """
    parts = sections(experiment)
    code = [
        parts.constants,
        *parts.data,
        *parts.network,
        main(experiment),
        'if __name__ == "__main__":\n    main()',
    ]
    body = "\n\n\n".join(code)
    return f"{_header(experiment)}\n\n{imports(body, parts.taken)}\n\n{body}\n"


class Sections(NamedTuple):
    """The parts of a program before its training."""

    constants: str
    data: tuple[str, ...]  # the function that loads the data, and those that it and the network use
    network: tuple[str, ...]  # the functions that build, augment, and evaluate
    taken: Copied  # what comes from the engine


def sections(experiment: Experiment) -> Sections:
    """The parts of the program of an experiment.

    Raises:
        PlaygroundError: see `script`.
    """
    rows = walk(experiment.stack, experiment.data.sample_shape)
    for row in rows:
        if row.mismatch is not None:
            raise PlaygroundError(row.mismatch.what)
    active = tuple(row for row in rows if row.active and not row.nested)
    calls = pipeline(experiment.recipe.augmentations, experiment.data.task.classes)
    made = (call for row in active for call in row.calls)
    optimizer = experiment.recipe.optimizer
    fills = (call for row in active if row.measure for _, call in row.measure.initializers)
    others = (optimizer.grouping, experiment.recipe.stopping.call())
    further = (experiment.recipe.loss.call(), optimizer.call(), *(call for call in others if call))
    used = (inner for call in (*made, *fills, *calls, *further) for inner in call.whole())
    loading = experiment.data.loading()
    ours = [call.target for call in used if is_ours(call)]
    taken = copied((*loading.copied, *ours, *scoring(experiment), *restraints(experiment)))
    network = (
        _network(experiment, active),
        *([_augment(calls)] if calls else []),
        *objective(experiment),
        evaluation(experiment),
    )
    return Sections(_constants(experiment), (loading.code, *taken.blocks), network, taken)


def _header(experiment: Experiment) -> str:
    """A docstring of fixed text, and the experiment's name as a comment, where it cannot break the code."""
    data = experiment.data
    needs = ", ".join(("torch", *data.loading().needs))
    name = textwrap.shorten(printable(experiment.name), WIDTH - 20)
    first = f'"""{data.label}: train a network and test it. Needs {needs} and safetensors."""'
    return "\n".join([first, f"# {name}{' · ' if name else ''}Made by Playground."])


def imports(body: str, taken: Copied) -> str:
    """The lines that import what some code uses."""
    used = names_in(body) - imported_in(body)
    needed = {item for item in (*_IMPORTS, *taken.imports) if item.bound in used}
    standard = [item for item in needed if (item.module or item.name).partition(".")[0] in sys.stdlib_module_names]
    others = [item for item in needed if item not in standard]
    return "\n".join([*import_lines(standard), "", *import_lines(others)])


def _constants(experiment: Experiment) -> str:
    recipe = experiment.recipe
    return f"SEED = {experiment.seed}\nEPOCHS = {recipe.epochs}\nBATCH_SIZE = {recipe.batch_size}"


def _network(experiment: Experiment, rows: tuple[LayerShape, ...], filled: bool = True) -> str:
    shape = shape_text(experiment.data.sample_shape)
    lines = [
        "def build_model():",
        f'    """The network; comments give the output shapes for an input of {shape}."""',
    ]
    layers: list[tuple[str, Call]] = []  # each with its output shape
    fills: dict[Call, list[str]] = {}  # names of the tensors that each call fills
    for row in rows:
        assert row.measure is not None
        for name, call in row.measure.initializers if filled else ():
            fills.setdefault(local(call), []).append(f"model{_subscripts(f'{len(layers)}.{name}')}")
        layers += [(shape_text(row.measure.output), local(call)) for call in row.calls]
    body = [line for some in _runs(layers) for line in some]
    frozen = frozen_modules(rows) if filled else ()
    if not (fills or frozen):
        return "\n".join([*lines, "    return nn.Sequential(", *body, "    )"])
    lines += ["    model = nn.Sequential(", *body, "    )"]
    filling = (line for call, names in fills.items() for line in _fill(call, names))
    return "\n".join([*lines, *filling, *_freeze(frozen), "    return model"])


def _freeze(modules: tuple[str, ...]) -> Iterator[str]:
    """The lines that freeze modules, given their dotted names, in a loop if there are several."""
    if len(modules) == 1:
        yield f"    model{_subscripts(modules[0])}.requires_grad_(False)  # frozen"
    elif modules:
        yield from _loop("layer", [f"model{_subscripts(name)}" for name in modules])
        yield "        layer.requires_grad_(False)"


def _fill(call: Call, names: list[str]) -> list[str]:
    """The lines that fill tensors, in a loop if there are several."""
    if len(names) < 3:
        return [line for name in names for line in statement("    ", call, name)]
    return [*_loop("weight", names), *statement("        ", call, "weight")]


def _loop(variable: str, values: list[str]) -> list[str]:
    """The heading of a loop over values, which are in a list of their own if the line would be too long."""
    whole = f"    for {variable} in ({', '.join(values)}):"
    if len(whole) <= WIDTH:
        return [whole]
    return [
        f"    {variable}s = [",
        *(f"        {value}," for value in values),
        "    ]",
        f"    for {variable} in {variable}s:",
    ]


def _runs(layers: list[tuple[str, Call]]) -> Iterator[list[str]]:
    """The lines of each layer; repeated layers become `*[… for _ in range(n)]`."""
    at = 0
    while at < len(layers):
        length, times = _repeated(layers, at)
        if times * length < 3 or times == 1:
            shape, call = layers[at]
            yield _layer(call, shape)
            at += 1
            continue
        yield _several(layers[at : at + length], times)
        at += length * times


def _repeated(layers: list[tuple[str, Call]], at: int) -> tuple[int, int]:
    """Length of the group of layers that is repeated from `at`, and the number of times it occurs."""
    best = (1, 1)
    for length in range(1, (len(layers) - at) // 2 + 1):
        group, times = layers[at : at + length], 1
        while layers[at + length * times : at + length * (times + 1)] == group:
            times += 1
        if times > 1 and length * times > best[0] * best[1]:
            best = (length, times)
    return best


def _several(layers: list[tuple[str, Call]], times: int) -> list[str]:
    if len(layers) == 1:
        shape, call = layers[0]
        return _layer(Copies(call, times), shape)
    inside = [line for shape, call in layers for line in _layer(call, shape, " " * 16)]
    heading = ["        *(", "            layer", f"            for _ in range({times})", "            for layer in ("]
    return [*heading, *inside, "            )", "        ),"]


def _layer(call: Call | Copies, shape: str, indent: str = " " * 8) -> list[str]:
    """One layer with its output shape."""
    lines, comment = laid_out(indent, call, ","), f"# {shape}"
    if len(lines) == 1 and len(lines[0]) + 2 + len(comment) <= WIDTH:
        return [f"{lines[0]}  {comment}"]
    return [f"{indent}{comment}", *lines]


def _subscripts(name: str) -> str:
    """A tensor's dotted name as code: `[3].body[0].weight`."""
    return "".join(f"[{step}]" if step.isdecimal() else f".{step}" for step in name.split("."))


def network_code(experiment: Experiment, name: str) -> str:
    """A function `name` that builds the network of an experiment, without initialising or freezing weights.

    All layers must fit.
    """
    rows = walk(experiment.stack, experiment.data.sample_shape)
    lines = _network(experiment, tuple(row for row in rows if row.active and not row.nested), filled=False)
    return lines.replace("def build_model()", f"def {name}()", 1)


def _augment(calls: tuple[Call, ...]) -> str:
    lines = ["def augment(images, labels, generator):", '    """Training images, changed at random."""']
    for call in calls:
        lines += statement("    images, labels = ", local(call), "images", "labels", "generator")
    return "\n".join([*lines, "    return images, labels"])
