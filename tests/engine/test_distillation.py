"""A teacher's answers: probabilities of the bundled reader, or of a person's network, to train on; labels to test."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch.nn import functional

from playground.engine.build import build
from playground.engine.data import DataError, Pairs, load
from playground.engine.losses import kl_divergence
from playground.engine.snapshots import Figures
from playground.engine.weights import save
from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.losses import KLDivergence
from playground.spec.words import PlaygroundError

FEW = DistilledMNIST(train_limit=30, validation_share=0.001)


def test_the_reader_teaches_and_the_truth_tests() -> None:
    data = load(FEW)
    assert isinstance(data.train, Pairs)
    assert data.train.targets.shape == (30, 10)
    assert data.train.targets.dtype == torch.float32
    torch.testing.assert_close(data.train.targets.sum(1), torch.ones(30))
    assert data.train.targets[:5].argmax(1).tolist() == [5, 0, 4, 1, 9]
    assert data.train.targets.max() < 1.0  # soft
    assert data.validation.cut(0, 60)[1].dtype == torch.int64
    assert data.test.cut(0, 3)[1].tolist() == [7, 2, 1]


def test_a_network_of_ones_own_teaches(tmp_path: Path) -> None:
    chosen = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=10))), seed=5)
    network = build(chosen)
    path = tmp_path / "own.safetensors"
    save(path, chosen, network, Figures())
    data = load(FEW.with_(teacher=str(path)))
    assert isinstance(data.train, Pairs)
    with torch.no_grad():
        torch.testing.assert_close(data.train.targets, network(data.train.cut(0, 30)[0]).softmax(1))


def test_a_network_that_tells_no_digits_apart_is_refused(tmp_path: Path) -> None:
    chosen = Experiment(data=ReconstructedMNIST(), stack=Stack(layers=(Linear(out_features=28),)))
    path = tmp_path / "painter.safetensors"
    with pytest.raises(PlaygroundError):
        load(FEW.with_(teacher=str(tmp_path / "missing.safetensors")))
    flat = (Flatten(), Linear(out_features=784))
    from playground.spec.layers.unflatten import Unflatten

    chosen = chosen.with_(stack=Stack(layers=(*flat, Unflatten(channels=1, height=28, width=28))))
    save(path, chosen, build(chosen), Figures())
    with pytest.raises(DataError, match=r"painter\.safetensors.*cannot teach"):
        load(FEW.with_(teacher=str(path)))


@pytest.mark.parametrize("temperature", [0.5, 1.0, 4.0])
def test_temperature_is_hintons(temperature: float) -> None:
    """T² · KL(softmax(v / T) ‖ softmax(z / T)) with the teacher's logits v: arXiv:1503.02531, section 2."""
    generator = torch.Generator().manual_seed(2)
    z, v = torch.randn(7, 10, generator=generator) * 3, torch.randn(7, 10, generator=generator) * 3
    p, q = (v / temperature).softmax(1), (z / temperature).softmax(1)
    expected = temperature**2 * (p * (p / q).log()).sum(1).mean()
    found = kl_divergence(z, v.softmax(1), temperature=temperature)
    torch.testing.assert_close(found, expected, rtol=1e-4, atol=1e-5)


def test_with_right_answers_for_targets_temperature_stays_finite() -> None:
    z = torch.randn(4, 10, requires_grad=True)
    labels = functional.one_hot(torch.arange(4), 10).float()
    loss = kl_divergence(z, labels, temperature=3.0)
    loss.backward()
    assert loss.isfinite()
    assert z.grad is not None
    assert z.grad.isfinite().all()


def test_an_exported_program_has_the_bundled_teacher_or_none() -> None:
    assert "build_teacher" in FEW.loading().code
    with pytest.raises(PlaygroundError, match="bundled reader"):
        FEW.with_(teacher="own.safetensors").loading()
    assert "temperature" not in str(KLDivergence().call())
