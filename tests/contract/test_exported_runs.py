"""Every preset's program runs to its end on little data, prints its figures, saves its network and goes on from it."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch.optim.optimizer import register_optimizer_step_pre_hook

from playground.engine.build import build
from playground.engine.data.in_memory import load
from playground.engine.training.snapshots import Figures
from playground.engine.training.trainer import Trainer
from playground.engine.weights import save
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.points import Points
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import TangPoems
from playground.spec.experiment import Experiment
from playground.spec.export.script import script
from playground.spec.files.presets import presets
from playground.spec.files.resources import resource
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.recipe.optimizers import Adam
from playground.spec.recipe.recipe import Recipe

FIGURES = r"loss [\d.]+, \S+( vs\. \w+)? -?[\d.]+%"
LINES = re.compile(rf"(epoch 1/1: train {FIGURES}, [\d.]+ s\n(  validation: {FIGURES}\n)?)(test: {FIGURES}\n)")
SMALL = {"segmentation": ClutteredMNIST(count=20)}


def idx(*shape: int) -> bytes:
    """The bytes of an IDX file: of images, one bright column whose place is the digit, or of their digits."""
    header = bytes([0, 0, 8, len(shape)]) + b"".join(length.to_bytes(4, "big") for length in shape)
    digits = [number % 10 for number in range(shape[0])]
    if len(shape) == 1:
        return header + bytes(digits)
    return header + b"".join(bytes(255 if x // 2 == digit else 0 for x in range(28)) * 28 for digit in digits)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a little of everything."""
    folder = tmp_path_factory.mktemp("data")
    for name in ("MNIST", "FashionMNIST"):
        raw = folder / name / "raw"
        raw.mkdir(parents=True)
        for part, count in (("train", 60), ("t10k", 20)):
            (raw / f"{part}-images-idx3-ubyte").write_bytes(idx(count, 28, 28))
            (raw / f"{part}-labels-idx1-ubyte").write_bytes(idx(count))
    for name, length in (("shakespeare.txt", 15_000), ("tang-poems.txt", 4_000)):
        text = resource("texts", name).read_text(encoding="utf-8")[:length]
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "iris.csv").write_bytes(resource("iris", "iris.csv").read_bytes())
    return folder


def run(program: str, monkeypatch: pytest.MonkeyPatch, *options: object, epochs: int = 1) -> None:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(program, "exported.py", "exec"), names)
    names["EPOCHS"] = epochs
    monkeypatch.setattr(sys, "argv", ["exported.py", "--device", "cpu", *map(str, options)])
    names["main"]()


@pytest.mark.parametrize("name", [entry.id for entry in presets()])
def test_a_program_runs_saves_and_goes_on(
    name: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = next(entry.experiment for entry in presets() if entry.id == name)
    experiment = experiment.with_(data=SMALL.get(name, experiment.data))
    program = script(experiment).replace(", 2000, 2)", ", 20, 2)")  # fields to test with: of them all it takes a minute
    monkeypatch.chdir(tmp_path)
    place = ["--data", data] if experiment.data.loading().data_help is not None else []
    run(program, monkeypatch, *place)
    assert LINES.fullmatch(capsys.readouterr().out)
    saved = load_file("trained.safetensors")
    build(experiment).load_state_dict(saved)  # it has the same names and shapes
    first: list[torch.Tensor] = []

    def note(optimizer: torch.optim.Optimizer, _args: object, _kwargs: object) -> None:
        if not first:
            first.extend(item.detach().clone() for group in optimizer.param_groups for item in group["params"])

    with contextlib.ExitStack() as stack:
        stack.callback(register_optimizer_step_pre_hook(note).remove)
        run(program, monkeypatch, *place, "--from", "trained.safetensors", "--out", "more.safetensors")
    assert first
    assert all(any(torch.equal(item, tensor) for tensor in saved.values()) for item in first)
    assert Path("more.safetensors").is_file()


def test_a_program_goes_on_from_a_network_of_the_window(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = Stack(layers=(Linear(out_features=8), Linear(out_features=2)))
    experiment = Experiment(data=Points(count=100), stack=stack, recipe=Recipe(optimizer=Adam(lr=0.01), epochs=5))
    trainer = Trainer(experiment, load(experiment.data))
    for _ in trainer:
        pass
    save(tmp_path / "window.safetensors", experiment, trainer.network, Figures())
    monkeypatch.chdir(tmp_path)
    run(script(experiment), monkeypatch, "--from", "window.safetensors", epochs=0)
    found = float(re.search(r"test: loss ([\d.]+)", capsys.readouterr().out)[1])  # type: ignore[index]
    assert found == pytest.approx(trainer.figures.test_loss, abs=1e-4)


@pytest.mark.parametrize("written", [None, b"no safetensors", b""])
def test_a_network_that_cannot_be_used_is_refused_in_a_sentence(
    written: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "other.safetensors"
    if written is not None:
        path.write_bytes(written)
    experiment = Experiment(data=Points(count=100), stack=Stack(layers=(Linear(out_features=2),)))
    with pytest.raises(SystemExit, match=r"Wrong --device, --from or --out: [^\n]+$"):
        run(script(experiment), monkeypatch, "--from", path)


def test_a_network_of_another_shape_is_refused_in_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save_file({"0.weight": torch.zeros(3, 2)}, tmp_path / "other.safetensors")
    experiment = Experiment(data=Points(count=100), stack=Stack(layers=(Linear(out_features=2),)))
    with pytest.raises(SystemExit, match=r"Wrong --device, --from or --out: [^\n]+$"):
        run(script(experiment), monkeypatch, "--from", tmp_path / "other.safetensors")


def test_a_file_that_cannot_be_written_is_refused_before_the_training(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    experiment = Experiment(data=Points(count=100), stack=Stack(layers=(Linear(out_features=2),)))
    with pytest.raises(SystemExit, match=r"Wrong --device, --from or --out: .*directory"):
        run(script(experiment), monkeypatch, "--out", tmp_path)
    assert "epoch" not in capsys.readouterr().out


SMALL_NETWORKS = {
    "iris.csv": Experiment(data=Table(), stack=Stack(layers=(Linear(out_features=3),))),
    "tang-poems.txt": Experiment(
        data=TangPoems(context=16), stack=Stack(layers=(Embedding(embedding_dim=2), Linear(out_features=2578)))
    ),
}


@pytest.mark.parametrize("file", SMALL_NETWORKS)
def test_files_are_found_or_missed_in_a_sentence(
    file: str, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script(SMALL_NETWORKS[file]), "exported.py", "exec"), names)
    find = names["find_file"]
    monkeypatch.chdir(tmp_path)
    assert find(file, data) == find(file, data / file) == data / file
    monkeypatch.setattr(sys, "argv", ["exported.py"])
    assert find(file, None).samefile(resource("iris" if file == "iris.csv" else "texts", file))  # of this package
    monkeypatch.setattr(sys, "argv", [str(data / "exported.py")])
    assert find(file, None) == data / file  # beside the program
    with pytest.raises(SystemExit, match=f"There is no {file}: put it next to this program"):
        find(file, tmp_path)


def test_digits_are_read_from_where_they_are(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script(next(e.experiment for e in presets() if e.id == "textbook")), "exported.py", "exec"), names)
    images, labels = names["read_mnist"](data, "train")  # as torchvision keeps them
    assert images.shape == (60, 28, 28)
    assert labels.tolist() == [number % 10 for number in range(60)]
    images, labels = names["read_mnist"](resource("mnist"), "t10k")  # compressed, in the folder itself
    assert torch.equal(labels[:4], torch.tensor([7, 2, 1, 0]))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["exported.py"])
    assert torch.equal(names["read_mnist"](None, "t10k")[0], images)  # of this package


def test_windows_of_a_text_begin_elsewhere_in_every_epoch() -> None:
    names: dict[str, Any] = {"__name__": "exported"}
    exec(compile(script(SMALL_NETWORKS["tang-poems.txt"]), "exported.py", "exec"), names)
    torch.manual_seed(0)
    row = torch.arange(16 * 21)
    firsts = set()
    for _ in range(40):
        inputs, targets = (torch.cat(parts) for parts in zip(*names["batches"](row, row + 1), strict=True))
        assert inputs.shape == (20, 16)
        assert torch.equal(targets, inputs + 1)
        assert torch.equal(inputs.flatten().sort().values, torch.arange(20 * 16) + inputs.min())
        firsts.add(int(inputs.min()))
    assert firsts <= set(range(16))
    assert len(firsts) > 8
