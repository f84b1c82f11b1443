"""scikit-learn's MLPClassifier: `partial_fit` goes through the data once, in batches, with Adam."""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from tests.benchmarks.contenders.digits import images, labels


def prepare() -> Callable[[], object]:
    """One epoch."""
    from sklearn.neural_network import MLPClassifier

    warnings.simplefilter("ignore")
    model = MLPClassifier((128,), batch_size=32, learning_rate_init=0.001, alpha=0.0, random_state=0)
    x, y, classes = images().reshape(-1, 784), labels(), np.arange(10)
    return lambda: model.partial_fit(x, y, classes=classes)
