"""The experiment in a network's file, and files of weights without one."""

from __future__ import annotations

from pathlib import Path

import pytest

from playground.spec.files.network_file import holds_bare_weights, read_described
from playground.spec.files.presets import preset
from playground.spec.files.storage import FileError


def written(path: Path, header: bytes) -> Path:
    path.write_bytes(len(header).to_bytes(8, "little") + header)
    return path


def test_the_experiment_in_a_network_is_read_without_its_tensors() -> None:
    trained = preset("reader").trained
    assert trained is not None
    assert read_described(trained).stack == preset("reader").experiment.stack
    assert not holds_bare_weights(trained)


@pytest.mark.parametrize("header", [b"{}", b'{"__metadata__":{"format":"pt"}}'])
def test_weights_alone_are_known_by_what_they_lack_and_by_their_name(header: bytes, tmp_path: Path) -> None:
    assert holds_bare_weights(written(tmp_path / "weights.safetensors", header))
    assert holds_bare_weights(written(tmp_path / "weights.SAFETENSORS", header))
    assert not holds_bare_weights(written(tmp_path / "weights.bin", header))
    with pytest.raises(FileError, match="no experiment to use them in"):
        read_described(tmp_path / "weights.safetensors")


def test_what_is_no_network_holds_no_weights(tmp_path: Path) -> None:
    assert not holds_bare_weights(tmp_path / "missing.safetensors")
    assert not holds_bare_weights(written(tmp_path / "cut.safetensors", b'{"a":'))
