"""No word of a person or of a file becomes code in an exported program; no component is named that need not be."""

from __future__ import annotations

import ast
import contextlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin

import pytest
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from playground.engine.data.in_memory import load
from playground.engine.data.sources import table as tables
from playground.engine.data.sources import text as texts
from playground.spec.call import Call, printed
from playground.spec.component import Component
from playground.spec.data.dataset import Dataset
from playground.spec.data.labelled_summary import FileEncoding, LabelledFiles, TextColumn
from playground.spec.data.picture_folder_summary import PictureFolder
from playground.spec.data.separate_test import SeparateColumn, SeparateTest
from playground.spec.data.table_reading import BLANKS, ColumnChoice, ReadingChoice, TableReading
from playground.spec.data.table_summary import Column, Grouping, TableFile
from playground.spec.data.text_summary import TextFile, TextPart
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.labelled import LabelledTexts
from playground.spec.datasets.picture_folder import OwnPictures
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Asked, OwnText
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.files.presets import preset
from playground.spec.files.storage import write_atomically
from playground.spec.layer import Stack, Tokens
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.losses import MSE, CrossEntropy
from playground.spec.recipe.recipe import Recipe
from playground.spec.search.ranges import Choices, NumberRange
from playground.spec.search.space import SearchSpace

ENCODING = 'utf8");__import__("os").system("id")#'
PIECES = (
    *"\"'\\\n\r\t\f\v\x00\x1c\x85\u2028\u2029\u202e\ufeff{}#%<>&/ é漢𝒳",
    '"""',
    "'''",
    "\\N{DASH}",
    "{__import__('os')}",
    "%(prog)s",
    "# -*- coding: rot13 -*-",
    '");__import__("os").system("id")#',
    "\nimport os\n",
)
words = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), min_size=1, max_size=60).map("".join)


def several(text: str) -> tuple[str, ...]:
    """Many, so that lists of them are broken into lines."""
    return tuple(f"{text}{' word' * (i % 7)} {i}" for i in range(40))


def _ending(data: Dataset) -> tuple[Any, ...]:
    begin = (Embedding(embedding_dim=2),) if isinstance(data.sample_shape, Tokens) else (Flatten(),)
    begin = () if len(data.sample_shape) == 1 and not isinstance(data.sample_shape, Tokens) else begin
    return (*begin, Linear(out_features=data.task.output[-1]))


def _experiment(data: Dataset) -> Experiment:
    loss = MSE() if data.task.classes is None else CrossEntropy()
    return Experiment(data=data, stack=Stack(layers=_ending(data)), recipe=Recipe(loss=loss))


LABELS = Column(name="kind", kind="category", categories=several("a"), counts=(3,) * 40)
COLUMNS = (Column(name="width", low=0.0, high=2.0), LABELS, Column(name="height", low=0.0, high=2.0))
SOURCE = TableFile(path="/some/rows.csv", rows=120, columns=COLUMNS)
GROUPED = SOURCE.with_(
    columns=(
        *COLUMNS,
        Column(name="day", kind="date", parts=("year",)),
        COLUMNS[0].with_(name="depth", scaling="robust"),
    ),
    grouping=Grouping(column="part", names=("train", "test"), counts=(100, 20)),
    choice=ReadingChoice(groups="part", columns=(ColumnChoice(name="day", kind="date"),)),
)
TESTED = SOURCE.with_(
    tested=SeparateTest(
        path="/some/test.csv",
        sha256="0" * 64,
        rows=40,
        columns=(SeparateColumn(), SeparateColumn(counts=(1,) * 40), SeparateColumn()),
    ),
    choice=ReadingChoice(test_file="/some/test.csv"),
)
LETTERS = TextFile(path="/some/text.txt", count=9000, alphabet="abc,", kept=8000, letters="abc", marks=",", cased=True)
DATA: dict[str, Dataset] = {
    "classes": Table(source=SOURCE, target="kind"),
    "numbers": Table(source=SOURCE, target="height"),
    "groups": Table(source=GROUPED, target="kind", split_by="groups"),
    "another file": Table(source=TESTED, target="kind", split_by="file"),
    "named groups": Table(source=GROUPED, target="height", split_by="named"),
    "pictures": OwnPictures(source=PictureFolder(path="/some/pictures", classes=several("b"), counts=(9,) * 40)),
    **{f"text {asked}": OwnText(source=LETTERS.with_(complete=False), asked=asked) for asked in get_args(Asked)},
}
DATA["text of files"] = OwnText(source=LETTERS.with_(parts=(TextPart(name="a.txt"), TextPart(name="b.txt"))))
TEXTS = LabelledFiles(
    path="/some/texts.csv",
    rows=120,
    columns=(
        TextColumn(name="line", mean_length=9.0, alphabet="abc"),
        TextColumn(name="kind", alphabet="abc", labels=several("d"), counts=(3,) * 40),
    ),
)
FOLDER = TEXTS.with_(is_folder=True, others=(FileEncoding(name="a/b.txt", encoding="utf-16"),))
for _name, _texts in (("labelled texts", TEXTS), ("folders of texts", FOLDER)):
    DATA[_name] = LabelledTexts(source=_texts, text_column="line", label_column="kind")
EXPERIMENTS = {name: _experiment(data) for name, data in DATA.items()}


def _is_text(annotation: Any) -> bool:
    if get_origin(annotation) is tuple:
        return any(map(_is_text, get_args(annotation)))
    return annotation is str


def _rewritten(component: Any, text: str, seen: set[tuple[str, str]]) -> Any:
    """The component with `text` in every field of it, and of those within it, that takes any text."""
    for name, field in type(component).model_fields.items():
        value = getattr(component, name)
        if isinstance(value, Component):
            value = _rewritten(value, text, seen)
        elif isinstance(value, tuple) and value and isinstance(value[0], Component):
            value = tuple(_rewritten(item, text, seen) for item in value)
        elif _is_text(field.annotation):
            seen.add((type(component).__name__, name))
            longest = next((item.max_length for item in field.metadata if hasattr(item, "max_length")), None)
            longest = 1 if name == "separator" else longest
            value = tuple(several(text[:180])[: len(value)]) if isinstance(value, tuple) else text[:longest]
        if name == "separator" and value == BLANKS:  # which means any number of them, and is read by other code
            value = ";"
        with contextlib.suppress(ValidationError):  # then it keeps what it has
            component = component.with_(**{name: value})
    return component


def skeleton(program: str) -> str:
    """The syntax tree without the strings in it; read from bytes, as Python reads a file."""
    tree = ast.parse(program.encode())
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
    return ast.dump(tree)


@pytest.mark.parametrize("name", EXPERIMENTS)
@settings(max_examples=15, derandomize=True)
@given(text=words)
@example(ENCODING)
@example('a"b\\' * 40)
@example("'\"\\ " * 30)
@example("100%")
def test_words_change_nothing_but_strings(name: str, text: str) -> None:
    plain, hostile = (_rewritten(EXPERIMENTS[name], word, set()) for word in ("x" * len(text), text))
    assert skeleton(script(hostile)) == skeleton(script(plain))


def _subclasses(kind: type[Component]) -> Iterator[type[Component]]:
    for member in kind.__subclasses__():
        yield member
        yield from _subclasses(member)


def test_every_text_field_is_tried() -> None:
    seen: set[tuple[str, str]] = set()
    for experiment in EXPERIMENTS.values():
        _rewritten(experiment, "x", seen)
    known = {
        (member.__name__, name)
        for member in _subclasses(Component)
        if member.__module__.startswith("playground.")
        for name, field in member.model_fields.items()
        if _is_text(field.annotation)
    }
    assert known - seen == {
        ("ChangedExample", "digest"),  # it is refused unless it is hexadecimal
        ("Correction", "picture"),  # it is refused unless it is a packed picture
        *((name, "field") for name in ("Choices", "FieldRange", "NumberRange")),  # a program has no ranges: below
        ("DistilledMNIST", "teacher"),  # the file is read: below
        ("TextChoice", "files"),  # it is not in an experiment
    }


def test_a_program_has_no_ranges() -> None:
    experiment = EXPERIMENTS["classes"]
    ranges = (
        NumberRange(path=(1,), field="out_features", low=2, high=9),
        Choices(field="recipe.epochs", options=(2, 3)),
    )
    assert script(experiment.with_(search=SearchSpace(ranges=ranges))) == script(experiment)


@pytest.mark.parametrize("name", ['q"uote', "back\\slash", "new\nline", "{brace} %d", "l\u2028s", "t'''\"\"\"", "𝒳é漢"])
def test_a_teacher_may_be_called_anything(name: str, tmp_path: Path) -> None:
    folder = tmp_path / name
    folder.mkdir()
    usual, odd = tmp_path / "teacher.safetensors", folder / "teacher.safetensors"
    reader = preset("reader").trained
    assert reader is not None
    for path in (usual, odd):
        write_atomically(path, reader.read_bytes())
    programs = [script(_experiment(DistilledMNIST(teacher=str(path)))) for path in (usual, odd)]
    assert skeleton(programs[0]) == skeleton(programs[1])
    assert str(odd) in _strings(programs[1])


NAME = 'a "file" \\ {x} %d\nof é漢😀'


def _same_data(data: Dataset, folder: Path) -> None:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script(_experiment(data)).encode(), "exported.py", "exec"), names)
    loaded = load(data)
    parts = [part for part in (loaded.train, loaded.validation, loaded.test) if len(part)]
    for (inputs, targets), part in zip(names["load_data"](folder, torch.device("cpu")), parts, strict=True):
        ours = part.cut(0, len(part))
        if inputs.dim() == 1:  # a text to draw windows from, which has room for one more
            inputs, targets = (row[: ours[0].numel()].view_as(ours[0]) for row in (inputs, targets))
        assert torch.equal(inputs, ours[0])
        assert torch.equal(targets, ours[1])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("asked", get_args(Asked))
def test_a_text_of_any_letters_is_read_as_here(encoding: str, asked: Asked, tmp_path: Path) -> None:
    letters = "Ünï, “cödé” 'and' \"quotes\" \\ {x}\r\n" + ("" if encoding == "cp1252" else "漢字😀\u2028\x0c\x1b")
    path = tmp_path / f"{NAME}.txt"
    path.write_bytes((letters * 60).encode(encoding))
    data = OwnText(source=texts.inspect(str(path)).source, asked=asked, context=8, validation_share=0.2)
    assert data.source.encoding == encoding
    _same_data(data, tmp_path)


@pytest.mark.parametrize("target", ["kind", "wi''dth"])
def test_a_table_of_any_letters_is_read_as_here(target: str, tmp_path: Path) -> None:
    path = tmp_path / f"{NAME}.csv"
    kinds = [f"{'x' * (i % 9)} “a”  b' \\ {{é漢😀}} # {i}" for i in range(30)]
    rows = [f"{i},{kinds[i % 30]},{i * i % 7}.5" for i in range(120)]
    path.write_text("\n".join(["wi''dth,kind,he\u2028ight", *rows]), encoding="utf-8")
    data = Table(source=tables.inspect(str(path)).source, target=target, asks="auto" if target == "kind" else "number")
    assert data.target in data.columns
    _same_data(data, tmp_path)


def _strings(program: str) -> set[str]:
    return {node.value for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Constant)}


@settings(max_examples=60, derandomize=True)
@given(text=words)
@example("😀")
def test_strings_stand_for_what_they_are(text: str) -> None:
    for value in (text, [text, ("'", text)], (text,)):
        line = printed(value)
        assert ast.literal_eval(line) == value
        assert line.isprintable()


def test_lists_of_words_are_broken_between_words() -> None:
    table = _rewritten(EXPERIMENTS["classes"], "two  spaces 'and' \"more\"", set())
    assert set(several("two  spaces 'and' \"more\"")) <= _strings(script(table))


def test_only_what_has_a_literal_is_printed() -> None:
    for value in (object(), {"a": 1}, b"bytes", Linear()):
        with pytest.raises(TypeError, match="no literal"):
            str(Call("f", (value,)))


@pytest.mark.parametrize("kind", [TextFile, TextPart, TableReading])
@pytest.mark.parametrize(
    "encoding", [ENCODING[:20], "", "rot13", "hex", "undefined", "a\0b", "os.path", "..", "utf 99"]
)
def test_an_encoding_is_one_that_python_knows(kind: type[Any], encoding: str) -> None:
    with pytest.raises(ValidationError, match="not a text encoding"):
        kind(encoding=encoding)
    assert kind(encoding="UTF8").encoding == "utf-8"
    assert [kind(encoding=name).encoding for name in ("utf-8-sig", "utf-16", "cp1252")] == [
        "utf-8-sig",
        "utf-16",
        "cp1252",
    ]


def test_the_help_of_the_data_option_is_no_format() -> None:
    program = script(_experiment(OwnText(source=LETTERS.with_(path="/some/100%s of it.txt"))))
    option = re.search(r'help="(.*)"', program)
    assert option is not None
    assert option.group(1) % {} == "the text, or the folder that holds 100%s of it.txt"
