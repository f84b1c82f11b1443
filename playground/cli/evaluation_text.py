"""Prints the figures of an evaluation for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from playground.cli.table import print_table
from playground.spec.messages import Message, message, tr_noop
from playground.spec.number_text import amount_text, fixed_text, loss_text, percent_text
from playground.standard_streams import put

if TYPE_CHECKING:
    from playground.engine.evaluation.answers import Answers
    from playground.engine.evaluation.data_part import EvaluatedPart
    from playground.spec.experiment import Experiment

_MOST_COLUMNS = 20  # of a confusion matrix; a wider one does not fit into a terminal
_SHARES = ("precision", "recall", "f1", "iou")


def print_report(experiment: Experiment, part: EvaluatedPart, answers: Answers, found: Mapping[str, Any]) -> None:
    """Print what `engine.evaluation.report` found in the answers, with the data that it is of."""
    from playground.engine.evaluation.confidence import confidence_words
    from playground.engine.evaluation.residuals import undefined_score

    put(message("{name}: {samples} of {data}", name=experiment.name, samples=part.words, data=part.dataset.title))
    for words in (part.places, part.remark):
        if words is not None:
            put(words)
    if part.against:
        put(message("compared with {targets}", targets=message(part.against)))
    task, counted = part.dataset.task, message(part.dataset.places)
    loss, score = message("loss"), message(task.score.word)
    put(f"{loss} {loss_text(found['loss'])}  {score} {percent_text(found['score'])}")
    if (undefined := undefined_score(answers)) is not None:
        put(undefined)
    if (errors := found.get("regression")) is not None:
        _print_errors(errors, message(part.dataset.target_name or tr_noop("the target")))
    if (spread := found.get("reconstruction")) is not None:
        put("RMSE  " + "  ".join(f"{name} {amount_text(value)}" for name, value in spread["rmse"].items()))
    if found["per_class"]:
        _print_classes(found["per_class"], counted, segmented=len(task.output) == 3)
    if found["confusion"] and len(found["classes"]) <= _MOST_COLUMNS:
        _print_confusion(found["classes"], found["confusion"], counted)
    if found.get("confused"):
        _print_pairs(found["confused"], counted)
    if found["calibration"]:
        _print_trust(found, confidence_words(experiment), counted)


def _print_errors(errors: Mapping[str, float], target: object) -> None:
    words = tr_noop("In the unit of {target}: RMSE {rmse}, mean absolute error {mae}, mean error {bias}")
    values = {key: amount_text(errors[key]) for key in ("rmse", "mae", "bias")}
    put(message(words, target=target, **values))


def _print_classes(rows: Sequence[Mapping[str, Any]], counted: Message, *, segmented: bool) -> None:
    keys = [key for key in _SHARES if segmented or key != "iou"]
    areas = ["roc_area", "average_precision"] if "roc_area" in rows[0] else []
    words = {
        "precision": message("precision"),
        "recall": message("recall"),
        "f1": message("F1"),
        "iou": message("IoU"),
        "roc_area": message("ROC area"),
        "average_precision": message("average precision"),
    }
    table = [
        [
            str(message("class")),
            *(str(words[key]) for key in (*keys, *areas)),
            str(message("support ({places})", places=counted)),
        ]
    ]
    for row in rows:
        shares = [percent_text(row[key]) for key in keys]
        table.append([row["class"], *shares, *(_area(row[key]) for key in areas), f"{row['support']:,}"])
    put("")
    print_table(table, right=range(1, len(table[0])))


def _area(value: float) -> str:
    return fixed_text(value, 4)


def _print_confusion(names: Sequence[str], confusion: Sequence[Sequence[int]], counted: Message) -> None:
    words = tr_noop("Confusion, in {places}: rows are the true class, columns the answer")
    title = message(words, places=counted)
    put(f"\n{title}")
    rows = [
        [name, *(f"{count:,}" if count else "·" for count in row)] for name, row in zip(names, confusion, strict=True)
    ]
    print_table([["", *names], *rows], right=range(1, len(names) + 1))


def _print_pairs(pairs: Sequence[Mapping[str, Any]], counted: Message) -> None:
    title = message("Confused most often")
    put(f"\n{title}")
    table = [[str(words) for words in (message("true"), message("answer"), counted)]]
    print_table([*table, *([row["class"], row["answer"], f"{row['count']:,}"] for row in pairs)], right=[2])


def _print_trust(found: Mapping[str, Any], confidence: Message, counted: Message) -> None:
    known = found["calibration"]
    title = message("Calibration error (ECE)")
    put(f"\n{title} {percent_text(known['ece'])}")
    put(confidence)
    put(known["definition"])
    answered = message("share of {places} answered", places=counted)
    table = [[str(words) for words in (message("answered from"), answered, message("share of these right"))]]
    for row in found["thresholds"]:
        table.append([percent_text(row["threshold"], 0), percent_text(row["answered"]), percent_text(row["accuracy"])])
    print_table(table, right=range(3))
