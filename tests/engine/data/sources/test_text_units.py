"""A text in words or byte pairs: its counts are right without opening it, and so are loss, score and bits."""

from __future__ import annotations

import random
import sys
from collections import Counter
from itertools import pairwise
from math import log
from pathlib import Path

import pytest
import torch
from torch import nn

from playground.engine.data.in_memory import DataError, load
from playground.engine.data.sources.text import described, inspect, units
from playground.engine.evaluation.baseline import BaselineScorer
from playground.engine.evaluation.evaluate import evaluate
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.spec.check.problems import check
from playground.spec.cross_entropy import bits_per_character, cross_entropy_text
from playground.spec.data.text_summary import TextChoice
from playground.spec.data.text_units import UnitKind
from playground.spec.datasets.text import OwnText
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import experiment_bytes, parse_experiment

every_kind = pytest.mark.parametrize("kind", ["words", "pairs"])


def written(folder: Path) -> str:
    """A text of 300 lines in `own.txt`."""
    chance = random.Random(0)
    words = ["the", "cat", "dog", "sat", "ran", "fox", "sang", "and", "Où", "rarely"]
    lines = (" ".join(chance.choices(words, weights=range(10, 0, -1), k=8)) + ".\n" for _ in range(300))
    text = "".join(lines)
    (folder / "own.txt").write_text(text, encoding="utf-8")
    return text


def own(folder: Path, kind: UnitKind, vocabulary: int = 100, **options: object) -> OwnText:
    pytest.importorskip("tokenizers")
    choice = TextChoice(units=kind, vocabulary=vocabulary)
    return OwnText(source=inspect(str(folder / "own.txt"), choice=choice).source, context=16).with_(**options)


@every_kind
def test_the_counts_are_those_of_what_is_read(kind: UnitKind, tmp_path: Path) -> None:
    text = written(tmp_path)
    data = own(tmp_path, kind, validation_share=0.2)
    found, known = load(data), units(data)
    before = len(text) - round(len(text) / 10)
    beginning, end = known.encode(text[:before]).tolist(), known.encode(text[before:]).tolist()
    assert [len(found.train), len(found.validation), len(found.test)] == [
        data.train_count,
        data.validation_count,
        data.test_count,
    ]
    assert min(data.train_count, data.validation_count, data.test_count) > 0
    assert data.facts.characters == len(beginning) + len(end)
    assert data.task.classes == len(known) == data.sample_shape.vocabulary
    inputs, targets = found.test.cut(0, data.test_count)
    assert inputs.flatten().tolist() == end[: inputs.numel()]
    assert targets.flatten().tolist() == (beginning + end)[len(beginning) + 1 :][: inputs.numel()]
    assert data.units_per_character(tested=True) == len(end) / (len(text) - before)
    assert data.units_per_character() == len(beginning) / before


@every_kind
def test_the_vocabulary_is_learned_from_what_is_trained_on(kind: UnitKind, tmp_path: Path) -> None:
    text = written(tmp_path)
    (tmp_path / "own.txt").write_text(text[: len(text) // 2] + "xylophones\n" * 300, encoding="utf-8")
    data = own(tmp_path, kind)
    known = units(data)
    assert "ylo" not in "".join(map(known.name, range(len(known))))
    assert list(data.objections()) == []
    late = data.with_(validation_share=0.5)
    source = data.source.with_(units=data.source.units.with_(learned=data.source.units.before))
    refused = next(iter(late.with_(source=source).objections()))
    assert "held out for validation" in str(refused.what)
    assert list(late.with_(source=source, **{refused.field: refused.better}).objections()) == []


@every_kind
def test_loss_score_and_bits_are_those_of_a_plain_computation(kind: UnitKind, tmp_path: Path) -> None:
    text = written(tmp_path)
    data = own(tmp_path, kind)
    known, found = units(data), load(data)
    torch.manual_seed(0)
    network = nn.Sequential(nn.Embedding(len(known), len(known)))  # the logits of the next one, for each
    experiment = Experiment(data=data)
    steps = evaluate(
        network, Objective(experiment.recipe.loss, data.task, torch.device("cpu")), Scoring(data.task), found.test, 3
    )
    try:
        while True:
            next(steps)
    except StopIteration as end:
        result = end.value
    before = len(text) - round(len(text) / 10)
    codes = known.encode(text[before:]).tolist()[: data.test_count * 16 + 1]
    logits = network[0].weight.detach().double()
    nats = [-logits[a].log_softmax(0)[b].item() for a, b in pairwise(codes)]
    right = [logits[a].argmax().item() == b for a, b in pairwise(codes)]
    assert result.loss == pytest.approx(sum(nats) / len(nats), rel=1e-5)
    assert result.score == pytest.approx(sum(right) / len(right), abs=1e-6)
    each = len(known.encode(text[before:])) / len(text[before:])
    assert bits_per_character(result.loss, data, tested=True) == pytest.approx(result.loss * each / log(2))
    assert "bits a character, perplexity" in str(cross_entropy_text(result.loss, data, tested=True))


@every_kind
def test_the_baseline_counts_which_unit_follows_which(kind: UnitKind, tmp_path: Path) -> None:
    written(tmp_path)
    data = own(tmp_path, kind)
    found, count = load(data), len(units(data))
    scorer = BaselineScorer(data, found)
    inputs, targets = found.test.cut(0, data.test_count)
    scorer.note(inputs, targets)
    seen, after = found.train.cut(0, data.train_count)
    pairs = Counter(zip(seen.flatten().tolist(), after.flatten().tolist(), strict=True))
    singles, nexts = Counter(seen.flatten().tolist()), Counter(after.flatten().tolist())
    nats = 0.0
    for a, b in zip(inputs.flatten().tolist(), targets.flatten().tolist(), strict=True):
        nats -= log((pairs[a, b] + (nexts[b] + 1) / (len(seen.flatten()) + count)) / (singles[a] + 1))
    assert scorer.found is not None
    assert scorer.found.nats == pytest.approx(nats / inputs.numel(), rel=1e-4)


@every_kind
def test_a_file_keeps_them(kind: UnitKind, tmp_path: Path) -> None:
    written(tmp_path)
    experiment = Experiment(data=own(tmp_path, kind))
    again = parse_experiment(experiment_bytes(experiment))
    assert again == experiment
    (tmp_path / "own.txt").unlink()
    assert isinstance(again.data, OwnText)
    assert units(again.data).text(units(again.data).encode("the cat ran").tolist()) == "the cat ran"


def test_other_tasks_are_asked_of_characters_only(tmp_path: Path) -> None:
    written(tmp_path)
    problem = check(Experiment(data=own(tmp_path, "words", asked="restore")))[0]
    assert "is read in words" in str(problem.what)
    assert problem.field == ("data", "asked")


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path)
    monkeypatch.setitem(sys.modules, "tokenizers", None)
    with pytest.raises(DataError, match=r"pip install playground\[texts\]"):
        inspect(str(tmp_path / "own.txt"), choice=TextChoice(units="pairs"))
    assert inspect(str(tmp_path / "own.txt"), choice=TextChoice(units="words")).source.units.words


def test_unknown_words_are_told(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("".join(f"word{n} is {n % 7}\n" for n in range(900)), encoding="utf-8")
    found = inspect(str(tmp_path / "own.txt"), choice=TextChoice(units="words", vocabulary=100))
    assert 0 < found.source.units.unknown < found.source.units.total
    assert "unknown" in str(found.remarks[-1])
    told = described(str(tmp_path / "own.txt"), choice=TextChoice(units="words", vocabulary=100))
    assert (told["units"], told["vocabulary"]) == ("words", 100)
    assert "words, 100 different ones" in str(OwnText(source=found.source).summary)
