"""The model card of a trained network, as Markdown: data, training, figures, size, speed and limits."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from playground.engine.data.in_memory import Data
from playground.engine.evaluation.answers import all_answers
from playground.engine.evaluation.class_labels import class_labels
from playground.engine.evaluation.data_part import Part, part_of
from playground.engine.evaluation.report import report
from playground.engine.export.exported import Exported
from playground.engine.export.inputs import data_here, random_inputs
from playground.engine.fitness.fitness import fitness
from playground.engine.fitness.item import Status
from playground.engine.fitness.operation import BATCHES, operation_items
from playground.engine.provenance import HOW_LABELS, Point, spread
from playground.engine.runs.stored_curve import stored_curve
from playground.engine.weights import Trained
from playground.spec.experiment import Experiment
from playground.spec.experiment_settings import settings
from playground.spec.layer import described
from playground.spec.messages import message, printable, tr_noop
from playground.spec.number_text import (
    amount_text,
    loss_text,
    percent_text,
    seconds_text,
    setting_text,
)

MOST = 10_000  # samples that the figures are of
_HOLDS = {Status.GREEN: "yes", Status.RED: "no", Status.MEASURED: "no bar", Status.NOT_APPLICABLE: "–"}
_MOST_CLASSES = 100  # rows of the table of classes
_MOST_POINTS = 30  # rows of the curves


def export_card(trained: Trained) -> Exported:
    """The card as the bytes of a Markdown file; figures are measured anew where the data are on this machine."""
    data = data_here(trained.experiment)
    text = "\n\n".join(_sections(trained, data)) + "\n"
    words = tr_noop("The figures are those of the file, because its data are not on this machine.")
    return Exported(text.encode(), None, () if data is not None else (message(words),))


def _sections(trained: Trained, data: Data | None) -> Iterator[str]:
    experiment = trained.experiment
    yield f"# {_cell(experiment.name) or 'Network'}"
    yield f"A network for {_cell(str(experiment.data.title))}, trained with Playground."
    yield _section("Data", _data(experiment))
    if trained.provenance:
        yield _section("Where it began", _provenance(trained))
    yield _section("Training", _training(trained))
    if curve := _curve(trained):
        yield _section("Curves", curve)
    yield from _figures(trained, data)
    yield _section("Fitness", _fitness(trained, data))
    yield _section("Limits", _limits(trained, data))
    yield _section("How to verify", _how())


def _section(title: str, lines: Sequence[str]) -> str:
    return "\n".join([f"## {title}", "", *lines])


def _data(experiment: Experiment) -> list[str]:
    data = experiment.data
    classes = data.task.classes
    asked = f"one of {classes:,} classes" if classes else "numbers"
    places = f" at each of {data.task.positions:,} positions" if data.task.positions > 1 else ""
    return [
        f"- Input: {described(data.sample_shape)}",
        f"- Answer: {asked}{places}",
        f"- Split: {data.train_count:,} training, {data.validation_count:,} validation and {data.test_count:,} test "
        f"{data.samples}",
        *([f"- Changed by hand: {data.changed}"] if data.changed else []),
        f"- Licence of the data: {data.licence_stated or 'not stated'}",
    ]


def _training(trained: Trained) -> list[str]:
    experiment, figures = trained.experiment, trained.figures
    lines = [f"- {_cell(str(item.label))}: {_cell(str(item.value))}" for item in settings(experiment)]
    if figures.epochs:
        epochs = f"{figures.epochs:,} epoch{'s' * (figures.epochs != 1)}"
        lines.append(f"- Trained for {epochs}, {figures.step:,} steps, {seconds_text(figures.seconds)}")
    if trained.figures.best_epoch is not None:
        lines.append(f"- Weights of the best epoch: {trained.figures.best_epoch:,}")
    versions = ", ".join(f"{_cell(name)} {_cell(version)}" for name, version in trained.versions.items())
    return [*lines, f"- Versions: {versions or 'unknown'}", *_learned(trained)]


def _provenance(trained: Trained) -> list[str]:
    """The networks that it was made from, the first one first, and what was done to each; none of their figures."""
    lines = ["It was made from another network. The figures below are its own, not those of the network before."]
    for number, item in enumerate(trained.provenance, 1):
        run = "" if item.run is None or item.run == item.source else f", of run {_cell(item.run)}"
        lines += ["", f"{number}. {HOW_LABELS[item.how]}: {_cell(item.source)}{run}"]
        lines += [f"   - {_cell(name)}: {_cell(value)}" for name, value in item.settings]
    return lines


def _curve(trained: Trained) -> list[str]:
    """The epochs of the last training, as far as they are known; of many, some that are spread evenly."""
    last = trained.provenance[-1] if trained.provenance else None
    points: Sequence[Point] = last.curve if last is not None else ()
    head = "Of the training that was part of the last step above:"
    if not points and trained.run is not None and (last is None or last.how in ("begun", "continued")):
        points, head = stored_curve(trained.run, trained.figures.step), f"Of run {_cell(trained.run)}:"
    if not points:
        return []
    score = trained.experiment.data.task.score.value
    rows = [
        f"| {point.epoch:,} | {loss_text(point.train_loss)} | {percent_text(point.train_score)} | "
        f"{loss_text(point.validation_loss)} | {percent_text(point.validation_score)} |"
        for point in spread(points, _MOST_POINTS)
    ]
    columns = f"| Epoch | Training loss | Training {score} | Validation loss | Validation {score} |"
    return [head, "", columns, f"|{' ---: |' * 5}", *rows]


def _learned(trained: Trained) -> list[str]:
    """How the losses and scores of the parts ended, as the file says; nothing where it says nothing."""
    known, score = trained.figures, trained.experiment.data.task.score
    parts = {
        "training": (known.train_loss, known.train_score),
        "validation": (known.validation_loss, known.validation_score),
        "test": (known.test_loss, known.test_score),
    }
    rows = [
        f"| {name} | {loss_text(loss)} | {percent_text(value)} |"
        for name, (loss, value) in parts.items()
        if loss is not None or value is not None
    ]
    if not rows:
        return []
    made = trained.provenance[-1].how if trained.provenance else "continued"
    when = "At the end of the training:" if made in ("continued", "begun", "distilled") else f"After it was {made}:"
    return ["", when, "", f"| Part | Loss | {score.value} |", "| --- | ---: | ---: |", *rows]


def _figures(trained: Trained, data: Data | None) -> Iterator[str]:
    """The figures on the test samples as measured now, or else those in the file."""
    experiment, score = trained.experiment, trained.experiment.data.task.score
    if data is None or not len(data.test):
        known = trained.figures
        if known.test_loss is None:
            yield _section("Figures", ["Not measured: the file has no test figures, and the data are not here."])
            return
        lines = [f"- Test loss: {loss_text(known.test_loss)}", f"- Test {score.word}: {percent_text(known.test_score)}"]
        yield _section("Figures", ["As the file says, from the end of the training:", "", *lines])
        return
    part = part_of(data, experiment.data, Part.TEST, MOST)
    answers = all_answers(trained.network, experiment, part.samples, origin=data.origin, unit=data.unit)
    names = tuple(map(str, class_labels(experiment.data)))
    found = report(answers, experiment.data.task, names)
    head = [f"Measured on {part.words}.", ""]
    lines = [f"- Loss: {loss_text(found['loss'])}", f"- {score.value}: {percent_text(found['score'])}"]
    for key, value in (found.get("regression") or {}).items():
        lines.append(f"- {key}, in the unit of the target: {amount_text(value)}")
    yield _section("Figures", [*head, *lines])
    if found["per_class"] and len(found["per_class"]) <= _MOST_CLASSES:
        yield _section("Classes", _class_table(found["per_class"]))
    if found["calibration"]:
        yield _section("Calibration", _calibration(found["calibration"]))


def _class_table(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    keys = ("precision", "recall", "f1")
    lines = ["| Class | Precision | Recall | F1 | Samples |", "| --- | ---: | ---: | ---: | ---: |"]
    for row in rows:
        shares = (percent_text(row[key]) for key in keys)
        lines.append(f"| {_cell(row['class'])} | {' | '.join(shares)} | {row['support']:,} |")
    return lines


def _calibration(found: Mapping[str, Any]) -> list[str]:
    lines = [f"Expected calibration error: {percent_text(found['ece'])} ({found['definition']})", ""]
    lines += ["| Confidence | Answers | Mean confidence | Right |", "| --- | ---: | ---: | ---: |"]
    for item in found["bins"]:
        if item["count"]:
            span = f"{percent_text(item['from'], 0)} to {percent_text(item['to'], 0)}"
            shares = f"{percent_text(item['confidence'])} | {percent_text(item['accuracy'])}"
            lines.append(f"| {span} | {item['count']:,} | {shares} |")
    return lines


def _fitness(trained: Trained, data: Data | None) -> list[str]:
    """The items of `playground fitness`; without data those that need none."""
    if data is None or not (len(data.test) or len(data.validation)):
        items = operation_items(trained, random_inputs(trained.experiment, max(BATCHES)))
        head = "Without its data only this can be measured:"
    else:
        found = fitness(trained, data)
        items = found.items
        head = "Every bar is met." if found.fit else "Not every bar is met."
    rows = ["| Item | Holds | Measured | Fix |", "| --- | --- | --- | --- |"]
    for item in items:
        fix = "" if item.fix is None else _cell(str(item.fix))
        rows.append(f"| {item.label} | {_HOLDS[item.status]} | {_cell(str(item.reason))} | {fix} |")
    return [head, "", *rows]


def _limits(trained: Trained, data: Data | None) -> list[str]:
    lines = [
        "- It knows what its training data show, and answers for anything else as well: a picture of another kind, or "
        "a value far outside, gets an answer that means nothing.",
    ]
    if trained.experiment.data.task.classes:
        lines.append("- A confidence is no guarantee: see Calibration.")
    if trained.experiment.can_refuse and (below := trained.experiment.refuse_below):
        lines[0] = (
            f"- Below a confidence of {setting_text(below)} it is not sure, and Playground gives no answer; see Fitness"
            " for what gets past that. The figures count all samples, answered or not."
        )
    if data is not None and len(data.test) > MOST:
        lines.append(f"- The figures are of {MOST:,} of the {len(data.test):,} test samples.")
    return lines


def _how() -> list[str]:
    return [
        "With the network as `network.safetensors`:",
        "",
        "```",
        "playground evaluate network.safetensors --split test",
        "playground fitness network.safetensors --json",
        "playground export network.safetensors --to onnx --out network.onnx",
        "```",
        "",
        "The second command measures the items of Fitness again, and the times of the machine that it runs on. The "
        "third compares answers of the exported network with those of the original.",
    ]


def _cell(text: str) -> str:
    """A text as it stands in a table or a line, without marks of its own."""
    plain = "".join(f"\\{letter}" if letter in "\\|`*_<>[]#&~$" else letter for letter in printable(text))
    return plain.replace("://", "\\://").replace("www.", "www\\.")  # GitHub makes links of bare addresses
