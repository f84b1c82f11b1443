"""t-SNE: against openTSNE asked directly, neighbours that are kept, and the process that computes it."""

from __future__ import annotations

import sys
from itertools import count

import numpy as np
import pytest

from playground.engine.probes import neighbour_process
from playground.engine.probes.neighbour_plane import (
    SEED,
    NeighbourPlane,
    missing_tsne,
    neighbour_plane,
    small_start,
    turned,
    usable_perplexity,
)
from playground.engine.probes.neighbour_process import neighbour_plane_apart
from playground.engine.probes.principal_plane import principal_plane
from playground.spec.cancelling import Cancelled, cancellable
from playground.spec.messages import PlaygroundError

RANDOM = np.random.default_rng(3)
# Eight groups in ten dimensions, of which a plane through all shows only some apart.
GROUPS = np.repeat(np.arange(8), 15)
FEATURES = (5 * RANDOM.normal(size=(8, 10))[GROUPS] + RANDOM.normal(size=(120, 10))).astype(np.float32)
START = principal_plane(FEATURES).places


def test_the_process_gives_the_places_that_opentsne_gives() -> None:
    library = pytest.importorskip("openTSNE")
    manifold = pytest.importorskip("sklearn.manifold")
    # More than a pipe holds; the further features are all the same.
    wide = np.concatenate([FEATURES, np.ones((len(FEATURES), 400), np.float32)], 1)
    found = neighbour_plane_apart(wide, START, 10)
    assert found.perplexity == 10
    direct = library.TSNE(perplexity=10, neighbors="exact", n_jobs=1, random_state=SEED).fit(
        wide, initialization=small_start(START)
    )
    # A rotation or reflection changes no distance.
    between = [np.linalg.norm(p[:, None] - p[None], axis=2) for p in (found.places, np.asarray(direct))]
    assert between[0] == pytest.approx(between[1], abs=1e-6)
    assert found.places.mean(0) == pytest.approx([0, 0], abs=1e-9)
    kept, plain = (manifold.trustworthiness(FEATURES, places) for places in (found.places, START))
    assert kept > plain + 0.01

    # Features after another epoch: the groups stay where they were, as far as a rotation can do that.
    later = neighbour_plane(FEATURES + 0.3 * RANDOM.normal(size=FEATURES.shape).astype(np.float32), found.places, 10)
    centres = [np.array([p[group == GROUPS].mean(0) for group in range(8)]) for p in (found.places, later.places)]
    assert np.corrcoef(centres[0].ravel(), centres[1].ravel())[0, 1] > 0.9


def test_a_process_that_is_no_longer_wanted_is_ended() -> None:
    pytest.importorskip("openTSNE")
    asked = count()
    with cancellable(lambda: next(asked) > 1), pytest.raises(Cancelled):
        neighbour_plane_apart(FEATURES, START, 10)
    assert next(asked) == 3  # neither before it began, nor after its end


def test_what_cannot_be_placed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("openTSNE")
    with pytest.raises(PlaygroundError, match="t-SNE needs 10 samples; here are 9"):
        neighbour_plane_apart(FEATURES[:9], START[:9], 30)
    with pytest.raises(PlaygroundError, match="the same for all samples"):
        neighbour_plane_apart(np.ones_like(FEATURES), START, 30)
    with monkeypatch.context() as patch:
        patch.setattr(neighbour_process, "__name__", "playground.nowhere")  # what the process should run
        with pytest.raises(PlaygroundError, match=r"could not be computed: .*No module named playground.nowhere"):
            neighbour_plane_apart(FEATURES, START, 10)
    monkeypatch.setitem(sys.modules, "openTSNE", None)  # as if it were not there
    assert str(missing_tsne()) == "t-SNE needs a package that is not installed: pip install playground[map]"
    with pytest.raises(PlaygroundError, match="pip install"):
        neighbour_plane_apart(FEATURES, START, 30)


def test_places_are_turned_and_mirrored_but_never_stretched() -> None:
    places = RANDOM.normal(size=(40, 2))
    corner = np.array([[0.6, 0.8], [0.8, -0.6]])  # a reflection
    assert turned(places @ corner * 0.2 + 7, places) == pytest.approx(0.2 * (places - places.mean(0)))


def test_another_sample_is_at_the_median_of_its_nearest_ones() -> None:
    features = np.arange(40.0)[:, None] * np.ones((1, 3))
    places = np.stack([np.arange(40.0) ** 2, np.arange(40.0)], 1)
    plane = NeighbourPlane(places, features, 10)
    near = range(15, 25)  # of 19.6 in each dimension
    assert plane.place(np.full(3, 19.6)).tolist() == [(19**2 + 20**2) / 2, np.mean(near)]


def test_the_perplexity_is_at_most_a_third_of_the_other_samples() -> None:
    assert usable_perplexity(2000, 30) == 30
    assert usable_perplexity(31, 30) == 10


def test_samples_of_one_place_start_apart() -> None:
    start = small_start(np.zeros((30, 2)))
    assert len(np.unique(start, axis=0)) == 30
    assert small_start(START * 1000).std(0).max() == pytest.approx(1e-4, rel=0.05)
