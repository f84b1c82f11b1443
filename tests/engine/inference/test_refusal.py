"""A network that refuses below a confidence: every answer says so, and nothing that is measured changes."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import playground
from playground.cli.main import main
from playground.engine.inference.predictions.agreement import agreement
from playground.engine.inference.predictions.prediction import Truth
from playground.engine.inference.predictions.prediction_json import prediction_object
from playground.engine.inference.predictions.predictions_csv import predictions_csv
from playground.engine.inference.predictor import Predictor
from playground.engine.weights import Trained, load, save
from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import experiment_bytes, parse_experiment
from playground.spec.files.presets import preset
from playground.spec.files.resources import resource
from playground.spec.live_changes import live_changes

Output = pytest.CaptureFixture[str]


def refusing(trained: Trained, confidence: float) -> Predictor:
    return Predictor(replace(trained, experiment=trained.experiment.with_(refuse_below=confidence)))


@pytest.fixture(scope="module")
def reader() -> Trained:
    return load(resource("presets", "reader.safetensors"))


@pytest.fixture(scope="module")
def pictures() -> list[np.ndarray]:
    """A one, of which it is sure, and grey noise, of which it is not."""
    one = np.zeros((28, 28), np.uint8)
    one[4:24, 13:15] = 255
    return [one, np.random.default_rng(1).integers(0, 256, (28, 28), dtype=np.uint8)]


def test_an_unsure_answer_is_none_and_says_what_is_most_probable(reader: Trained, pictures: list[np.ndarray]) -> None:
    before = Predictor(reader).predict(pictures)
    assert all(not item.refused and item.answer for item in before)
    low, high = sorted(item.confidence for item in before)
    sure, unsure = sorted(refusing(reader, (low + high) / 2).predict(pictures), key=lambda item: item.refused)
    assert (sure.refused, sure.answer) == (False, max(before, key=lambda item: item.confidence).answer)
    assert (unsure.refused, unsure.answer, unsure.confidence) == (True, "", low)
    assert unsure.most_probable == min(before, key=lambda item: item.confidence).answer
    assert str(unsure.words) == f"not sure (most probable: {unsure.most_probable}, {low:.1%})".replace("%", " %")
    assert unsure.probabilities == min(before, key=lambda item: item.confidence).probabilities


def test_the_very_threshold_is_sure_enough(reader: Trained, pictures: list[np.ndarray]) -> None:
    (found,) = Predictor(reader).predict(pictures[:1])
    (same,) = refusing(reader, found.confidence).predict(pictures[:1])
    assert not same.refused


def test_json_and_csv_leave_the_answer_empty(reader: Trained, pictures: list[np.ndarray]) -> None:
    data = reader.experiment.data
    (refused,) = refusing(reader, 1.0).predict(pictures[1:])
    told = prediction_object(refused, data)
    assert (told["answer"], told["refused"], told["most_probable"]) == (None, True, refused.most_probable)
    assert told["confidence"] == refused.confidence
    (answered,) = Predictor(reader).predict(pictures[:1])
    assert "refused" not in prediction_object(answered, data)
    rows = list(csv.DictReader(io.StringIO(predictions_csv(data, [answered, refused]))))
    assert [row["answer"] for row in rows] == [answered.answer, ""]
    assert [row["most probable"] for row in rows] == ["", refused.most_probable]
    assert float(rows[1]["confidence"]) == pytest.approx(refused.confidence)
    assert "most probable" not in predictions_csv(data, [answered])


def test_refused_rows_do_not_count_as_wrong(reader: Trained, pictures: list[np.ndarray]) -> None:
    (answered,) = Predictor(reader).predict(pictures[:1])
    (refused,) = refusing(reader, 1.0).predict(pictures[1:])
    truths = [replace(answered, truth=Truth(answered.answer)), replace(refused, truth=Truth("0"))]
    found = agreement(reader.experiment.data, truths)
    assert (found.compared, found.right, found.refused) == (1, 1, 1)
    assert str(found.sentences()[-1]) == "Not answered, because not sure: 1."


def test_numbers_and_masks_are_never_refused() -> None:
    assert preset("hills").experiment.with_(refuse_below=1.0).refuses(0.0) is False
    assert preset("segmentation").experiment.with_(refuse_below=1.0).refuses(0.0) is False
    assert preset("textbook").experiment.with_(refuse_below=1.0).refuses(0.5) is True


def test_files_keep_it_and_older_programs_read_those_without() -> None:
    plain, refusing_one = Experiment(), Experiment(refuse_below=0.93)
    assert parse_experiment(experiment_bytes(refusing_one)) == refusing_one
    assert json.loads(experiment_bytes(refusing_one))["version"] == 6
    record = json.loads(experiment_bytes(plain))
    assert (record["version"], "refuse_below" in record["experiment"]) == (4, False)
    assert live_changes(plain, refusing_one) == ()  # it is no other training


def test_the_command_line_says_not_sure(reader: Trained, tmp_path: Path, capsys: Output) -> None:
    network, picture = tmp_path / "refusing.safetensors", tmp_path / "one.png"
    experiment = reader.experiment.with_(refuse_below=1.0)
    save(network, experiment, reader.network, reader.figures)
    page = np.full((90, 90), 255, np.uint8)
    page[20:70, 43:48] = 0
    Image.fromarray(page).save(picture)
    assert playground.load(network).predict([picture])[0].refused
    assert main(["read", str(network), str(picture)]) == 0
    assert capsys.readouterr().out.startswith(f"{picture}: not sure (most probable: 1, ")
    assert main(["predict", str(network), str(picture)]) == 0
    assert capsys.readouterr().out.startswith(f"{picture}: not sure (most probable: 1, ")
    assert main(["read", str(network), str(picture), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    (piece,) = told["pieces"]
    assert (told["answer"], piece["answer"], piece["refused"], piece["most_probable"]) == (None, None, True, "1")
