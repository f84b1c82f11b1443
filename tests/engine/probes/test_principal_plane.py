"""Features of the last hidden layer and their principal plane, against plain torch and numpy's SVD."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from playground.engine.build import build
from playground.engine.data.in_memory import InputTargetPairs
from playground.engine.probes.hidden_features import collect_features, features_of
from playground.engine.probes.principal_plane import principal_plane
from playground.spec.files.presets import preset


def drawn(count: int, size: int, seed: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    return random.normal(size=(count, size)) @ random.normal(size=(size, size)) + 3


@pytest.mark.parametrize("shape", [(60, 7), (20, 50), (30, 30), (12, 1), (5, 2)])
def test_the_plane_is_that_of_the_singular_value_decomposition(shape: tuple[int, int]) -> None:
    features = drawn(*shape)
    found = principal_plane(features)
    left, sizes, right = np.linalg.svd(features - features.mean(0), full_matrices=False)
    expected = (left * sizes)[:, :2]
    for axis in range(expected.shape[1]):
        sign = np.sign(right[axis][np.abs(right[axis]).argmax()])
        assert found.places[:, axis] == pytest.approx(sign * expected[:, axis], abs=1e-6)
        assert found.shares[axis] == pytest.approx(sizes[axis] ** 2 / (sizes**2).sum())
    assert found.place(features[3]) == pytest.approx(found.places[3])
    if shape[1] == 2:  # distances in a plane stay as they were
        distance = np.linalg.norm(features[:, None] - features[None], axis=-1)
        assert np.linalg.norm(found.places[:, None] - found.places[None], axis=-1) == pytest.approx(distance)


def test_signs_and_order_follow_the_picture_before() -> None:
    features = drawn(80, 5)
    first = principal_plane(features)
    assert first.components == (1, 2)
    mirrored = first.places[:, ::-1] * [1, -1]
    again = principal_plane(features + 1e-3 * drawn(80, 5, 1), mirrored)
    assert again.components == (2, 1)
    assert again.shares == pytest.approx(first.shares[::-1], rel=0.01)
    for axis in (0, 1):
        assert np.corrcoef(again.places[:, axis], mirrored[:, axis])[0, 1] > 0.99


def test_features_without_variation_are_one_point() -> None:
    found = principal_plane(np.ones((9, 4)), np.zeros((9, 2)))
    assert (found.places == 0).all()
    assert found.shares == (0.0, 0.0)


def test_the_features_are_what_the_output_layer_is_given() -> None:
    experiment = preset("lenet-5").experiment
    network = build(experiment).train()
    inputs = torch.rand(7, *experiment.data.sample_shape, generator=torch.Generator().manual_seed(1))
    values, outputs = features_of(experiment, network, inputs)
    last = [module for module in network if isinstance(module, torch.nn.Linear)][-1]
    with torch.no_grad():
        network.eval()
        assert torch.allclose(last(values), network(inputs), atol=1e-5)
        assert torch.allclose(outputs, network(inputs), atol=1e-5)
        network.train()
    assert not any(module._forward_pre_hooks for module in network.modules())
    assert all(module.training for module in network.modules())
    part = InputTargetPairs(inputs, torch.zeros(7, dtype=torch.long))
    slices = collect_features(network, experiment, part, 5, 2)
    count = 0
    while True:
        try:
            next(slices)
            count += 1
        except StopIteration as end:
            found = end.value
            break
    assert count == 3
    assert found.values == pytest.approx(values[:5].numpy(), abs=1e-5)
    assert found.predicted.tolist() == outputs[:5].argmax(1).tolist()
