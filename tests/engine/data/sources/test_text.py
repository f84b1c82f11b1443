"""Texts as windows: what is declared of them is so, none of a part is in another, and epochs begin elsewhere."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import pytest
import torch

from playground.engine.data.alphabet import alphabet_of, restored_of, stripped
from playground.engine.data.in_memory import DataError, load
from playground.engine.data.sources.text import Windows, alphabet, bundled, described, inspect, restored
from playground.spec.check.problems import check
from playground.spec.data.skipped import total
from playground.spec.data.text_facts import Facts
from playground.spec.data.text_summary import TextChoice, TextFile
from playground.spec.datasets.text import Asked, OwnText, Shakespeare, TangPoems, Text
from playground.spec.experiment import Experiment
from playground.spec.files.resources import resource
from playground.spec.layer import Layer, Stack
from playground.spec.layers.attention import SelfAttention, TransformerBlock
from playground.spec.layers.containers import Repeat
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.normalization import GroupNorm, LayerNorm
from playground.spec.layers.permutation import Permute
from playground.spec.layers.position import ClassToken
from playground.spec.layers.recurrent import LSTM
from playground.spec.layers.shape import Flatten

BUNDLED = [Shakespeare(), TangPoems()]
every_text = pytest.mark.parametrize("data", BUNDLED, ids=lambda data: data.id)


@every_text
def test_facts_are_those_of_the_file(data: Text) -> None:
    text = bundled(data.file)
    restored = restored_of(text)
    bare = stripped(text, restored).text
    counted = Facts(len(text), len(set(text)), len(bare), len(set(bare)), len(restored.marks), restored.cased)
    assert counted == data.facts


@every_text
def test_files_are_as_described(data: Text) -> None:
    raw = resource("texts", data.file).read_bytes()
    assert hashlib.sha256(raw).hexdigest() in resource("texts", "README.md").read_text(encoding="utf-8")


def test_the_last_tenth_is_the_test_and_right_before_it_is_held_out() -> None:
    data = Shakespeare(context=50, validation_share=0.2)
    found = load(data)
    text = bundled(data.file)
    known = alphabet_of(text).characters
    inputs, targets = found.test.cut(0, 2)
    begin = data.tested_from
    assert begin == pytest.approx(0.9 * len(text), abs=1)
    assert "".join(known[code] for code in inputs.flatten().tolist()) == text[begin : begin + 100]
    assert "".join(known[code] for code in targets.flatten().tolist()) == text[begin + 1 : begin + 101]
    ends = [data.validated_from + 50 * data.validation_count, data.validated_from]
    assert begin - 50 < ends[0] <= begin
    order = found.train.order(torch.Generator().manual_seed(0))
    assert int(order.max()) + 50 <= ends[1]


def test_an_epoch_goes_through_the_text_once_from_anywhere() -> None:
    codes = torch.arange(100, dtype=torch.uint8)
    windows = Windows(codes, codes + 1, context=8, count=11)
    generator = torch.Generator().manual_seed(2)
    phases = Counter()
    for _ in range(200):
        order = windows.order(generator)
        inputs, targets = windows.batch(order)
        seen = inputs.flatten().sort().values
        assert torch.equal(seen, torch.arange(int(seen[0]), int(seen[0]) + 88))
        assert torch.equal(targets, inputs + 1)
        phases[int(seen[0])] += 1
    assert sorted(phases) == list(range(8))


def test_parts_of_a_text_are_cut_in_order() -> None:
    codes = torch.arange(100, dtype=torch.uint8)
    windows = Windows(codes, codes, context=8, count=11)
    assert torch.equal(windows.cut(9, 20)[0].flatten(), torch.arange(72, 88))


def test_a_context_too_long_for_the_text_is_refused_with_a_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    data = TangPoems(context=1024)
    assert list(data.objections()) == []
    monkeypatch.setattr(TangPoems, "facts", Facts(300, 5, 290, 5, 2, False))
    data = TangPoems(context=200)
    found = list(data.objections())
    assert "has no windows of 200" in str(found[0].what)
    better = data.with_(context=found[0].better)
    assert list(better.objections()) == []
    assert better.train_count > 0
    assert check(Experiment(data=data))[0].field == ("data", "context")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("asked", ["next", "restore"])
def test_an_own_text_is_read_in_the_encoding_it_has(encoding: str, asked: Asked, tmp_path: Path) -> None:
    lines = "Où est-il? Là, près de l’église.\n" * 60
    path = tmp_path / "own.txt"
    path.write_bytes(lines.replace("\n", "\r\n").encode(encoding))
    source = inspect(str(path)).source
    assert source.encoding == encoding
    data = OwnText(source=source, asked=asked, context=8)
    known = alphabet(data)
    restoring = restored(data)
    inputs, targets = load(data).test.cut(0, 4)
    bare = stripped(lines, restoring).text if asked == "restore" else lines
    begin = data.tested_from
    assert "".join(known.characters[code] for code in inputs.flatten().tolist()) == bare[begin : begin + 32]
    if asked == "next":
        assert "".join(known.characters[code] for code in targets.flatten().tolist()) == bare[begin + 1 : begin + 33]
    assert check(Experiment(data=data))[0].field is None  # only the stack is empty


def test_an_own_text_that_changed_or_went_is_not_learned_from_but_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_text("hello, world\n" * 100, encoding="utf-8")
    data = OwnText(source=inspect(str(path)).source, context=8)
    path.write_text("hello, World\n" * 100, encoding="utf-8")
    with pytest.raises(DataError, match="has changed since it was chosen"):
        load(data)
    path.unlink()
    with pytest.raises(DataError, match="does not exist"):
        load(data)
    assert alphabet(data).characters == "\n ,dehlorw"


@pytest.mark.parametrize(("content", "said"), [(b"a\0b", "it is not text"), (b"\xff\xfea", "damaged")])
def test_what_is_no_text_is_refused_in_one_sentence(content: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(content)
    with pytest.raises(DataError, match=said):
        inspect(str(path))


def test_the_rarest_of_too_many_characters_are_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.engine.data.sources.text.MOST_CHARACTERS", 4)
    path = tmp_path / "own.txt"
    path.write_text("aaaa bbb ccc\n" * 30 + "漢dde", encoding="utf-8")
    looked = inspect(str(path))
    assert (looked.source.alphabet, total(looked.skips)) == (" abc", 4)
    assert looked.source.count == len("aaaa bbb ccc") * 30
    data = OwnText(source=looked.source, context=4)
    codes = load(data).train.codes
    assert "".join(looked.source.alphabet[code] for code in codes[:12].tolist()) == "aaaa bbb ccc"
    whole: dict[str, Any] = {}
    exec(data.loading().code, {"Path": Path, "torch": torch}, whole)
    assert not data.loading().code.count("漢")
    assert next(iter(OwnText(source=looked.source, asked="restore", context=4).objections())).better == "next"


def test_an_empty_text_is_refused_by_its_objections(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes(b"")
    data = OwnText(source=inspect(str(path)).source)
    assert "is empty" in str(next(iter(data.objections())).what)
    assert "No text has been chosen" in str(next(iter(OwnText().objections())).what)


@pytest.mark.parametrize("layer", [LSTM(bidirectional=True, output="all"), SelfAttention(), TransformerBlock()])
def test_a_layer_that_reads_what_is_to_be_guessed_is_refused_with_a_fix(layer: Layer) -> None:
    layers = (Embedding(embedding_dim=8), layer, Linear(out_features=65))
    experiment = Experiment(data=Shakespeare(), stack=Stack(layers=layers))
    (problem,) = check(experiment)
    assert problem.layer == (1,)
    assert str(problem.what) == f"{layer.label} lets the network see the characters that it has to predict."
    assert problem.fix is not None
    assert problem.fix.apply(experiment).stack.layers == (layers[0], layer.as_causal(), layers[2])
    assert check(problem.fix.apply(experiment)) == ()
    layers = (*layers[:2], Linear(out_features=14))
    assert check(Experiment(data=Shakespeare(asked="restore"), stack=Stack(layers=layers))) == ()


@pytest.mark.parametrize("layer", [Permute(), Flatten(), GroupNorm(), ClassToken()])
def test_what_mixes_or_moves_the_steps_is_taken_out(layer: Layer) -> None:
    around = Repeat(times=1, branches=(Stack(layers=(LayerNorm(), layer)),))
    layers = (Embedding(embedding_dim=8), layer, around, Linear(out_features=65))
    experiment = Experiment(data=Shakespeare(), stack=Stack(layers=layers))
    while problems := check(experiment):
        fix = problems[0].fix
        assert fix is not None
        assert str(fix.label) == f"Remove {layer.label}"
        experiment = fix.apply(experiment)
    rest = around.with_(branches=(Stack(layers=(LayerNorm(),)),))
    assert experiment.stack.layers == (layers[0], rest, layers[-1])


@pytest.mark.parametrize("length", [0, 1, 2, 11, 29, 30, 31, 64])
@pytest.mark.parametrize("share", [0.0, 0.5])
def test_a_tiny_text_is_said_to_be_as_long_as_it_is_and_the_fix_helps(
    length: int, share: float, tmp_path: Path
) -> None:
    path = tmp_path / "tiny.txt"
    path.write_text("a" * length, encoding="utf-8")
    data = OwnText(source=inspect(str(path)).source, validation_share=share)
    while objections := list(data.objections()):
        (found,) = objections
        said = {0: "“tiny.txt” is empty", 1: "of 1 character has"}.get(length, f"of {length} characters has")
        assert said in str(found.what)
        if found.better is None:
            assert length < 31
            assert "at least 31 characters" in str(found.expected)
            return
        data = data.with_(**{found.field: found.better})
    assert load(data).test.count >= 1
    assert length >= 31


@pytest.mark.parametrize("unit", ["words", "pairs"])
@pytest.mark.parametrize(
    "text",
    ["the cat sat on the mat and the dog sat on the log by the fire", "x" * 400 + " " + "a b " * 12, "a b " * 40],
)
def test_a_text_that_is_too_short_in_other_units_is_refused_or_the_fix_helps(
    unit: Literal["words", "pairs"], text: str, tmp_path: Path
) -> None:
    path = tmp_path / "short.txt"
    path.write_text(text, encoding="utf-8")
    data = OwnText(source=inspect(str(path), choice=TextChoice(units=unit, vocabulary=100)).source)
    while objections := list(data.objections()):
        (found,) = objections
        units = {"words": "words", "pairs": "byte pairs"}[unit]
        if found.better is None:
            fewest = max(31, data.source.units.total + 1)
            expected = f"a text of at least {fewest} {units}, or one that is read in characters"
            assert str(found.expected) == expected
            return
        data = data.with_(**{found.field: found.better})
    loaded = load(data)
    assert (loaded.train.count, loaded.test.count) == (data.train_count, data.test_count)
    assert min(loaded.train.count, loaded.test.count) >= 1


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Two texts in different encodings, one of them with Windows' line ends, and files that are no texts."""
    (tmp_path / "more").mkdir()
    (tmp_path / "b.txt").write_bytes("Grüße aus Köln, schöne Tage und süße Träume für alle.\r\n".encode("cp1252") * 20)
    (tmp_path / "more/a.md").write_text("Łódź i Gdańsk, też Kraków!\n" * 20 + "end", encoding="utf-8")
    (tmp_path / "c.txt").write_bytes(b"")
    (tmp_path / "d.txt").write_bytes(b"a\0b")
    (tmp_path / "e.png").write_bytes(b"")
    (tmp_path / ".hidden").write_bytes(b"")
    return tmp_path


@pytest.mark.parametrize("asked", ["next", "restore"])
def test_a_folder_of_files_is_one_text(folder: Path, asked: Asked) -> None:
    looked = inspect(str(folder))
    text = (
        "Grüße aus Köln, schöne Tage und süße Träume für alle.\n" * 20
        + "\n"
        + "Łódź i Gdańsk, też Kraków!\n" * 20
        + "end"
    )
    assert [(part.name, part.encoding) for part in looked.source.parts] == [("b.txt", "cp1252"), ("more/a.md", "utf-8")]
    assert looked.source.count == len(text)
    assert looked.source.beginning == text[:400]
    assert {item.where: str(item.why) for item in looked.skipped}.keys() == {"c.txt", "d.txt", "e.png"}
    data = OwnText(source=looked.source, asked=asked, context=8)
    found = load(data)
    bare = text[:-1] if asked == "next" else stripped(text, restored(data)).text
    begin, end = (
        "".join(alphabet(data).characters[code] for code in part.codes.tolist()) for part in (found.train, found.test)
    )
    assert bare.startswith(begin)
    assert bare.endswith(end)
    assert len(begin) + len(end) > 0.9 * len(bare)
    (folder / "more/a.md").write_text("changed", encoding="utf-8")
    with pytest.raises(DataError, match=r"more.a\.md” has changed"):
        load(data)


def test_chosen_files_and_a_chosen_encoding_are_read_again(folder: Path) -> None:
    choice = TextChoice(encoding="cp1252", files=("more/a.md", "b.txt"))
    source = inspect(str(folder), choice=choice).source
    assert source.choice == choice
    assert [part.name for part in source.parts] == ["more/a.md", "b.txt"]
    assert source.beginning.startswith("Å\ufffdÃ³d")
    assert inspect(str(folder), choice=source.choice).source == source
    assert OwnText(source=source).facts.characters == source.count


def test_a_text_is_described(folder: Path) -> None:
    found = described(str(folder / "b.txt"))
    assert found | {"alphabet": ""} == {
        "kind": "text",
        "encoding": "cp1252",
        "characters": 54 * 20,
        "alphabet": "",
        "first_line": "Grüße aus Köln, schöne Tage und süße Träume für alle.",
        "left_out": [],
        "left_out_counts": {},
        "remarks": [],
    }
    assert [file["encoding"] for file in described(str(folder))["files"]] == ["cp1252", "utf-8"]  # type: ignore[attr-defined]


def test_bytes_without_a_meaning_are_remarked(tmp_path: Path) -> None:
    path = tmp_path / "own.txt"
    path.write_bytes("Größe und Öl. ".encode() * 300 + b"\xe4")
    looked = inspect(str(path))
    assert [str(remark) for remark in looked.remarks] == ["own.txt: 1 character has no meaning in UTF-8, shown as “�”."]


def test_a_text_of_an_earlier_version_is_read_as_it_was(tmp_path: Path) -> None:
    """Polish that was taken for Windows-1252 stays so: a network was trained on these characters."""
    path = tmp_path / "own.txt"
    data = ("Zażółć gęślą jaźń. " * 40).encode("iso8859-2")
    path.write_bytes(data)
    known = "".join(sorted(set(data.decode("cp1252"))))
    stored = {"path": str(path), "sha256": hashlib.sha256(data).hexdigest(), "encoding": "cp1252"}
    facts = {"count": len(data), "alphabet": known, "complete": True, "kept": len(data) - 40, "letters": known.lower()}
    source = TextFile.model_validate(stored | facts | {"marks": ".", "cased": True})
    codes = load(OwnText(source=source, context=8)).train.codes
    assert "".join(known[code] for code in codes[:8].tolist()) == "Za¿ó³æ g"
