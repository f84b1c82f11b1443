"""The report on fitness: each figure against a computation of its own, and every kind of task."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import torch
from scipy import stats
from scipy.optimize import minimize_scalar
from torch import Tensor, nn
from torch.nn import functional

from playground.engine.data.in_memory import LimitedSubset, load
from playground.engine.data.spread_subset import spread
from playground.engine.evaluation.evaluate import evaluating
from playground.engine.fitness import robustness
from playground.engine.fitness.fitness import Fitness, as_values, fitness
from playground.engine.fitness.item import Item, Status
from playground.engine.fitness.non_examples import Kind, non_examples
from playground.engine.fitness.operation import determinism_item, latency, processor_name
from playground.engine.fitness.parts import measured
from playground.engine.fitness.refusal import Asked, _fix, _Refusal, refusal_item, strict_threshold, threshold_of
from playground.engine.fitness.remedy import DivideLogits, RefuseBelow
from playground.engine.fitness.score import sample_sums, score_interval
from playground.engine.weights import Trained
from playground.gui.style.translation import translated
from playground.spec.data.dataset import Dataset
from playground.spec.data.task import score_of
from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.downloads import CIFAR10, EMNISTLetters
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights, Points
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.json_text import json_text
from playground.spec.layer import Layer
from playground.spec.layers.convolution import Conv2d
from playground.spec.layers.dense import Linear
from playground.spec.layers.embedding import Embedding
from playground.spec.layers.shape import Flatten
from playground.spec.layers.unflatten import Unflatten
from playground.spec.recipe.losses import MSE
from playground.spec.recipe.recipe import Recipe
from tests.engine.export.trained import trained
from tests.engine.fitness.nearest_mean import DIGITS, nearest_mean

IDS = ["score", "calibration", "robustness", "non_examples", "determinism", "size", "speed", "versions"]


@pytest.fixture(scope="module")
def digits() -> Trained:
    return nearest_mean()


@pytest.fixture(scope="module")
def report(digits: Trained) -> Fitness:
    return fitness(digits, load(DIGITS))


def logits(network: Trained, inputs: Tensor) -> Tensor:
    with evaluating(network.network):
        found: Tensor = network.network(inputs)
    return found.clone()


def part(name: str) -> tuple[Tensor, Tensor]:
    samples = getattr(load(DIGITS), name)
    found: tuple[Tensor, Tensor] = samples.cut(0, len(samples))
    return found


def ece(sure: Tensor, right: Tensor) -> float:
    bins = (sure.double() * 15).long().clamp_max(14)
    total = sum(abs((right[bins == i].double() - sure[bins == i].double()).sum().item()) for i in range(15))
    return total / len(sure)


def test_the_score_is_that_of_the_test_with_its_interval(digits: Trained, report: Fitness) -> None:
    inputs, targets = part("test")
    right = int((logits(digits, inputs).argmax(1) == targets).sum())
    expected = stats.binomtest(right, 10_000).proportion_ci(0.95, method="wilson")
    found = report["score"]
    assert found.figures["value"] == pytest.approx(right / 10_000)
    assert (found.figures["low"], found.figures["high"]) == pytest.approx((expected.low, expected.high))
    assert (found.figures["bar"], found.figures["part"], found.figures["samples"]) == (0.99, "test", 10_000)
    assert found.status is Status.RED
    assert found.fix is not None
    assert "the preset “fast-cnn”, which" in str(found.fix)  # its name on the command line
    assert "the preset “Fast CNN”, which" in translated(found.fix)  # in the gallery of the window


def test_calibration_is_fitted_on_validation_and_measured_on_the_test(digits: Trained, report: Fitness) -> None:
    (held_out, classes), (inputs, targets) = part("validation"), part("test")
    chosen, outputs = logits(digits, held_out).double(), logits(digits, inputs).double()
    expected = minimize_scalar(
        lambda exponent: functional.cross_entropy(chosen / np.exp(exponent), classes).item(),
        bounds=(-3, 4),
        method="bounded",
        options={"xatol": 1e-8},
    )
    temperature, right = float(np.exp(expected.x)), outputs.argmax(1) == targets
    found = report["calibration"].figures
    assert found["temperature"] == pytest.approx(temperature, rel=1e-4)
    assert found["nll_after"] == pytest.approx(expected.fun, rel=1e-5)
    assert found["ece"] == pytest.approx(ece(outputs.softmax(1).amax(1), right), abs=2e-4)
    assert found["ece_after"] == pytest.approx(ece((outputs / temperature).softmax(1).amax(1), right), abs=2e-4)
    assert (found["fitted_on"], found["fitted_samples"], found["part"]) == ("validation", 1000, "test")
    assert report["calibration"].status is Status.RED
    assert report["calibration"].remedies == (DivideLogits(found["temperature"]),)


def test_robustness_is_the_share_that_is_kept_of_what_is_held_out(digits: Trained, report: Fitness) -> None:
    inputs, targets = part("validation")

    def score(pictures: Tensor) -> float:
        return (logits(digits, pictures).argmax(1) == targets).double().mean().item()

    def moved(right: int, down: int) -> Tensor:
        wide = functional.pad(inputs, (2, 2, 2, 2))
        return wide[:, :, 2 - down : 30 - down, 2 - right : 30 - right]

    plain, found = score(inputs), report["robustness"].figures
    kept = {row["corruption"]: row["kept"] for row in found["corruptions"]}
    assert set(kept) == set(robustness.STRENGTHS)
    assert found["plain"] == pytest.approx(plain)
    assert kept["shift"] == pytest.approx(min(score(moved(x, 0)) for x in (-2, 2)) / plain)
    assert kept["shift_down"] == pytest.approx(min(score(moved(0, y)) for y in (-2, 2)) / plain)
    pale = 0.5 * inputs + 0.5 * inputs.mean((1, 2, 3), keepdim=True)
    assert kept["contrast"] == pytest.approx(score(pale) / plain, abs=2e-3)
    assert (found["part"], found["samples"]) == ("validation", 1000)
    assert report["robustness"].status is Status.RED
    assert "Train with Shift ±2 px." in str(report["robustness"].fix)


def test_a_threshold_is_chosen_on_validation_and_counts_what_passes(digits: Trained, report: Fitness) -> None:
    sure = {name: logits(digits, part(name)[0]).softmax(1).amax(1).double().numpy() for name in ("validation", "test")}
    found = report["non_examples"].figures
    exact = np.sort(sure["validation"])[50]
    threshold = found["threshold"]
    assert exact - 0.001 <= threshold <= exact
    assert (sure["validation"] < threshold).mean() <= 0.05
    assert found["refused"] == pytest.approx(int((sure["test"] < threshold).sum()), abs=2)
    passed = count = 0
    for kind in non_examples(DIGITS, part("test")[0][spread(10_000, 200)]):
        certain = logits(digits, kind.pictures).softmax(1).amax(1).double().numpy()
        row = next(row for row in found["kinds"] if row["kind"] == kind.id)
        assert row["count"] == len(kind.pictures)
        assert row["accepted"] == pytest.approx(int((certain >= threshold).sum()), abs=2)
        if kind.judged:
            passed, count = passed + row["accepted"], count + len(kind.pictures)
    assert (found["accepted"], found["non_examples"]) == (passed, count)
    assert {"noise", "blank", "shapes", "letters", "inverted"} <= {row["kind"] for row in found["kinds"]}


def test_the_fix_says_what_was_measured_and_not_the_bar(digits: Trained) -> None:
    strictly = _Refusal(0.929, 100, 20, 90, 9, 1000, 37, Asked("noise", "Noise", np.ones(1)))
    words = str(_fix(measured(digits, load(DIGITS)), strictly))
    assert "Refuse below 0.929: that lets 3.70 % of these pictures through, and refuses 20.00 % of " in words
    assert "(10.00 % of the right answers)" in words


def test_a_threshold_that_is_set_is_the_one_that_is_judged(digits: Trained, report: Fitness) -> None:
    found = report["non_examples"]
    (offered, *_) = found.remedies
    assert isinstance(offered, RefuseBelow)
    set_to = replace(digits, experiment=digits.experiment.with_(refuse_below=0.999))
    item = refusal_item(measured(set_to, load(DIGITS)))
    sure, answers = logits(digits, part("test")[0]).softmax(1).amax(1), logits(digits, part("test")[0]).argmax(1)
    right = sure[answers == part("test")[1]]
    assert (item.figures["threshold"], item.figures["set"]) == (0.999, 0.999)
    assert item.figures["refused"] == pytest.approx(int((sure < 0.999).sum()), abs=2)
    assert item.figures["right_refused_share"] == pytest.approx((right < 0.999).float().mean().item(), abs=1e-3)
    assert item.figures["computed_threshold"] == found.figures["threshold"]
    assert "as this network does" in str(item.reason)
    assert item.remedies[-1] == RefuseBelow(0.0)
    everything = replace(digits, experiment=digits.experiment.with_(refuse_below=1.0))
    useless = refusal_item(measured(everything, load(DIGITS)))
    assert useless.figures["accepted_share"] <= 0.05
    assert useless.status is (Status.RED if useless.figures["refused_share"] > 0.5 else Status.GREEN)


def test_other_data_on_this_machine_do_not_count(digits: Trained, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are told, but the verdict is the same wherever the report is made."""
    real = part("test")[0][:200]

    def reported(others: list[Kind]) -> Item:
        monkeypatch.setattr("playground.engine.fitness.non_examples._others", lambda _data: iter(others))
        return refusal_item(measured(digits, load(DIGITS)))

    alone, beside = reported([]), reported([Kind("other", "Other digits", real, judged=False)])
    for name in ("accepted", "non_examples", "accepted_share", "strict_threshold"):
        assert beside.figures[name] == alone.figures[name]
    (*_, last) = beside.figures["kinds"]
    assert (last["kind"], last["count"], last["judged"]) == ("other", 200, False)
    share = f"{100 * last['accepted'] / 200:.2f} % of Other digits."
    assert (
        str(beside.reason)
        == f"{alone.reason} Of other data on this machine, which do not count here, it accepts: {share}"
    )
    assert beside.status is alone.status


def test_thresholds_keep_their_shares() -> None:
    random = np.random.default_rng(5)
    for sure in (random.random(1000), 1 - random.random(1000) * 1e-4, np.full(10, 1.0)):
        threshold = threshold_of(sure)
        assert (sure < threshold).mean() <= 0.05
        strict = strict_threshold(sure)
        if strict is not None:
            assert (sure >= strict).mean() <= 0.05
    assert strict_threshold(np.full(10, 1.0)) is None
    assert threshold_of(np.full(10, 1.0)) == 1.0


def test_non_examples_are_pictures_and_always_the_same() -> None:
    real = load(DIGITS).test.cut(0, 200)[0]
    first, again = list(non_examples(DIGITS, real)), list(non_examples(DIGITS, real))
    for kind, other in zip(first, again, strict=True):
        assert torch.equal(kind.pictures, other.pictures)
        assert kind.pictures.shape[1:] == (1, 28, 28)
        assert kind.pictures.dtype is torch.float32
        assert kind.pictures.min() >= 0
        assert kind.pictures.max() <= 1
    letters = next(kind.pictures for kind in first if kind.id == "letters")
    assert (letters.flatten(1).amax(1) > 0.5).all()
    assert torch.equal(next(kind.pictures for kind in first if kind.id == "inverted"), 1 - real)
    colours = {kind.id: kind.pictures.shape[1:] for kind in non_examples(CIFAR10(), torch.rand(3, 3, 32, 32))}
    assert set(colours.values()) == {(3, 32, 32)}
    assert "inverted" not in colours
    assert "letters" not in {kind.id for kind in non_examples(EMNISTLetters(), real)}


def test_without_validation_it_says_that_the_test_decided() -> None:
    data = MNIST(train_limit=1000)
    found = fitness(nearest_mean(data), load(data))
    for name in ("calibration", "non_examples"):
        assert "because none are held out" in str(found[name].reason)
    assert found["calibration"].figures["fitted_on"] == "test"
    assert found["robustness"].figures["part"] == "test"


TASKS: list[tuple[Dataset, tuple[Layer, ...], Recipe]] = [
    (Points(count=60, validation_share=0.2), (Linear(out_features=2),), Recipe()),
    (Heights(count=60), (Linear(out_features=1),), Recipe(loss=MSE())),
    (Table(test_share=0.2, validation_share=0.2), (Linear(out_features=3),), Recipe()),
    (ClutteredMNIST(count=20), (Conv2d(out_channels=2, kernel_size=1),), Recipe()),
    (
        ReconstructedMNIST(train_limit=20),
        (Flatten(), Linear(out_features=784), Unflatten(channels=1, height=28, width=28)),
        Recipe(loss=MSE()),
    ),
    (Shakespeare(context=16), (Embedding(embedding_dim=4), Linear(out_features=65)), Recipe()),
    (Shakespeare(context=256, asked="restore"), (Embedding(embedding_dim=4), Linear(out_features=14)), Recipe()),
]


@pytest.mark.parametrize(("data", "layers", "recipe"), TASKS, ids=lambda value: getattr(value, "id", ""))
def test_every_task_has_all_items(data: Dataset, layers: tuple[Layer, ...], recipe: Recipe) -> None:
    network, whole_data = trained(data, *layers, recipe=recipe), load(data)
    loaded = replace(whole_data, test=LimitedSubset(whole_data.test, 100))
    found = fitness(network, loaded)
    assert [item.id for item in found.items] == IDS
    values = json.loads(json_text(as_values(network.experiment, found)))
    assert (values["format"], values["fit"]) == (1, all(item["status"] != "red" for item in values["items"]))
    for item in found.items:
        assert (item.fix is not None) == (item.status is Status.RED)
        assert bool(item.figures) == (item.status is not Status.NOT_APPLICABLE)
    assert (found["calibration"].status is Status.NOT_APPLICABLE) == (data.task.classes is None)
    assert found["non_examples"].status is Status.NOT_APPLICABLE
    known = measured(network, loaded)
    sums = sample_sums(known)
    assert len(sums) == len(loaded.test)
    whole = score_of(data.task.score, sums.sum(0).tolist(), len(sums) * data.task.positions)
    assert whole == pytest.approx(known.answers.evaluation.score, rel=1e-4, abs=1e-6)
    interval = score_interval(known)
    assert interval.low <= whole <= interval.high


class Drawing(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x + torch.rand_like(x)


class AmongOthers(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x - x.mean(0)


class Overflowing(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.inf


@pytest.mark.parametrize(
    ("module", "words"),
    [(Drawing, "random numbers"), (AmongOthers, "one at a time"), (Overflowing, "learning rate"), (nn.Identity, None)],
)
def test_determinism_is_of_the_same_inputs_and_of_single_ones(
    digits: Trained, module: Callable[[], nn.Module], words: str | None
) -> None:
    network = nn.Sequential(*digits.network, module())
    other = Trained(digits.experiment, network, digits.figures, {})
    found: Item = determinism_item(other, part("test")[0][:5])
    assert found.status is (Status.GREEN if words is None else Status.RED)
    assert words is None or words in str(found.fix)


def test_size_and_speed_are_of_this_network_and_machine(digits: Trained, report: Fitness) -> None:
    assert report["size"].figures["parameters"] == 7850
    assert report["size"].figures["bytes"] == 4 * 7850
    rows = report["speed"].figures["latency"]
    assert [row["batch"] for row in rows] == [1, 32]
    assert all(0 < row["p50_ms"] <= row["p99_ms"] for row in rows)
    assert processor_name() in str(report["speed"].reason)
    assert latency(digits, part("test")[0][:3], 32).batch == 32
    assert report["versions"].figures["measured_with"]["torch"] == torch.__version__
    assert report["versions"].figures["written_with"] == {"torch": "2"}
