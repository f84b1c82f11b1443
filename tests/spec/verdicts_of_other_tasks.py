"""Verdicts on networks that continue texts, draw or restore pictures, or say numbers, and on tests of nothing.

Each case is made as in `verdicts_of_classes`.
"""

from __future__ import annotations

from math import inf, nan

from playground.spec.datasets.clutter import ClutteredMNIST
from playground.spec.datasets.mnist import MNIST
from playground.spec.datasets.points import Heights
from playground.spec.datasets.reconstruction import ReconstructedMNIST
from playground.spec.datasets.table import Table
from playground.spec.datasets.text import Shakespeare
from playground.spec.verdict import Baseline, Findings
from tests.spec.verdicts_of_classes import ADVICE, ONES

OTHER_TASKS = {
    "language": (
        Shakespeare(),
        Findings(1.5, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.3,
        "1.5000 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right. "
        "Counting which character follows which gives 2.4500 nats and 27.00 %.",
    ),
    "language, alone": (
        Shakespeare(),
        Findings(1.5, 0.55, 1000),
        None,
        1.5,
        "1.5000 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right.",
    ),
    "language, just as promised": (
        Shakespeare(),
        Findings(1.5, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.5,
        "1.5000 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right. "
        "That is what this network’s card promises (1.5 nats). Counting which character follows which gives 2.4500 "
        "nats and 27.00 %.",
    ),
    "language, no better": (
        Shakespeare(),
        Findings(2.5, 0.2, 1000),
        Baseline(0.27, nats=2.45),
        None,
        "2.5000 nats a character on the end of the text, 3.607 bits, perplexity 12.18; 20.00 % are guessed right. "
        "That is no better than counting which character follows which (2.4500 nats, 27.00 %). " + ADVICE,
    ),
    "language, as good as counting": (
        Shakespeare(),
        Findings(2.45, 0.27, 1000),
        Baseline(0.27, nats=2.45),
        None,
        "2.4500 nats a character on the end of the text, 3.535 bits, perplexity 11.59; 27.00 % are guessed right. "
        "That is no better than counting which character follows which (2.4500 nats, 27.00 %). " + ADVICE,
    ),
    "language, as promised": (
        Shakespeare(),
        Findings(1.49, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.48,
        "1.4900 nats a character on the end of the text, 2.150 bits, perplexity 4.44; 55.00 % are guessed right. "
        "That is about what this network’s card promises (1.48 nats). Counting which character follows which gives "
        "2.4500 nats and 27.00 %.",
    ),
    "language, just about as promised": (
        Shakespeare(),
        Findings(1.4999, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.48,
        "1.4999 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right. "
        "That is about what this network’s card promises (1.48 nats). Counting which character follows which gives "
        "2.4500 nats and 27.00 %.",
    ),
    "language, just less than promised": (
        Shakespeare(),
        Findings(1.5001, 0.55, 1000),
        Baseline(0.27, nats=2.45),
        1.48,
        "1.5001 nats a character on the end of the text, 2.164 bits, perplexity 4.48; 55.00 % are guessed right. "
        "Counting which character follows which gives 2.4500 nats and 27.00 %.",
    ),
    "tags": (
        Shakespeare(asked="restore"),
        Findings(0.2, 0.7, 1000),
        Baseline(0.4),
        None,
        "F1 70.00 % on the 1,000 test windows; the commonest answer for each character gives 40.00 %.",
    ),
    "pixels": (
        ClutteredMNIST(),
        Findings(0.2, 0.915, 2000),
        Baseline(0.0),
        0.91,
        "IoU 91.50 % on the 2,000 test images, as this network’s card promises (91 %); the commonest class of each "
        "pixel gives 0.00 %.",
    ),
    "pixels, about as promised": (
        ClutteredMNIST(),
        Findings(0.2, 0.9051, 2000),
        Baseline(0.0),
        0.91,
        "IoU 90.51 % on the 2,000 test images, about what this network’s card promises (91 %); the commonest class of "
        "each pixel gives 0.00 %.",
    ),
    "pixels, less than promised": (
        ClutteredMNIST(),
        Findings(0.2, 0.9049, 2000),
        Baseline(0.0),
        0.91,
        "IoU 90.49 % on the 2,000 test images; the commonest class of each pixel gives 0.00 %.",
    ),
    "numbers, too few to tell": (  # 4 that are nearer than the mean have a probability of 1 in 16 by chance
        Heights(),
        Findings(0.01, -0.5, 4, rmse=0.12, mae=0.09),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "“height” is off by 0.09 on average (MAE; RMSE 0.12) on the 4 test points, R² −50.00 %: too few to tell "
        "whether the network is better than always answering the mean, 0.02 (MAE 0.33, RMSE 0.39). More test points "
        "would tell.",
    ),
    "pictures": (
        ReconstructedMNIST(),
        Findings(0.2, 0.1, 10_000),
        Baseline(0.18),
        None,
        "R² 10.00 % on the 10,000 test images: no better than the mean of the training set, which gives 18.00 %. "
        + ADVICE,
    ),
    "pictures, as good as the mean": (
        ReconstructedMNIST(),
        Findings(0.2, 0.18, 10_000),
        Baseline(0.18),
        None,
        "R² 18.00 % on the 10,000 test images: no better than the mean of the training set, which gives 18.00 %. "
        + ADVICE,
    ),
    "better than the mean": (
        Heights(),
        Findings(0.01, 0.9, 1000, rmse=0.1234567, mae=0.09),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "“height” is off by 0.09 on average (MAE; RMSE 0.1235) on the 1,000 test points, R² 90.00 %; always answering "
        "the mean, 0.02, is off by 0.33 (RMSE 0.39).",
    ),
    "a number, alone": (
        Heights(),
        Findings(0.01, 0.9, 1000, rmse=0.12, mae=0.09),
        None,
        None,
        "“height” is off by 0.09 on average (MAE; RMSE 0.12) on the 1,000 test points, R² 90.00 %.",
    ),
    "hills": (
        Heights(),
        Findings(0.01, 0.966, 1000, rmse=0.1, mae=0.09),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        0.97,
        "“height” is off by 0.09 on average (MAE; RMSE 0.1) on the 1,000 test points, R² 96.60 %, about what "
        "this network’s card promises (97 %); always answering the mean, 0.02, is off by 0.33 (RMSE 0.39).",
    ),
    "hills, less than promised": (
        Heights(),
        Findings(0.01, 0.9649, 1000, rmse=0.1, mae=0.09),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        0.97,
        "“height” is off by 0.09 on average (MAE; RMSE 0.1) on the 1,000 test points, R² 96.49 %; always answering "
        "the mean, 0.02, is off by 0.33 (RMSE 0.39).",
    ),
    "worse than the mean": (
        Heights(),
        Findings(0.2, -0.5, 1000, rmse=0.5, mae=0.4),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "“height” is off by 0.4 on average (MAE; RMSE 0.5) on the 1,000 test points, R² −50.00 %: no better than "
        "always answering the mean, 0.02 (MAE 0.33, RMSE 0.39). " + ADVICE,
    ),
    "as good as the mean": (
        Heights(),
        Findings(0.2, -0.001, 1000, rmse=0.39, mae=0.33),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "“height” is off by 0.33 on average (MAE; RMSE 0.39) on the 1,000 test points, R² −0.10 %: no better than "
        "always answering the mean, 0.02 (MAE 0.33, RMSE 0.39). " + ADVICE,
    ),
    "the same number": (
        Heights(),
        Findings(0.2, -0.1, 1000, same="", rmse=0.4, mae=0.3),
        Baseline(-0.001, "0.02", rmse=0.39, mae=0.33),
        None,
        "The network gives the same answer for each of the 1,000 test points: it has learned nothing "
        "from them. R² −10.00 %. " + ADVICE,
    ),
    "the same for each character": (
        Shakespeare(),
        Findings(3.3, 0.15, 1000, same=""),
        Baseline(0.27, nats=2.45),
        None,
        "The network gives the same answer for each of the 1,000 test windows: it has learned nothing from them. "
        "Accuracy 15.00 %. " + ADVICE,
    ),
    "infinite": (
        MNIST(),
        Findings(inf, 0.99, 10_000),
        ONES,
        None,
        "The loss on the test images is no finite number.",
    ),
    "given up": (
        MNIST(),
        Findings(0.0, 0.0, 10_000, step=3, planned=10, stopped=True, given_up=True),
        None,
        None,
        "Stopped after 3 of 10 steps. The test was stopped as well: how good the network is, is not known.",
    ),
    "given up after the last step": (
        MNIST(),
        Findings(0.0, 0.0, 10_000, step=10, planned=10, given_up=True),
        None,
        None,
        "The test was stopped as well: how good the network is, is not known.",
    ),
    "no number": (MNIST(), Findings(nan, nan, 10_000), ONES, None, "The loss on the test images is no finite number."),
    "left alone": (
        Table(),
        Findings(0.0, 0.0, 0),
        None,
        None,
        "Nothing was tested: the 30 test rows were left alone.",
    ),
}
