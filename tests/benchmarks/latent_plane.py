"""The preset `vae`: how many of 20 × 20 digits painted over its plane the bundled reader is sure about.

    python -m tests.benchmarks latent_plane
    python -m tests.benchmarks.latent_plane [--seeds 3]

The points are the middles of 20 × 20 squares of equal probability under the standard normal distribution, those that
the window paints; as in Kingma and Welling, 2013, figure 4. Sure is a probability of at least 0.8 for one digit.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from statistics import NormalDist, fmean

import torch

from playground.engine.data.in_memory import load
from playground.engine.data.sources.distillation import teacher_of
from playground.engine.evaluation.evaluate import probabilities
from playground.engine.training.snapshots import Finished
from playground.engine.training.trainer import Trainer
from playground.spec.bottleneck import bottleneck
from playground.spec.files.presets import preset
from tests.benchmarks.figure import Figure

ACROSS, SURE, BAR = 20, 0.8, 0.75


def shares(seeds: int) -> Iterator[float]:
    """The share of digits that the reader is sure about, for seeds from 0 on; prints each as it is known."""
    experiment = preset("vae").experiment
    data, reader, middle = load(experiment.data), teacher_of(""), bottleneck(experiment)
    assert middle is not None
    steps = [NormalDist().inv_cdf((number + 0.5) / ACROSS) for number in range(ACROSS)]
    points = torch.tensor([(x, y) for y in steps for x in steps])
    for seed in range(seeds):
        trainer = Trainer(experiment.with_(seed=seed), data)
        *_, last = trainer
        if not isinstance(last, Finished):
            raise SystemExit(f"seed {seed}: {last}")
        with torch.inference_mode():
            pictures = trainer.network.eval()[middle.calls :](points).sigmoid()
        known = probabilities(reader.network, pictures, reader.experiment.recipe.loss)
        share = float((known.max(1) >= SURE).mean())
        print(
            f"seed {seed}: {share:.1%} of {ACROSS} × {ACROSS} read with at least {SURE}, "
            f"{len(set(known.argmax(1)))} different digits, R² {last.test_score:.4f}, {last.seconds:.0f} s",
            flush=True,
        )
        yield share


def figures(quick: bool) -> Iterator[Figure]:
    """The mean share."""
    seeds = 1 if quick else 3
    found = list(shares(seeds))
    yield Figure(
        work=f"vae, {seeds} seeds: painted digits read with at least {SURE}",
        value=100 * fmean(found),
        unit="%",
        bar=100 * BAR,
        better="higher",
        note=f"lowest {min(found):.1%}",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=3, help="how many runs, with seeds from 0")
    found = list(shares(parser.parse_args().seeds))
    print(f"mean {fmean(found):.1%}, lowest {min(found):.1%}")


if __name__ == "__main__":
    main()
