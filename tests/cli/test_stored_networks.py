"""Every command that takes a network takes a stored run as well, and what is made from one says so."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from playground.cli import serve_command
from playground.cli.main import main
from playground.engine.export.formats import format_named
from playground.engine.provenance import Derivation
from playground.engine.weights import load
from playground.spec.number_text import percent_text
from tests.cli.stored import Output, rows


@pytest.fixture
def run_id(capsys: Output) -> str:
    """The only stored run: a small network for iris."""
    assert main(["train", "iris", "--epochs", "2", "--json"]) == 0
    capsys.readouterr()
    return rows()[-1].run_id


def printed(capsys: Output, *arguments: str) -> dict[str, Any]:
    assert main([*arguments, "--json"]) in (0, 1)
    out, err = capsys.readouterr()
    assert not err
    found: dict[str, Any] = json.loads(out.splitlines()[0])
    return found


def test_the_last_run_is_taken_by_every_command(run_id: str, tmp_path: Path, capsys: Output) -> None:
    scores = [printed(capsys, "evaluate", word)["score"] for word in ("last", run_id[:-2])]
    assert scores[0] == scores[1]
    assert "items" in printed(capsys, "fitness", "last")
    out = tmp_path / "weights.safetensors"
    assert printed(capsys, "export", "last", "--to", "state", "--out", str(out))["bytes"] == out.stat().st_size
    table = tmp_path / "flowers.csv"
    columns = load(serve_command._file("last", tmp_path)).experiment.data.inputs
    table.write_text(",".join(column.name for column in columns) + "\n5.1,3.5,1.4,0.2\n")
    assert printed(capsys, "predict", "last", str(table))["answer"]


def test_an_experiment_beside_a_stored_run_is_wrong_use(run_id: str, capsys: Output) -> None:
    assert main(["evaluate", "last", "--experiment", "spiral"]) == 2
    assert "A stored run has an experiment of its own: leave out --experiment." in capsys.readouterr().err


def test_a_served_run_is_a_copy_with_its_name(run_id: str, tmp_path: Path) -> None:
    found = serve_command._file("last", tmp_path)
    assert found == tmp_path / "last.safetensors"
    assert load(found).run == run_id
    assert load(found).scaling is not None


def test_what_is_made_from_a_run_says_where_it_began(run_id: str, tmp_path: Path, capsys: Output) -> None:
    pruned, half, further = (str(tmp_path / f"{name}.safetensors") for name in ("pruned", "half", "further"))
    words = ["--by", "weight", "--keep", "0.5", "--epochs", "1"]
    assert main(["prune", "last", *words, "--out", pruned]) == 0
    (first,) = load(Path(pruned)).provenance
    told = dict(first.settings)
    assert (first.how, first.source, first.run) == ("pruned", run_id, run_id)
    assert told["criterion"] == "magnitude"
    assert told["removed"] == f"{percent_text(56 / 131, 1)} of the parameters that were not zero"
    assert (told["fine-tuning"], told["epochs before"]) == ("1 epoch", "2")
    assert [point.epoch for point in first.curve] == [1]
    assert main(["quantize", pruned, "--to", "float16", "--out", half]) == 0
    found = load(Path(half))
    assert found.provenance[0] == first
    assert found.provenance[1][:3] == ("quantized", "pruned.safetensors", None)
    known = (found.figures.test_score, found.figures.train_loss, found.figures.validation_score)
    assert known == (None, None, None)  # those are of other weights
    assert main(["train", "iris", "--from", "last", "--epochs", "1", "--out", further, "--json"]) == 0
    assert load(Path(further)).provenance == (Derivation("begun", run_id, run_id, told_before(2, first)),)
    capsys.readouterr()


def told_before(epochs: int, known: Derivation) -> tuple[tuple[str, str], ...]:
    return (("epochs before", f"{epochs}"), ("steps before", dict(known.settings)["steps before"]))


def test_the_card_tells_it_and_shows_no_figure_of_the_network_before(
    run_id: str, tmp_path: Path, capsys: Output
) -> None:
    whole, small = tmp_path / "whole.safetensors", tmp_path / "small.safetensors"
    assert main(["runs", "export", run_id, "--out", str(whole)]) == 0
    before = load(whole).figures
    text = format_named("card").made(load(whole)).data.decode()
    assert "Where it began" not in text
    assert f"Of run {run_id}:" in text
    assert f"| {percent_text(before.train_score)} |" in text
    assert main(["prune", str(whole), "--keep", "0.5", "--criterion", "taylor", "--out", str(small)]) == 0
    found, hostile = load(small), "[a](http://b.c) www.b.c &lt;b&gt; ~~a~~ $a$\n# a"
    found = replace(found, provenance=(Derivation("begun", hostile), *found.provenance))
    text = format_named("card").made(found).data.decode()
    assert r": \[a\](http\://b.c) www\.b.c \&lt;b\&gt; \~\~a\~\~ \$a\$ \# a" in text  # neither links nor marks
    assert f"2. Pruned: whole.safetensors, of run {run_id}\n   - by: group\n   - criterion: taylor\n" in text
    assert "- fine-tuning: 0 epochs\n" in text
    assert "After it was pruned:" in text
    assert "## Curves" not in text
    assert "| training | " not in text
    capsys.readouterr()
