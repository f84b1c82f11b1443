"""Verdicts on networks that tell what something is, or of which class a point or a row is.

Each case: data, findings of the test, baseline, promise of the card, and the words.
"""

from __future__ import annotations

from playground.spec.datasets.distillation import DistilledMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Points
from playground.spec.datasets.table import Table
from playground.spec.verdict import Baseline, Findings

ONES = Baseline(0.1135, "1")  # the commonest digit, among MNIST's 10,000 test images
ADVICE = "Try another learning rate, ten times smaller first, more epochs, or another seed."

CLASSES = {
    "fit": (
        MNIST(),
        Findings(0.03, 0.992, 10_000),
        ONES,
        None,
        "Fit to deploy: 99.20 % of the 10,000 test images are right.",
    ),
    "just fit": (
        MNIST(),
        Findings(0.03, 0.99, 10_000),
        ONES,
        None,
        "Fit to deploy: 99.00 % of the 10,000 test images are right.",
    ),
    "one too few": (
        MNIST(),
        Findings(0.03, 0.9899, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 98.99 % of the 10,000 test images are right, 1 too few for 99 %.",
    ),
    "three too few": (  # 248 of 250 are 99.2 %, 247 only 98.8 %
        MNIST(),
        Findings(0.1, 245 / 250, 250),
        ONES,
        None,
        "Not fit to deploy yet: 98.00 % of the 250 test images are right, 3 too few for 99 %.",
    ),
    "fit, and promised more": (
        MNIST(),
        Findings(0.03, 0.991, 10_000),
        ONES,
        0.997,
        "Fit to deploy: 99.10 % of the 10,000 test images are right.",
    ),
    "as promised": (
        MNIST(),
        Findings(0.1, 0.976, 10_000),
        ONES,
        0.977,
        "97.60 % of the 10,000 test images are right, about what this network’s card promises (97.7 %).",
    ),
    "as promised but for rounding": (  # two standard deviations of 10,000 answers are 0.003
        MNIST(),
        Findings(0.1, 0.9721, 10_000),
        ONES,
        0.977,
        "97.21 % of the 10,000 test images are right, about what this network’s card promises (97.7 %).",
    ),
    "less than promised": (
        MNIST(),
        Findings(0.1, 0.962, 10_000),
        ONES,
        0.977,
        "Not fit to deploy yet: 96.20 % of the 10,000 test images are right, 280 too few for 99 %.",
    ),
    "far from fit": (
        MNIST(),
        Findings(0.9, 0.7, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 70.00 % of the 10,000 test images are right; 99 % are needed. " + ADVICE,
    ),
    "not far from fit": (
        MNIST(),
        Findings(0.3, 0.9223, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 92.23 % of the 10,000 test images are right; 99 % are needed.",
    ),
    "just far from fit": (
        MNIST(),
        Findings(0.4, 0.8899, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 88.99 % of the 10,000 test images are right; 99 % are needed. " + ADVICE,
    ),
    "just not far from fit": (
        MNIST(),
        Findings(0.4, 0.89, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 89.00 % of the 10,000 test images are right; 99 % are needed.",
    ),
    "nearly fit": (
        MNIST(),
        Findings(0.2, 0.94, 10_000),
        ONES,
        None,
        "Not fit to deploy yet: 94.00 % of the 10,000 test images are right, 500 too few for 99 %.",
    ),
    "pupil": (
        DistilledMNIST(),
        Findings(0.3, 0.917, 10_000),
        ONES,
        0.92,
        "91.70 % of the 10,000 test images are right, about what this network’s card promises (92 %).",
    ),
    "chance": (
        MNIST(),
        Findings(2.3, 0.098, 10_000),
        ONES,
        0.977,
        "9.80 % of the 10,000 test images are right: no better than always answering “1”, which gives 11.35 %. "
        + ADVICE,
    ),
    "hardly better": (
        Points(),
        Findings(0.6, 0.51, 1000),
        Baseline(0.5, "1"),
        None,
        "51.00 % of the 1,000 test points are right: hardly better than always answering “1”, which gives 50.00 %; "
        "it may be chance. " + ADVICE,
    ),
    "too few to tell": (
        Points(),
        Findings(0.1, 1.0, 2),
        Baseline(0.5, "1"),
        None,
        "100.00 % of the 2 test points are right: too few to tell whether the network is better than always answering "
        "“1”, which gives 50.00 %. More test points would tell.",
    ),
    "too few, with the same answer for each": (
        Points(),
        Findings(0.1, 1.0, 3, same="1"),
        Baseline(1.0, "1"),
        None,
        "100.00 % of the 3 test points are right: too few to tell whether the network is better than always answering "
        "“1”, which gives 100.00 %. More test points would tell.",
    ),
    "just enough to tell": (  # of 5 answers two standard deviations are 0.45, of 4 they are 0.5
        Points(),
        Findings(0.1, 1.0, 5),
        Baseline(0.5, "1"),
        None,
        "100.00 % of the 5 test points are right; always answering “1” gives 50.00 %.",
    ),
    "four are too few": (
        Points(),
        Findings(0.1, 0.75, 4),
        Baseline(0.5, "1"),
        None,
        "75.00 % of the 4 test points are right: too few to tell whether the network is better than always answering "
        "“1”, which gives 50.00 %. More test points would tell.",
    ),
    "as good as the commonest": (
        Points(),
        Findings(0.7, 0.5, 1000),
        Baseline(0.5, "1"),
        None,
        "50.00 % of the 1,000 test points are right: no better than always answering “1”, which gives 50.00 %. "
        + ADVICE,
    ),
    "within two standard deviations": (  # of 1,000 answers: √(0.5 · 0.5 / 1000) = 0.0158 each
        Points(),
        Findings(0.6, 0.531, 1000),
        Baseline(0.5, "1"),
        None,
        "53.10 % of the 1,000 test points are right: hardly better than always answering “1”, which gives 50.00 %; "
        "it may be chance. " + ADVICE,
    ),
    "beyond two standard deviations": (
        Points(),
        Findings(0.6, 0.532, 1000),
        Baseline(0.5, "1"),
        None,
        "53.20 % of the 1,000 test points are right; always answering “1” gives 50.00 %.",
    ),
    "stopped after 3 steps": (
        MNIST(),
        Findings(2.3, 0.11, 10_000, step=3, planned=4300, stopped=True),
        ONES,
        None,
        "Stopped after 3 of 4,300 steps. 11.00 % of the 10,000 test images are right: no better than always answering "
        "“1”, which gives 11.35 %. Let it train longer.",
    ),
    "stopped too late, and bad": (
        MNIST(),
        Findings(2.3, 0.11, 10_000, step=10, planned=10, stopped=True),
        ONES,
        None,
        "11.00 % of the 10,000 test images are right: no better than always answering “1”, which gives 11.35 %. "
        + ADVICE,
    ),
    "stopped too late": (
        MNIST(),
        Findings(0.03, 0.992, 10_000, step=10, planned=10, stopped=True),
        ONES,
        None,
        "Fit to deploy: 99.20 % of the 10,000 test images are right.",
    ),
    "the same answer on an unbalanced table": (
        Table(),
        Findings(0.05, 0.9917, 240, same="no {0}"),
        Baseline(0.9917, "no {0}"),
        None,
        "The network answers “no {0}” for each of the 240 test rows. That is right for 99.17 % of them, because so "
        "many are; none of the others is found. " + ADVICE + " Class weights help where one class is rare.",
    ),
    "iris": (
        Table(),
        Findings(0.1, 29 / 30, 30),
        Baseline(1 / 3, "setosa"),
        29 / 30,
        "96.67 % of the 30 test rows are right, as this network’s card promises (96.7 %); always answering "
        "“setosa” gives 33.33 %.",
    ),
    "iris, about as promised": (  # of 30 answers: 2 · √(29/30 · 1/30 / 30) = 0.066 below 0.967
        Table(),
        Findings(0.1, 28 / 30, 30),
        Baseline(1 / 3, "setosa"),
        29 / 30,
        "93.33 % of the 30 test rows are right, about what this network’s card promises (96.7 %); always answering "
        "“setosa” gives 33.33 %.",
    ),
    "iris, less than promised": (
        Table(),
        Findings(0.1, 27 / 30, 30),
        Baseline(1 / 3, "setosa"),
        29 / 30,
        "90.00 % of the 30 test rows are right; always answering “setosa” gives 33.33 %.",
    ),
    "iris, changed": (
        Table(),
        Findings(0.1, 0.8, 30),
        Baseline(1 / 3, "setosa"),
        None,
        "80.00 % of the 30 test rows are right; always answering “setosa” gives 33.33 %.",
    ),
    "points": (
        Points(),
        Findings(0.01, 0.995, 1000),
        Baseline(0.5, "1"),
        None,
        "99.50 % of the 1,000 test points are right; always answering “1” gives 50.00 %.",
    ),
}
