"""How well a network restores case and punctuation, beside what counting gets.

    playground train restore --out restore.safetensors
    python -m tests.benchmarks.restoring restore.safetensors

F1 is that of `Score.F1`, on the last tenth of the text: of all characters that had a capital or a mark, and of all that
were given one, how many were given the right one. *Majority* gives each character what it mostly had in the text to
learn from; *n-grams* give it what it mostly had between the same neighbours: up to four on each side, as many as
were seen together twice. Takes about half a minute.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import torch

from playground.engine.data.in_memory import load as load_data
from playground.engine.evaluation.evaluate import chunk_size, evaluate
from playground.engine.evaluation.objective import Objective
from playground.engine.evaluation.scores import Scoring
from playground.engine.weights import load
from playground.spec.datasets.text import Text

WIDEST = 4  # neighbours on each side


def f1(said: Sequence[int], true: Sequence[int]) -> float:
    """Twice the right ones over those that were said and those that there are; class 0 means nothing."""
    right = sum(one == other != 0 for one, other in zip(said, true, strict=True))
    total = sum(one != 0 for one in said) + sum(one != 0 for one in true)
    return 2 * right / total if total else 1.0


def counted(codes: Sequence[int], labels: Sequence[int], width: int) -> dict[tuple[int, ...], Counter[int]]:
    """How often each class was seen between the same neighbours, `width` on each side."""
    found: dict[tuple[int, ...], Counter[int]] = defaultdict(Counter)
    for place in range(width, len(codes) - width):
        found[tuple(codes[place - width : place + width + 1])][labels[place]] += 1
    return found


def by_ngrams(train: tuple[list[int], list[int]], codes: list[int], widest: int) -> list[int]:
    """What n-grams say of each of some codes; with `widest` 0 the majority of each character."""
    tables = [counted(*train, width) for width in range(widest, -1, -1)]
    said = []
    for place in range(len(codes)):
        for width, table in zip(range(widest, -1, -1), tables, strict=True):
            seen = table.get(tuple(codes[max(0, place - width) : place + width + 1]))
            if seen and (width == 0 or seen.total() > 1):
                said.append(seen.most_common(1)[0][0])
                break
        else:
            said.append(0)
    return said


def by_network(path: Path) -> float:
    """F1 of a trained network on the test set."""
    trained = load(path)
    experiment = trained.experiment
    scoring, objective = (
        Scoring(experiment.data.task),
        Objective(experiment.recipe.loss, experiment.data.task, torch.device("cpu")),
    )
    chunks = evaluate(trained.network, objective, scoring, load_data(experiment.data).test, chunk_size(experiment))
    while True:
        try:
            next(chunks)
        except StopIteration as end:
            return float(end.value.score)


def main(path: Path) -> None:
    """Measure all three."""
    data = load(path).experiment.data
    assert isinstance(data, Text)
    found = load_data(data)
    end = data.validated_from
    train = found.train.codes[:end].tolist(), found.train.answers[:end].tolist()
    codes, true = (row[: data.test_count * data.context].tolist() for row in (found.test.codes, found.test.answers))
    figures = {
        "majority": f1(by_ngrams(train, codes, 0), true),
        "n-grams": f1(by_ngrams(train, codes, WIDEST), true),
        "network": by_network(path),
    }
    print(json.dumps({name: round(value, 4) for name, value in figures.items()}))


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="How well a network restores case and punctuation.")
    arguments.add_argument("network", type=Path)
    main(arguments.parse_args().network)
