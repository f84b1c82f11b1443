"""`runs compare`: how groups are named, and what is said of them."""

from __future__ import annotations

import subprocess
import sys

import pytest

from playground.cli.comparison import runs_named
from playground.cli.main import main
from playground.cli.wrong_use import WrongUse
from playground.engine.runs.store import RunStore
from playground.engine.runs.store_settings import default_folder
from playground.engine.training.snapshots import Figures
from playground.spec.experiment import Experiment
from tests.cli.stored import WITHIN, Output

IDS = ("20260101-000000-00000001", "20260101-000000-00000002", "20260202-000000-00000003")
GROUPS = {"Small": [IDS[0]], "Small, wide": [IDS[1]], "Deep · 1": [IDS[1]], "Deep · 2": [IDS[2]]}


def stored(group: str, scores: list[float], first: int = 0) -> list[str]:
    """Store runs of successive seeds with these test scores; return their ids."""
    store, ids = RunStore(default_folder()), []
    for seed, score in enumerate(scores, first):
        experiment = Experiment(name=group, seed=seed)
        run = store.begin(experiment, group=group)
        figures = Figures(experiment.recipe.epochs, 4, test_loss=1 - score, test_score=score)
        run.finish(figures)
        ids.append(run.run_id)
    assert store.close(WITHIN)
    return ids


def told(capsys: Output, *words: str) -> list[str]:
    """The lines that `runs compare` prints."""
    assert main(["runs", "compare", *words]) == 0
    out, err = capsys.readouterr()
    assert not err
    return out.splitlines()


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("Small", ("Small", [IDS[0]])),  # though it is the beginning of another
        ("Small, ", ("Small, wide", [IDS[1]])),
        ("Deep · 2", ("Deep · 2", [IDS[2]])),
        ("last", ("last", [IDS[2]])),
        (f"{IDS[0]}, {IDS[1]},{IDS[0]}", (f"{IDS[0]}, {IDS[1]},{IDS[0]}", [IDS[0], IDS[1]])),
    ],
)
def test_a_group_is_named_by_a_word(word: str, found: tuple[str, list[str]]) -> None:
    assert runs_named(word, GROUPS, IDS) == found


@pytest.mark.parametrize(
    ("word", "said"), [("Deep", "2 groups"), ("", "No group"), ("nothing", "“Deep · 2”"), ("last,202601", "2 runs")]
)
def test_a_word_that_names_no_group_or_several(word: str, said: str) -> None:
    with pytest.raises(WrongUse, match=said):
        runs_named(word, GROUPS, IDS)


def test_the_better_group_is_named_with_test_and_n(capsys: Output) -> None:
    stored("Narrow", [0.955, 0.956, 0.954])
    stored("Wide", [0.976, 0.977, 0.978], first=3)
    header, narrow, wide, sentence = told(capsys, "Nar", "Wide")
    assert header.split("  ")[-2:] == ["test accuracy, mean ± sd", "test loss, mean ± sd"]
    assert narrow.split("  ")[0] == "Narrow"
    assert wide.split(maxsplit=2)[1:] == ["3", "97.70 % ± 0.10 %          0.0230 ± 0.0010"]
    assert sentence.startswith(
        "“Wide” is better than “Narrow” in test accuracy: 97.70 % and 95.50 %, Welch's t-test, p"
    )
    assert sentence.endswith("n = 3 and 3")


def test_single_runs_are_compared_without_a_claim(capsys: Output) -> None:
    first, second, third = stored("", [0.9, 0.91, 0.5])
    *_, sentence = told(capsys, f"{first},{second}", third)
    assert sentence.startswith(f"No difference can be claimed between “{first},{second}” and “{third}”")
    assert "n = 2 and 1" in sentence


def test_runs_that_do_not_count_are_named(capsys: Output) -> None:
    stored("A", [0.9, 0.91])
    store = RunStore(default_folder())
    run = store.begin(Experiment(name="A", seed=9), group="A")
    run.finish(Figures(1, 4))
    assert store.close(WITHIN)
    stored("B", [0.8, 0.83])
    lines = told(capsys, "A", "B")
    assert lines[1].split()[:2] == ["A", "2"]
    assert lines[3] == f"Not counted in “A”: run {run.run_id}: it diverged, or was not tested."
    assert "n = 2 and 2" in lines[-1]


def test_what_cannot_be_compared_says_why(capsys: Output) -> None:
    first, *_ = stored("A", [0.9, 0.91])
    for words, code, said in (
        (("A", "B"), 2, "No group begins with “B”. There is no run “B”"),
        (("A", first), 2, f"Run {first} is in both groups"),
        (("A", "A"), 2, "in both groups"),
    ):
        assert main(["runs", "compare", *words]) == code
        out, err = capsys.readouterr()
        assert not out
        assert said in err


def test_torch_is_not_imported_for_it() -> None:
    stored("A", [0.9, 0.91])
    stored("B", [0.8, 0.81])
    program = "import sys; from playground.cli.main import main; code = main(sys.argv[1:]); assert 'torch' not in sys.modules; sys.exit(code)"  # noqa: E501
    subprocess.run([sys.executable, "-c", program, "runs", "compare", "A", "B"], check=True, capture_output=True)
