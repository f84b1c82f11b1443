"""Exported scripts are programs of their own: they compute what the engine computes, hold nothing needless, and run."""

from __future__ import annotations

import ast
import json
import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor, nn

from playground.engine.build import build
from playground.engine.evaluation.objective import Objective
from playground.spec.data.task import Task
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.text import Asked, TangPoems
from playground.spec.experiment import Experiment
from playground.spec.export.default_arguments import brief
from playground.spec.export.script import script
from playground.spec.files.presets import preset, presets
from playground.spec.files.resources import resource
from playground.spec.layer import Stack, Tokens
from playground.spec.layers.activation import GELU, ReLU
from playground.spec.layers.attention import SelfAttention, TransformerBlock
from playground.spec.layers.containers import Parallel, Repeat, Residual
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.convolution1d import Conv1d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.glu import GLU
from playground.spec.layers.latent import GaussianLatent
from playground.spec.layers.normalization import LayerNorm
from playground.spec.layers.patches import Patches
from playground.spec.layers.permutation import Permute
from playground.spec.layers.pooling import MaxPool2d
from playground.spec.layers.pooling1d import MaxPool1d
from playground.spec.layers.position import ClassToken, LearnedPosition, SinusoidalPosition
from playground.spec.layers.recurrent import GRU, LSTM, RNN
from playground.spec.layers.regularization import Dropout, GaussianNoise
from playground.spec.layers.reshaping import Reshape
from playground.spec.layers.rows import Rows
from playground.spec.layers.sequence_pooling import SequencePool
from playground.spec.layers.shape import Flatten
from playground.spec.messages import PlaygroundError
from playground.spec.recipe.augmentations import Augmentation, Rotate, Shift, Stroke
from playground.spec.recipe.losses import MSE, CrossEntropy, Loss
from playground.spec.recipe.optimizers import SGD, Muon, Optimizer
from playground.spec.recipe.recipe import EMA, EarlyStopping, Recipe
from playground.spec.recipe.regularizers import L1L2, DecoupledDecay, MaxNorm
from playground.spec.recipe.schedules import CosineRestarts, OneCycle, Plateau, Schedule
from tests.exported_program import run

LAYERS = (
    Conv2d(out_channels=4, stride=3, init="orthogonal"),
    LayerNorm(),
    MaxPool2d(enabled=False),
    Linear(init="zeros", enabled=False),
    Flatten(),
    Linear(out_features=6, init="constant", init_value=0.01),
    Dropout(p=0.1),
    GaussianNoise(std=0.05),
    Linear(out_features=10, activation=GELU(approximate="tanh"), init="xavier_uniform"),
)
EVERYTHING = Experiment(
    name='Everything """ at once \\',
    about="First line\nsecond line\x00\u2028third ''' line\n\n" + "word " * 60,
    data=MNIST(train_limit=40, validation_share=0.0004),
    stack=Stack(layers=LAYERS),
    recipe=Recipe(
        optimizer=SGD(lr=0.05, momentum=0.9, nesterov=True),
        schedule=OneCycle(),
        loss=MSE(),
        regularizer=L1L2(l1=0.001, l2=0.01),
        batch_size=16,
        epochs=3,
        augmentations=tuple(member() for member in Augmentation.members()),
        stopping=EarlyStopping(patience=2),
        clip_norm=0.5,
    ),
    seed=3,
)
LOSSES = {
    f"loss {member.id}": EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(loss=member())) for member in Loss.members()
}
# Wide, deep and normalised over whole samples, so that lines are broken and scales are told from weights.
INNER = Stack(layers=(Conv2d(out_channels=16, padding=1, init="orthogonal"), LayerNorm(), ReLU(), Dropout(p=0.1)))
SHORT = Stack(layers=(ReLU(),))
NESTED = EVERYTHING.with_(
    stack=Stack(
        layers=(
            Conv2d(out_channels=16, kernel_size=5, stride=4),
            Repeat(times=3, branches=(Stack(layers=(Residual(branches=(INNER,), activation=ReLU()),)),)),
            Repeat(times=2, shared=True, branches=(SHORT,)),
            Parallel(branches=(INNER, Stack(), Stack(layers=(Repeat(branches=(INNER,)),))), join="add"),
            Parallel(branches=(SHORT, Stack())),
            Residual(branches=(Stack(layers=(Conv2d(out_channels=8, stride=2, padding=1),)),)),
            Flatten(),
            Linear(out_features=10),
        )
    )
)
SEQUENCES = EVERYTHING.with_(
    stack=Stack(
        layers=(
            Rows(direction="columns"),
            Permute(),
            Conv1d(out_channels=6),
            MaxPool1d(),
            Permute(),
            LSTM(hidden_size=5, output="all", num_layers=2, bidirectional=True, dropout=0.1, forget_bias=1.0),
            GRU(hidden_size=6, output="all", init="orthogonal"),
            LayerNorm(),
            GLU(),
            RNN(hidden_size=4, nonlinearity="relu"),
            Reshape(first=2, second=2),
            Flatten(),
            Linear(out_features=10),
        )
    )
)
ATTENTIVE = EVERYTHING.with_(
    stack=Stack(
        layers=(
            Patches(patch_size=7, embedding_dim=8),
            ClassToken(),
            LearnedPosition(),
            SinusoidalPosition(),
            SelfAttention(num_heads=2, causal=True, bias=False),
            TransformerBlock(num_heads=2, dim_feedforward=12, dropout=0.1, norm_first=False, init="xavier_uniform"),
            SequencePool(how="first"),
            GaussianLatent(latent_features=6),
            Linear(out_features=10),
        )
    )
)
WARMED = EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(schedule=CosineRestarts(warmup=0.5, t_0=1)))
FURTHER = {
    f"{name} {part.id}": EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(**{name: part}))
    for name, part in (
        ("optimizer", Muon()),
        ("loss", CrossEntropy(label_smoothing=0.1, class_weights=(1.0, 2.5) * 5)),
        ("averaging", EMA(decay=0.9)),
        ("schedule", Plateau(patience=0, warmup=0.5)),
        ("regularizer", MaxNorm(max_norm=0.5)),
        ("regularizer", DecoupledDecay(decay_rate=0.1)),
    )
}
EXPERIMENTS = {
    **{entry.id: entry.experiment for entry in presets()},
    "everything": EVERYTHING,
    "nested": NESTED,
    "sequences": SEQUENCES,
    "attentive": ATTENTIVE,
    "warm-up": WARMED,
    **LOSSES,
    **FURTHER,
}

EPOCHS = ["epoch 1/3", "validation", "epoch 2/3", "validation", "epoch 3/3", "validation", "test"]

# Imports a script, fills its network with weights, and prints what it makes of a batch, with and without gradients.
LOSS = """
import importlib.util, json, sys
import torch
from safetensors.torch import load_file
torch.set_num_threads(1)
for folder in sys.argv[1:]:
    spec = importlib.util.spec_from_file_location("exported", f"{folder}/exported.py")
    exported = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(exported)
    batch = load_file(f"{folder}/batch.safetensors")
    model = exported.build_model()
    model.load_state_dict(load_file(f"{folder}/weights.safetensors"))
    loss, _ = exported.evaluate(model, batch["images"], batch["labels"])
    if hasattr(exported, "penalty"):
        loss += exported.penalty(model).item()
    print(json.dumps([folder, loss]), flush=True)
"""


def engine_loss(experiment: Experiment, network: torch.nn.Module, images: Tensor, labels: Tensor) -> float:
    """Data part and penalty, l1 · Σ|w| + l2/2 · Σw² over weight matrices and filters."""
    objective = Objective(experiment.recipe.loss, experiment.data.task, torch.device("cpu"))
    l1, l2 = experiment.recipe.regularizer.strengths
    with torch.no_grad():
        kinds = nn.Linear | nn.Conv1d | nn.Conv2d | nn.RNNBase
        found = [module.named_parameters() for module in network.modules() if isinstance(module, kinds)]
        weights = [parameter for named in found for name, parameter in named if name.startswith("weight")]
        penalty = sum(l1 * weight.abs().sum() + l2 / 2 * weight.square().sum() for weight in weights)
        return float(objective(network.eval()(images), labels) + penalty)


def _inputs(count: int, experiment: Experiment, generator: torch.Generator) -> Tensor:
    """Codes, or numbers from 0 to 1."""
    shape = experiment.data.sample_shape
    if isinstance(shape, Tokens):
        return torch.randint(shape.vocabulary, (count, *shape), generator=generator)
    return torch.rand(count, *shape, generator=generator)


def _classes(count: int, task: Task) -> Tensor:
    """Right classes, a number for each place."""
    places = task.output[1:] if len(task.output) == 3 else task.output[:-1]
    return (torch.arange(count * task.places) % (task.classes or 1)).view(count, *places)


def test_scripts_compute_the_loss_that_the_engine_computes(tmp_path: Path) -> None:
    generator = torch.Generator().manual_seed(1)
    expected = {}
    for name, experiment in EXPERIMENTS.items():
        task = experiment.data.task
        images = _inputs(16, experiment, generator)
        values = torch.rand(16, *task.output, generator=generator)
        labels = values if task.classes is None else _classes(16, task)
        folder = tmp_path / name
        folder.mkdir()
        network = build(experiment)
        weights = {name: tensor.contiguous() for name, tensor in network.state_dict().items()}
        save_file(weights, folder / "weights.safetensors")
        save_file({"images": images, "labels": labels}, folder / "batch.safetensors")
        (folder / "exported.py").write_text(script(experiment), encoding="utf-8")
        expected[str(folder)] = engine_loss(experiment, network, images, labels)
    done = subprocess.run([sys.executable, "-c", LOSS, *expected], capture_output=True, text=True, check=True)
    found = dict(json.loads(line) for line in done.stdout.splitlines())
    assert found == pytest.approx(expected, rel=1e-5)


def test_a_scripts_test_loss_is_that_of_all_samples_at_once() -> None:
    """Also where classes have weights, and a chunk holds others than the one before."""
    weights = (30.0, *[1.0] * 9)
    loss = CrossEntropy(class_weights=weights, label_smoothing=0.1)
    program = script(EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(loss=loss)))
    names: dict[str, Any] = {"__name__": "exported"}
    exec(program, names)
    generator = torch.Generator().manual_seed(3)
    outputs, labels = torch.randn(2500, 10, generator=generator), torch.randint(10, (2500,), generator=generator)
    labels, _ = labels.sort()
    found, _ = names["evaluate"](nn.Identity(), outputs, labels)
    whole = nn.functional.cross_entropy(outputs, labels, torch.tensor(weights), label_smoothing=0.1)
    assert found == pytest.approx(float(whole), rel=1e-5)


@pytest.mark.parametrize(
    ("name", "arguments", "score"), [("segmentation", 0, 1.0), ("restore", 0, 1.0), ("hills", 1, 0.0)]
)
def test_the_score_of_a_script_is_a_number_also_where_there_is_nothing_to_find(
    name: str, arguments: int, score: float
) -> None:
    """As `spec.task.score_of` has it: nothing to find and nothing found is right; a constant is not explained."""
    names: dict[str, Any] = {"__name__": "exported"}
    exec(script(preset(name).experiment), names)
    assert names["score_of"](torch.zeros(3), *[5] * arguments) == score


def test_the_train_loss_of_a_script_counts_class_weights_as_the_engine_does(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    iris = preset("iris").experiment
    loss = CrossEntropy(class_weights=(30.0, 1.0, 1.0))
    recipe = iris.recipe.with_(loss=loss, epochs=1, batch_size=50, optimizer=SGD(lr=1e-6))  # it stays as it begins
    names: dict[str, Any] = {"__name__": "exported"}
    exec(script(iris.with_(recipe=recipe)), names)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["program.py"])
    names["main"]()
    told = re.search(r"train loss ([\d.]+)", capsys.readouterr().out)
    assert told is not None
    (inputs, targets), _ = names["load_data"](None, "cpu")
    names["torch"].manual_seed(names["SEED"])
    outputs = names["build_model"]()(inputs)
    whole = nn.functional.cross_entropy(outputs, targets, torch.tensor(loss.class_weights))
    assert float(told[1]) == pytest.approx(whole.item(), abs=2e-4)


def _write_digits(folder: Path, train: int, test: int) -> None:
    """A tiny data set as torchvision keeps MNIST: one bright column, whose place is the digit."""
    raw = folder / "MNIST" / "raw"
    raw.mkdir(parents=True)
    for name, count in (("train", train), ("t10k", test)):
        labels = [index % 10 for index in range(count)]
        rows = b"".join(bytes(255 if x // 2 == digit else 0 for x in range(28)) * 28 for digit in labels)
        header = bytes([0, 0, 8, 3]) + b"".join(length.to_bytes(4, "big") for length in (count, 28, 28))
        (raw / f"{name}-images-idx3-ubyte").write_bytes(header + rows)
        header = bytes([0, 0, 8, 1]) + count.to_bytes(4, "big")
        (raw / f"{name}-labels-idx1-ubyte").write_bytes(header + bytes(labels))


def test_a_script_is_a_program_of_its_own(tmp_path: Path) -> None:
    _write_digits(tmp_path / "data", train=64, test=20)
    path = tmp_path / "exported.py"
    path.write_text(script(EVERYTHING), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "error", path, "--data", tmp_path / "data", "--device", "cpu"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env={name: value for name, value in os.environ.items() if name != "PYTHONPATH"},
    )
    assert done.returncode == 0, done.stderr
    assert [line.split(":")[0].strip() for line in done.stdout.splitlines()] == EPOCHS


@pytest.mark.parametrize("experiment", [EVERYTHING, WARMED, *FURTHER.values()], ids=["everything", "warm-up", *FURTHER])
def test_a_script_trains_and_tests(experiment: Experiment, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write_digits(tmp_path / "data", train=64, test=20)
    run(script(experiment), tmp_path, "--data", tmp_path / "data")
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in lines] == EPOCHS
    assert all(re.search(r"loss \d+\.\d{4}", line) for line in lines)


TASKS = {
    "segmentation": ClutteredMNIST(count=40, noise=0.2),
    "vae": ReconstructedMNIST(train_limit=40),
    "distillation": DistilledMNIST(train_limit=40),
}
POINTWISE = Stack(layers=(Conv2d(out_channels=2, kernel_size=1),))  # 2,000 test fields take the preset's own too long


@pytest.mark.parametrize("name", TASKS)
def test_scripts_of_other_tasks_train_and_test(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = preset(name).experiment
    _write_digits(tmp_path, train=64, test=20)
    shutil.copyfile(resource("presets", "reader.safetensors"), tmp_path / "reader.safetensors")
    recipe = found.recipe.with_(epochs=1, batch_size=20)
    stack = POINTWISE if name == "segmentation" else found.stack
    run(script(found.with_(data=TASKS[name], stack=stack, recipe=recipe)), tmp_path, "--data", tmp_path)
    told = capsys.readouterr().out
    assert re.fullmatch(r"epoch 1/1: train loss [^\n]+ [\d.]+ s\ntest: loss [\d.]+, [^\n]+ -?[\d.]+%\n", told)


@pytest.mark.parametrize("asked", get_args(Asked))
def test_the_script_of_a_text_trains_and_tests(
    asked: Asked, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = TangPoems(asked=asked, context=32, validation_share=0.1)
    layers = (Embedding(embedding_dim=4), Linear(out_features=data.task.output[-1]))
    experiment = Experiment(data=data, stack=Stack(layers=layers), recipe=Recipe(batch_size=200, epochs=1))
    run(script(experiment), tmp_path, "--data", resource("texts"))
    told = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0].strip() for line in told] == ["epoch 1/1", "validation", "test"]


@pytest.mark.parametrize("experiment", EXPERIMENTS.values(), ids=EXPERIMENTS.keys())
def test_script_imports_torch_and_the_standard_library_only(experiment: Experiment) -> None:
    tree = ast.parse(script(experiment))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    roots = {name.partition(".")[0] for name in imported}
    assert roots - sys.stdlib_module_names == {"torch", "safetensors", *experiment.data.loading().needs}
    defined = [node.name for node in tree.body if isinstance(node, ast.FunctionDef)]
    assert len(defined) == len(set(defined))


def test_scripts_are_well_formed(tmp_path: Path) -> None:
    for name, experiment in EXPERIMENTS.items():
        (tmp_path / f"{name.replace('-', '_').replace(' ', '_')}.py").write_text(script(experiment), encoding="utf-8")
    options = ["--isolated", "--no-cache", "--line-length", "100"]
    for command in (["check", "--select", "B,E,F,I,W"], ["format", "--diff"]):
        ruff = [sys.executable, "-m", "ruff", *command, *options, tmp_path]
        done = subprocess.run(ruff, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


ABSENT = {
    "schedule": "scheduler",
    "penalty": "penalty",
    "augmentation": "augment",
    "clipping": "clip_grad_norm_",
    "early stopping": "waited",
    "held-out data": "validation",
    "initialisation": "nn.init",
    "one-hot targets": "one_hot",
    "unused import": "math",
}


@pytest.mark.parametrize("word", ABSENT.values(), ids=ABSENT.keys())
def test_script_holds_only_what_is_used(word: str) -> None:
    assert word not in script(preset("textbook").experiment)
    assert word in script(EVERYTHING)


def test_disabled_layers_are_left_out() -> None:
    text = script(EVERYTHING)
    assert "MaxPool2d" not in text
    assert "nn.init.zeros_" not in text


def test_weights_that_cost_nothing_are_not_summed() -> None:
    only_l2 = EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(regularizer=L1L2(l1=0.0, l2=0.5)))
    assert "weight.abs()" not in script(only_l2)
    assert "return 0.5 / 2 * squares" in script(only_l2)
    free = EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(regularizer=L1L2(l1=0.0, l2=0.0)))
    assert "penalty" not in script(free)


def test_only_the_augmentations_in_use_are_copied() -> None:
    moved = EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(augmentations=(Shift(pixels=1.0), Rotate(degrees=5.0))))
    text = script(moved)
    assert "images, labels = warp(images, labels, generator, shift=1.0, degrees=5.0)" in text
    assert "def affine(" in text
    assert "def stroke(" not in text
    thick = script(EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(augmentations=(Stroke(),))))
    assert "def _dilated(" in thick
    assert "def warp(" not in thick


def test_only_the_loss_in_use_is_copied() -> None:
    assert "engine" not in script(LOSSES["loss focal"])
    assert "= focal(outputs, targets)" in script(LOSSES["loss focal"])
    both = script(LOSSES["loss dice_cross_entropy"])
    assert "def dice(" in both
    assert "def focal(" not in both
    assert "def dice(" not in script(EVERYTHING)


@pytest.mark.parametrize("member", [*Optimizer.members(), *Schedule.members()], ids=lambda member: member.__name__)
def test_every_optimizer_and_schedule_is_written_with_its_settings(member: type) -> None:
    name = "optimizer" if issubclass(member, Optimizer) else "schedule"
    chosen = member()
    text = script(EVERYTHING.with_(recipe=EVERYTHING.recipe.with_(**{name: chosen})))
    compile(text, "exported.py", "exec")
    calls = (chosen.call(),) if name == "optimizer" else chosen.calls(EVERYTHING.recipe.optimizer.lr)
    written = {node.arg for node in ast.walk(ast.parse(text)) if isinstance(node, ast.keyword)}
    assert {argument for call in map(brief, calls) for argument, _ in call.kwargs} <= written


def test_a_persons_words_cannot_become_code() -> None:
    chance = random.Random(4)
    letters = "\"'\\\n\r\t\x00\x0b\x0c\x1c\x85\u2028{}#%:abc é漢 "
    experiment = preset("first-network").experiment
    expected = ast.dump(ast.parse(script(experiment)))
    for _ in range(50):
        name = "".join(chance.choices(letters, k=60))
        about = "".join(chance.choices(letters, k=300))
        assert ast.dump(ast.parse(script(experiment.with_(name=name, about=about)))) == expected


def test_what_cannot_be_built_is_not_exported() -> None:
    with pytest.raises(PlaygroundError, match="Linear reads vectors"):
        script(Experiment(stack=Stack(layers=(Linear(),))))
