"""The runner finds benchmarks without importing them, and makes a row of whatever goes wrong."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from tests.benchmarks.__main__ import main, report
from tests.benchmarks.contest import Times, rotated
from tests.benchmarks.figure import Figure, figure_of, lacks, line_of, table_of
from tests.benchmarks.suite import TOP, Sitting, benchmarks, measure
from tests.benchmarks.textbook import Rival, beside

SECONDS = Figure(work="a start", value=0.4, unit="s", bar=0.5)
RATIO = Figure(work="an epoch", value=0.6, unit="s", peer="somebody", beside=0.5, bar=1.15, note="best of two")
FASTER = Figure(work="a window", value=90.0, unit="steps/s", peer="none", beside=100.0, bar=0.93, better="higher")
MISSING = Figure(work="an epoch", peer="JAX", bar=1.15, missing="jax is not installed")


def test_verdicts() -> None:
    assert [SECONDS.verdict, RATIO.verdict, FASTER.verdict] == ["reached", "missed", "missed"]
    assert MISSING.verdict == "not measured: jax is not installed"
    assert Figure(work="for orientation", value=1.0).verdict == ""
    assert Figure(work="not a number", value=float("nan"), bar=1.0).verdict == "missed"
    assert RATIO.ratio == pytest.approx(1.2)
    assert FASTER.judged == pytest.approx(0.9)


def test_a_figure_survives_its_line() -> None:
    for figure in (SECONDS, RATIO, FASTER, MISSING):
        assert figure_of(line_of(figure)) == figure
    assert figure_of(json.dumps(RATIO.record())) == RATIO


def test_table_says_everything() -> None:
    console = Console(width=200, file=io.StringIO())
    console.print(table_of({"one": [SECONDS, RATIO], "two": [FASTER, MISSING]}))
    text = console.file.getvalue()
    for part in (
        "0.4 s",
        "≤ 0.5 s",
        "somebody 0.5 s",
        "1.2",
        "≤ 1.15",
        "≥ 0.93",
        "best of two",
        "jax is not installed",
    ):
        assert part in text


def test_file_holds_machine_versions_and_figures() -> None:
    record = json.loads(json.dumps(report({"one": Sitting([RATIO, MISSING], 0.1234)}, quick=True)))
    assert record["quick"] is True
    assert record["others"] == {"one": 0.123}
    assert record["versions"]["torch"]
    assert [(item["benchmark"], item["verdict"]) for item in record["figures"]] == [
        ("one", "missed"),
        ("one", "not measured: jax is not installed"),
    ]


def test_benchmarks_are_found_and_said_in_a_sentence() -> None:
    found = benchmarks()
    assert "textbook" in found
    assert not {"suite", "figure", "contest", "test_suite"} & set(found)
    assert all(sentence for sentence in found.values())


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("yield Figure(work='a', value=2.0, bar=3.0)", ["reached"]),
        ("yield Figure(work='a', value=float(quick), bar=0.5)", ["missed"]),
        (
            "yield Figure(work='a', value=1.0)\n    import no_such_peer",
            ["", "not measured: no_such_peer is not installed"],
        ),
        (
            "yield Figure(work='a', value=1.0)\n    raise SystemExit(3)",
            ["", "not measured: it failed with exit code 3"],
        ),
    ],
)
def test_each_runs_in_a_process_of_its_own(tmp_path: Path, source: str, expected: list[str]) -> None:
    top = tmp_path / "top"
    top.mkdir()
    for name in ("tests", "playground", "resources"):
        (top / name).symlink_to(TOP / name)
    (top / "some").mkdir()
    text = '"""A sentence\nin two lines.\n\nMore."""\nfrom tests.benchmarks.figure import Figure\n'
    (top / "some" / "one.py").write_text(f"{text}def figures(quick):\n    {source}\n", "utf-8")
    (top / "some" / "other.py").write_text("def main(): ...\n", "utf-8")
    assert benchmarks(top / "some") == {"one": "A sentence in two lines."}
    sitting = measure("one", quick=True, package="some", top=top)
    assert [figure.verdict for figure in sitting.figures] == expected
    assert 0.0 <= sitting.others <= 1.1


def test_listing_measures_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    assert "textbook" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["no-such-benchmark"])
    assert "there is no benchmark no-such-benchmark" in capsys.readouterr().err


def test_what_a_peer_lacks_is_said_and_what_we_lack_is_raised() -> None:
    assert lacks(ModuleNotFoundError(name="sklearn.neural_network")) == "scikit-learn is not installed"
    with pytest.raises(ModuleNotFoundError):
        lacks(ModuleNotFoundError(name="playground.gone"))


def test_contenders_change_places() -> None:
    assert [rotated("abc", number) for number in range(4)] == [
        ["a", "b", "c"],
        ["b", "c", "a"],
        ["c", "a", "b"],
        ["a", "b", "c"],
    ]
    assert rotated([], 1) == []


def test_a_rival_is_compared_by_medians() -> None:
    rival = Rival("somebody", (), 1.15)
    figure = beside(rival, Times((1.0, 3.0, 1.2)), Times((1.0, 1.0, 9.0)))
    assert (figure.value, figure.beside, figure.verdict) == (1.2, 1.0, "missed")
    assert "ratio 1.000" in figure.note
    assert beside(rival, Times((1.0,)), Times(missing="jax is not installed")).verdict.endswith("jax is not installed")
