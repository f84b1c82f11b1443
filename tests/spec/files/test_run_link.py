"""The link from an experiment file to its network: a stored run, or a file beside it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from playground.spec.experiment import Experiment
from playground.spec.files.experiment_file import (
    FileError,
    FileLink,
    RunLink,
    experiment_bytes,
    network_beside,
    parse_experiment,
    read_experiment,
    read_experiment_file,
    write_experiment,
)
from playground.spec.files.presets import preset

CASES = Path(__file__).parents[2] / "cases"
EXPERIMENT = preset("lenet-5").experiment
LINK = RunLink("20260102-030405-0123abcd", 3750)


def test_the_link_to_a_network_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "mine.playground"
    write_experiment(EXPERIMENT, path, LINK)
    assert read_experiment_file(path) == (EXPERIMENT, LINK)
    assert read_experiment(path) == EXPERIMENT
    write_experiment(EXPERIMENT, path)
    assert read_experiment_file(path) == (EXPERIMENT, None)


def test_the_link_to_a_file_beside_comes_back(tmp_path: Path) -> None:
    path, link = tmp_path / "mine.playground", FileLink("mine.network.safetensors", "0a" * 32)
    assert network_beside(path) == tmp_path / "mine.network.safetensors"
    write_experiment(EXPERIMENT, path, link)
    assert read_experiment_file(path) == (EXPERIMENT, link)
    (tmp_path / link.file).touch()
    assert network_beside(path) == tmp_path / "mine.network.safetensors"
    write_experiment(EXPERIMENT, path)
    assert network_beside(path) == tmp_path / "mine-2.network.safetensors"


def test_a_file_of_version_3_opens() -> None:
    assert read_experiment_file(CASES / "version-3.playground") == (preset("xor").experiment, LINK)


def test_a_file_of_version_2_opens() -> None:
    assert read_experiment_file(CASES / "version-2.playground") == (preset("fast-cnn").experiment, None)


NO_LINKS: tuple[object, ...] = (
    "a",
    {"run": LINK.run_id},
    {"run": "../../etc", "step": 1},
    {"run": LINK.run_id, "step": True},
    {"run": LINK.run_id, "step": 0},
    {"run": LINK.run_id, "step": 1, "path": "/tmp"},
    {"file": "a.safetensors"},
    {"file": "a.safetensors", "sha256": "0a"},
    {"file": "../a.safetensors", "sha256": "0a" * 32},
    {"file": "c:a.safetensors", "sha256": "0a" * 32},
    {"file": "..", "sha256": "0a" * 32},
    {"file": "a\n.safetensors", "sha256": "0a" * 32},
    {"file": "a.png", "sha256": "0a" * 32},
    {"file": "a.safetensors", "sha256": "0a" * 32, "step": 3},
    7,
    [],
    {},
)


@pytest.mark.parametrize("link", NO_LINKS)
def test_a_link_that_is_none_is_refused(link: object) -> None:
    document = json.loads(experiment_bytes(Experiment())) | {"network": link}
    del document["checksum"]
    with pytest.raises(FileError, match="should name a run and a step"):
        parse_experiment(json.dumps(document).encode())
