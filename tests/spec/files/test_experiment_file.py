"""Experiment files come back as they were written; a bad one gets one sentence that says what is wrong and where."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from playground.spec.datasets.points import Classed, Points
from playground.spec.datasets.table import Table
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import (
    FileError,
    experiment_bytes,
    parse_experiment,
    read_experiment,
    write_experiment,
)
from playground.spec.layer import Stack
from playground.spec.layers.activation import ELU
from playground.spec.layers.attention import Attention
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.recipe.augmentations import Rotate, Shift
from playground.spec.recipe.recipe import Recipe

CASES = Path(__file__).parents[2] / "cases"
EXPERIMENT = Experiment(
    name="Ünïcode “quoted” {braces}",
    about='First line\nsecond line with "checksum": "sha256:' + 64 * "0" + '"',
    stack=Stack(layers=(Flatten(), Linear(activation=ELU(alpha=0.3)), Linear(out_features=10, enabled=False))),
    recipe=Recipe(augmentations=(Shift(), Rotate(degrees=0.1 + 0.2)), epochs=3),
    seed=2**32 - 1,
)
DATA = experiment_bytes(EXPERIMENT)

Change = Callable[[dict[str, Any]], None]


def hand_written(change: Change | None = None) -> bytes:
    """The file without its checksum, as a person would write it, after a change."""
    document = json.loads(DATA)
    del document["checksum"]
    if change:
        change(document)
    return json.dumps(document).encode()


def setting(*path: str | int, to: Any) -> Change:
    def change(document: dict[str, Any]) -> None:
        place: Any = document["experiment"]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = to

    return change


def complaint(data: bytes) -> str:
    with pytest.raises(FileError) as caught:
        parse_experiment(data)
    return str(caught.value)


def test_round_trip_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(EXPERIMENT, path)
    assert read_experiment(path) == EXPERIMENT
    assert path.read_bytes() == DATA


def test_file_is_readable_by_a_person() -> None:
    text = DATA.decode()
    assert '"name": "Ünïcode “quoted” {braces}",' in text
    assert '  "version": 4,\n' in text
    assert text.endswith("}\n")


def test_hand_written_file_is_welcome() -> None:
    assert parse_experiment(hand_written()) == EXPERIMENT
    document = json.loads(hand_written())
    document["experiment"] = {"stack": {"layers": [{"type": "flatten"}]}}
    assert parse_experiment(json.dumps(document).encode()) == Experiment(stack=Stack(layers=(Flatten(),)))


def test_every_truncation_is_one_error() -> None:
    for length in range(len(DATA)):
        complaint(DATA[:length])


def test_random_byte_flips_are_one_error_each() -> None:
    chance = random.Random(2)
    for _ in range(2000):
        damaged = bytearray(DATA)
        damaged[chance.randrange(len(DATA))] ^= chance.randrange(1, 256)
        complaint(bytes(damaged))


def test_edited_file_says_how_to_open_it() -> None:
    edited = DATA.replace(b'"epochs": 3', b'"epochs": 4')
    assert complaint(edited) == (
        "Its checksum does not match: it was damaged, or changed after it was saved. "
        "If you edited it, delete the line with “checksum” and open it again."
    )
    without = b"\n".join(line for line in edited.split(b"\n") if b'"checksum": "sha' not in line)
    assert parse_experiment(without).recipe.epochs == 4


@pytest.mark.parametrize("checksum", [None, 7, "", "sha256:", "sha256:" + 64 * "A", "md5:0"])
def test_checksum_that_is_none_is_no_way_around_it(checksum: Any) -> None:
    assert "should have one checksum" in complaint(hand_written(lambda document: document.update(checksum=checksum)))


WRONG_FIELDS = {
    "below": (
        setting("stack", "layers", 1, "out_features", to=0),
        "Stack › layer 2 (Linear) › Units: 0 is below the smallest value, 1.",
    ),
    "above": (
        setting("recipe", "augmentations", 1, "degrees", to=181),
        "Recipe › Augment › number 2 (Rotate) › Degrees: 181 is above the largest value, 180.",
    ),
    "far above": (setting("seed", to=2**32), "Seed: 4294967296 is above the largest value, 4,294,967,295."),
    "far above all": (
        setting("recipe", "clip_norm", to=1e308),
        "Recipe › Clip: 1e+308 is above the largest value, 1,000,000.",
    ),
    "text for a number": (
        setting("recipe", "optimizer", "lr", to="1"),
        'Recipe › Optimizer › Learning rate: "1" is not a number.',
    ),
    "fraction for a whole number": (setting("recipe", "epochs", to=1.5), "Recipe › Epochs: 1.5 is not a whole number."),
    "true for a number": (setting("recipe", "epochs", to=True), "Recipe › Epochs: true is not a whole number."),
    "number for a flag": (
        setting("stack", "layers", 1, "bias", to=1),
        "Stack › layer 2 (Linear) › Bias: 1 is neither true nor false.",
    ),
    "list for a number": (setting("refuse_below", to=[]), "“refuse_below”: […] is not a number."),
    "number for text": (setting("name", to=1), "Name: 1 is not text."),
    "long text": (setting("name", to=121 * "x"), "Name: the text is longer than 120 characters."),
    "unknown word": (
        setting("recipe", "device", to="abacus"),
        "Recipe › Device: \"abacus\" is not one of 'auto', 'cpu', 'cuda' or 'mps'.",
    ),
    "unknown layer": (
        setting("stack", "layers", 1, to={"type": "{hyper}"}),
        'Stack › layer 2: the type "{hyper}" is unknown.',
    ),
    "layer for an activation": (
        setting("stack", "layers", 1, "activation", to={"type": "flatten"}),
        'Stack › layer 2 (Linear) › Activation: the type "flatten" is unknown; known are relu, ',
    ),
    "misspelt layer": (
        setting("stack", "layers", 1, to={"type": "Conv2D"}),
        'Stack › layer 2: the type "Conv2D" is unknown; the nearest known name is "conv2d".',
    ),
    "layer by another name": (
        setting("stack", "layers", 1, to={"type": "Linearr"}),
        'Stack › layer 2: the type "Linearr" is unknown; the nearest known name is "linear".',
    ),
    "unknown optimizer": (
        setting("recipe", "optimizer", to={"type": "adamm"}),
        'Recipe › Optimizer: the type "adamm" is unknown; the nearest known name is "adam".',
    ),
    "unknown loss": (
        setting("recipe", "loss", to={"type": "hinge"}),
        'Recipe › Loss: the type "hinge" is unknown; known are cross_entropy, ',
    ),
    "unknown data": (
        setting("data", to={"type": "weather"}),
        'Data: the type "weather" is unknown.',
    ),
    "a type that is no text": (
        setting("stack", "layers", 1, to={"type": ["flatten"] * 1000}),
        "Stack › layer 2: the type […] is unknown.",
    ),
    "a type without end": (
        setting("stack", "layers", 1, to={"type": "x" * 100_000}),
        f'Stack › layer 2: the type "{38 * "x"}… is unknown.',
    ),
    "misspelt field": (
        setting("stack", "layers", 1, "outfeatures", to=1),
        "Stack › layer 2 (Linear) › “outfeatures”: nothing of this name is known here; "
        'the nearest known name is "out_features".',
    ),
    "inside an activation": (
        setting("stack", "layers", 1, "activation", "alpha", to=11),
        "Stack › layer 2 (Linear) › Activation › Alpha: 11 is above the largest value, 10.",
    ),
    "layer without type": (setting("stack", "layers", 0, to={}), "Stack › layer 1: it has no “type”."),
    "number for a layer": (setting("stack", "layers", 0, to=3), "Stack › layer 1: 3 does not describe anything"),
    "no list": (setting("stack", "layers", to={}), "Stack › “layers”: {…} is not a list."),
    "extra field": (
        setting("stack", "layers", 1, "units{}", to=1),
        "Stack › layer 2 (Linear) › “units{}”: nothing of this name is known here.",
    ),
    "null": (setting("recipe", to=None), "Recipe: null does not describe anything"),
    "too many layers": (
        setting("stack", "layers", to=[{"type": "flatten"}] * 2001),
        "Stack: there are more than 2,000 of them.",
    ),
    "several": (
        setting("recipe", to={"epochs": 0, "batch_size": 0}),
        "Recipe › Batch: 0 is below the smallest value, 1 (and 1 more such mistakes).",
    ),
}


@pytest.mark.parametrize(("change", "expected"), WRONG_FIELDS.values(), ids=WRONG_FIELDS.keys())
def test_wrong_field_is_said_with_its_place(change: Change, expected: str) -> None:
    said = complaint(hand_written(change))
    assert said.startswith(expected)
    assert len(said) < 240


WRONG_DOCUMENTS = {
    "newer": (lambda document: document.update(version=8), "It is of version 8, written by a newer Playground"),
    "no version": (lambda document: document.pop("version"), "Its “version” should be a whole number"),
    "version in words": (lambda document: document.update(version="1"), 'should be a whole number from 1, but is "1"'),
    "version zero": (lambda document: document.update(version=0), "should be a whole number from 1, but is 0"),
    "other format": (lambda document: document.update(format="other"), "It is not an experiment of Playground"),
    "no experiment": (lambda document: document.pop("experiment"), "It has no “experiment”"),
    "empty experiment": (lambda document: document.update(experiment=7), "Experiment: 7 does not describe anything"),
    "more beside it": (
        lambda document: document.update(more=1),
        "“more” is unknown; only “experiment” is expected here",
    ),
}


@pytest.mark.parametrize(("change", "expected"), WRONG_DOCUMENTS.values(), ids=WRONG_DOCUMENTS.keys())
def test_wrong_document_is_said(change: Change, expected: str) -> None:
    assert expected in complaint(hand_written(change))


def _nested_containers() -> bytes:
    inner = '{"type":"flatten","branches":[{"layers":['
    opening, closing = inner * 10_000, "]}]}" * 10_000
    return hand_written().replace(b'"layers": [', f'"layers": [{opening}{closing},'.encode(), 1)


NO_DOCUMENTS = {
    "empty": (b"", "It is empty."),
    "blank": (b" \n\t", "It is empty."),
    "binary": (b"\x89PNG\r\n\x1a\n\x00\x00", "It is not valid JSON"),
    "zeros": (bytes(100), "It is not valid JSON"),
    "text": (b"Dear reader,", "It is not valid JSON"),
    "other JSON": (b"[1, 2, 3]", "It is not an experiment of Playground"),
    "null": (b"null", "It is not an experiment of Playground"),
    "NaN": (hand_written().replace(b'"clip_norm": 0.0', b'"clip_norm": NaN'), "It is not valid JSON"),
    "infinity": (
        hand_written().replace(b'"clip_norm": 0.0', b'"clip_norm": 1e999'),
        "Recipe › Clip: Infinity is not a finite number.",
    ),
    "huge number": (hand_written().replace(b'"epochs": 3', b'"epochs": ' + 5000 * b"9"), "number out of range"),
    "duplicate names": (hand_written().replace(b'"epochs": 3', b'"epochs": 3, "epochs": 4'), '"epochs" occurs twice'),
    "invalid UTF-8": (hand_written().replace(b"First", b"\xff\xfe\x80rst"), "It is not valid JSON: invalid unicode"),
    "lone surrogate": (hand_written().replace(b"First", b"\\ud800rst"), "It is not valid JSON"),
    "deep lists": (10_000 * b"[" + 10_000 * b"]", "nested too deeply"),
    "deep objects": (10_000 * b'{"a":', "nested too deeply"),
    "deep containers": (_nested_containers(), "nested too deeply"),
    "a million names": (b"{" + b",".join(b'"%d":0' % i for i in range(100_000)) + b"}", "100,000 names in one object"),
    "a million values": (hand_written(setting("stack", "layers", to=[3] * 1_000_000)), "Stack › layer 1: 3 does not"),
}


@pytest.mark.parametrize(("data", "expected"), NO_DOCUMENTS.values(), ids=NO_DOCUMENTS.keys())
def test_what_is_no_document_is_said(data: bytes, expected: str) -> None:
    assert expected in complaint(data)


def test_error_of_a_file_names_it(tmp_path: Path) -> None:
    path = tmp_path / "mine.playground"
    path.write_bytes(DATA[:100])
    with pytest.raises(
        FileError, match=r"“.*mine\.playground” was not opened\. It ends too early: part of it is missing"
    ):
        read_experiment(path)


def test_large_file_is_refused_by_its_size(tmp_path: Path) -> None:
    path = tmp_path / "large.playground"
    with open(path, "wb") as file:
        file.truncate(200_000_000)
    with pytest.raises(FileError, match=r"too large .*: 200\.0 MB, where at most 4\.0 MB are expected"):
        read_experiment(path)


def test_largest_experiment_fits() -> None:
    largest = Experiment(stack=Stack(layers=(Linear(activation=ELU()),) * 2000))
    assert parse_experiment(experiment_bytes(largest)) == largest


def test_failed_save_leaves_the_old_file_whole(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="it is a folder"):
        write_experiment(EXPERIMENT, tmp_path)


def test_points_added_and_taken_out_are_in_the_file() -> None:
    data = Points(added=(Classed(x=1.5, y=-2.25, value=1), Classed(x=0.0, y=6.0, value=4)), removed=(3, 17))
    experiment = Experiment(data=data)
    assert parse_experiment(experiment_bytes(experiment)) == experiment
    assert hash(parse_experiment(experiment_bytes(experiment))) == hash(experiment)


@pytest.mark.parametrize(
    ("field", "value", "why"),
    [
        ("added", [{"x": 9, "y": 0, "value": 1}], "number 1 › x: 9 is above the largest value, 6"),
        ("added", [{"x": 0, "y": 0, "value": 1}] * 1001, "there are more than 1,000 of them"),
        ("added", "none", "is not a list"),
        ("removed", [5000], "5000 is above the largest value, 4,999"),
        ("removed", [True], "true is not a whole number"),
    ],
)
def test_points_that_cannot_be_are_refused(field: str, value: object, why: str) -> None:
    record = {"format": "playground experiment", "version": 1, "experiment": {"data": {"type": "points", field: value}}}
    with pytest.raises(FileError, match=why):
        parse_experiment(json.dumps(record).encode())


def test_a_record_of_version_1_keeps_its_split_seed() -> None:
    data = read_experiment(CASES / "version-1.playground").data
    assert isinstance(data, Table)
    assert data.split_seed == 7
    document = json.loads((CASES / "version-1.playground").read_bytes()) | {"version": 2}
    del document["checksum"]
    assert "division" in complaint(json.dumps(document).encode())


def test_a_record_of_version_6_is_written_as_it_was_until_a_later_field_is_used() -> None:
    """Programs of that version open it, and the digests of searches, which are made of records, stay the same."""
    data = (CASES / "version-6.playground").read_bytes()
    experiment = parse_experiment(data)
    assert experiment_bytes(experiment) == data
    block, *others = experiment.stack.layers
    assert isinstance(block, Attention)
    heads = experiment.with_(stack=Stack(layers=(block.with_(head_dim=8), *others)))
    table = experiment.data.source.layout.table.with_(parts="split")
    source = experiment.data.source.with_(layout=experiment.data.source.layout.with_(table=table))
    for newer in (heads, experiment.with_(data=experiment.data.with_(source=source))):
        written = experiment_bytes(newer)
        assert json.loads(written)["version"] == 7
        assert parse_experiment(written) == newer
    assert json.loads(experiment_bytes(experiment.with_(refuse_below=0.0)))["version"] == 4
