"""`playground search`: what it prints and writes, and what it refuses."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from playground.cli.main import main
from playground.cli.search_screen import SearchScreen
from playground.engine.search.outcome import TrialRow
from playground.engine.search.plan import plan
from playground.engine.search.search import Forecast, Progress, Search, SearchBudget, TrialEnded
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import read_experiment, write_experiment
from playground.spec.search.ranges import NumberRange
from playground.spec.search.space import SearchSpace

RATE = NumberRange(field="recipe.optimizer.lr", low=1e-3, high=0.1, logarithmic=True)


@pytest.fixture
def ranged(small: Experiment) -> Experiment:
    """An experiment with a range."""
    return small.with_(search=SearchSpace(ranges=(RATE,)))


@pytest.fixture
def ranged_file(ranged: Experiment, tmp_path: Path) -> str:
    path = tmp_path / "ranged.playground"
    write_experiment(ranged, path)
    return str(path)


def test_a_search_prints_its_trials_and_writes_the_best(
    ranged_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    best = tmp_path / "best.playground"
    options = ["--trials", "2", "--workers", "1", "--storage", f"sqlite:///{tmp_path / 's.sqlite'}", "--json"]
    assert main(["search", ranged_file, *options, "--pruner", "none", "--out", str(best)]) == 0
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in lines] == ["search", "forecast", "trial", "trial", "done"]
    end = lines[-1]
    assert end["trials"] == 2
    assert end["states"] == {"trained": 2}
    assert end["front"] == [end["best"]]
    assert end["best"]["values"]["score"] == max(line["values"]["score"] for line in lines[2:4])
    assert read_experiment(best).recipe.optimizer.lr == end["best"]["params"]["recipe.optimizer.lr"]
    assert read_experiment(best).search is None
    assert main(["search", ranged_file, *options, "--pruner", "none"]) == 0  # goes on, and has nothing left to do
    again = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [line["event"] for line in again] == ["search", "done"]
    assert again[-1] == end


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ([], "has no ranges to search in"),
        (["--space", "sparse"], "There is no space"),
        (["--space", "recurrent"], "does not suit"),
        (["--space", "recipe", "--goal", "beauty"], "“beauty” is none of the goals: score, loss, parameters, flops"),
        (["--space", "recipe", "--warm-start", "0"], "--warm-start should be between"),
        (["--space", "recipe", "--trials", "0"], "--trials should be between"),
        (["--space", "recipe", "--minutes", "nan"], "--minutes should be between"),
        (["--space", "recipe", "--workers", "0"], "--workers should be between"),
        (["--space", "recipe", "--study", "x" * 513], "--study should have at most 512 characters, but has 513."),
        (["--space", "recipe", "--study", "\udcff"], "--study should be Unicode text"),
        (["--space", "recipe", "--max-parameters", "-1"], "--max-parameters should be between"),
        (["--space", "recipe", "--storage", "ftp://x"], "begins with sqlite://"),
        (["--space", "recipe", "--sampler", "cmaes", "--storage", "sqlite:///x"], "takes no storage"),
    ],
)
def test_what_cannot_be_searched_is_refused(options: list[str], words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["search", "spiral", *options]) == 2
    assert words in capsys.readouterr().err


def test_a_storage_that_cannot_be_opened_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "nothing" / "searches.sqlite"
    assert main(["search", "spiral", "--space", "recipe", "--storage", f"sqlite:///{file}"]) == 1
    assert f"storage of searches “{file}” cannot be opened: unable to open database file" in capsys.readouterr().err


def test_help_says_what_a_limit_of_0_means(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["search", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    assert "train no network with more parameters; 0: any number" in told


def test_the_environment_names_a_storage(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("PLAYGROUND_STORAGE", "postgres://anna:secret@host/name")
    assert main(["search", "spiral", "--space", "recipe"]) == 2
    told = capsys.readouterr().err
    assert "“postgres://”" in told
    assert "secret" not in told


def test_a_search_does_not_replace_what_it_reads(ranged_file: str, capsys: pytest.CaptureFixture[str]) -> None:
    before = Path(ranged_file).read_bytes()
    storage = f"sqlite:///{Path(ranged_file).with_name('s.sqlite')}"
    options = ["--trials", "1", "--workers", "1", "--storage", storage]
    assert main(["search", ranged_file, *options, "--out", ranged_file]) == 1
    assert "would replace" in capsys.readouterr().err
    assert Path(ranged_file).read_bytes() == before
    assert main(["search", ranged_file, *options, "--out", storage.removeprefix("sqlite:///")]) == 1
    assert "would replace" in capsys.readouterr().err


def test_where_the_best_cannot_be_written_is_said_before(
    ranged_file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["search", ranged_file, "--out", str(tmp_path / "nothing" / "best.playground")]) == 2
    assert "its folder must exist" in capsys.readouterr().err
    assert not (tmp_path / "nothing").exists()


def test_the_screen_shows_what_is_better_and_the_end(ranged: Experiment, tmp_path: Path) -> None:
    found = plan(ranged, ("score", "parameters"))
    search = Search(found, SearchBudget(60.0), url=f"sqlite:///{tmp_path / 's.sqlite'}", name="one\ntwo", runs=None)
    written = io.StringIO()
    screen = SearchScreen(written, search)

    def row(number: int, state: str, *values: float, lr: float = 0.001, reason: str = "") -> TrialRow:
        figures = {"parameters": 7850} if values else {}
        return TrialRow(number, state, values, {RATE.key: lr}, figures, reason, 1.0, 2, ("run",), number == 0)

    trials = [
        row(0, "trained", 0.5, 7850),
        row(1, "trained", 0.4, 7850),
        row(2, "failed", reason="It diverged."),
        row(3, "trained", 0.75, 7850, lr=0.01),
    ]
    screen.take(Forecast(1.5, 40))
    screen.take(Forecast(4.0, 15, measured=True))
    for item in trials:
        screen.take(TrialEnded(item))
        screen.take(Progress(0.1, 6.0, 1))
    screen.close()
    screen.finish(trials, exhausted=False)
    assert written.getvalue().splitlines() == [
        "The space holds 1 network, for each value of its continuous range.",
        "Roughly 40 trials by their steps alone (1.5 s each); a measured number follows.",
        "About 15 trials, as one takes 4.0 s, measured over the first.",
        "Trial 0: validation score 50.00 %, parameters 7,850",
        "Trial 2 failed: It diverged.",
        "Trial 3: validation score 75.00 %, parameters 7,850",
        "3 trained to the end, 1 failed",
        "trial  validation score  parameters  settings",
        "    3           75.00 %       7,850  recipe.optimizer.lr 0.01",
        "Trial 3: validation score 75.00 %, parameters 7,850",
        "The starting point: validation score 50.00 %, parameters 7,850.",
        "  Learning rate: 0.001 → 0.01",
        "Its run: run",
        "The search is stored as “one\N{REPLACEMENT CHARACTER}two”: the same command goes on with it.",
    ]
