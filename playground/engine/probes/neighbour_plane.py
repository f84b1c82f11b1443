"""The plane that keeps the neighbours of features: t-SNE by openTSNE, in the position of the picture before."""

from __future__ import annotations

from importlib.util import find_spec
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from playground.spec.messages import Message, PlaygroundError, message, tr_noop

Floats = npt.NDArray[np.float64]

SEED = 0
PERPLEXITY = 30  # about so many neighbours count for each sample
NEAREST = 10  # samples between which another one is placed
LEAST = 10  # samples that t-SNE needs
_START = 1e-4  # spread of the places at the start (Kobak and Berens, 2019)


class NeighbourPlane(NamedTuple):
    """N samples in a plane in which samples with similar features (N, D) are near each other."""

    places: Floats  # (N, 2), in no unit
    features: npt.NDArray[np.floating]  # (N, D)
    perplexity: float

    def place(self, features: npt.NDArray[np.floating]) -> Floats:
        """Where another sample with features (D,) is shown, (2,): the median place of the `NEAREST` nearest samples.

        t-SNE has no formula for it. The median is taken along each axis, so that one neighbour far away does not count.
        """
        away = np.square(self.features.astype(np.float64) - features).sum(1)
        nearest = np.argsort(away, kind="stable")[:NEAREST]
        found: Floats = np.median(self.places[nearest], axis=0)
        return found


def missing_tsne() -> Message | None:
    """The sentence with the command that installs openTSNE, if it is not installed."""
    if find_spec("openTSNE") is not None:
        return None
    words = tr_noop("t-SNE needs a package that is not installed: {command}")
    return message(words, command="pip install playground[map]")


def usable_perplexity(samples: int, wanted: float) -> float:
    """The perplexity for so many samples: at most a third of the others, as openTSNE demands."""
    return min(wanted, (samples - 1) / 3)


def neighbour_plane(
    features: npt.NDArray[np.floating], start: Floats, perplexity: float = PERPLEXITY
) -> NeighbourPlane:
    """Place features (N, D), which are finite, by t-SNE from the places `start` (N, 2); the same ones give the same.

    Source: van der Maaten and Hinton, 2008, “Visualizing data using t-SNE”; as openTSNE computes it, with the nearest
    neighbours found exactly, on one core. Afterwards the places are turned and mirrored, never stretched, to agree best
    with `start`.

    Raises:
        PlaygroundError: openTSNE is not installed, the samples are too few, or none differs from another.
    """
    ensure_possible(features)
    from openTSNE import TSNE

    used = usable_perplexity(len(features), perplexity)
    tsne = TSNE(perplexity=used, neighbors="exact", n_jobs=1, random_state=SEED)
    found = tsne.fit(np.ascontiguousarray(features), initialization=small_start(start))
    return NeighbourPlane(turned(np.asarray(found, np.float64), start), features, used)


def ensure_possible(features: npt.NDArray[np.floating]) -> None:
    """Refuse what t-SNE cannot be computed of.

    Raises:
        PlaygroundError: openTSNE is not installed, the samples are too few, or none differs from another.
    """
    if (missing := missing_tsne()) is not None:
        raise PlaygroundError(missing)
    if len(features) < LEAST:
        words = tr_noop("t-SNE needs {least} samples; here are {count}.")
        raise PlaygroundError(message(words, least=LEAST, count=len(features)))
    if not np.ptp(features, axis=0).any():
        raise PlaygroundError(message("The last hidden layer answers the same for all samples: there is no map."))


def small_start(places: Floats) -> Floats:
    """The places (N, 2) at the spread at which t-SNE begins, none exactly at the place of another."""
    centred = places - places.mean(0)
    spread = float(centred.std(0).max())
    noise = np.random.default_rng(SEED).normal(0.0, 0.01, centred.shape)
    found: Floats = _START * (centred / (spread or np.inf) + noise)
    return found


def turned(places: Floats, like: Floats) -> Floats:
    """The places (N, 2), turned and mirrored about their mean to agree best with others, (N, 2), which may be larger.

    Source: Schönemann, 1966, “A generalized solution of the orthogonal Procrustes problem”.
    """
    centred = places - places.mean(0)
    left, _, right = np.linalg.svd(centred.T @ (like - like.mean(0)))
    found: Floats = centred @ left @ right
    return found
