"""Keras, `model.fit`, on the backend `jax` or `tensorflow`.

`tuned` is for orientation: 32 steps an execution and XLA, which few know of and fewer use.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from tests.benchmarks.contenders.digits import images, labels


def prepare(backend: str, tuned: str = "") -> Callable[[], object]:
    """One epoch."""
    os.environ["KERAS_BACKEND"] = backend
    import keras  # reads the variable

    __import__(backend)  # Keras would complain of it in words of its own
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((28, 28)), layers.Flatten(), layers.Dense(128, activation="relu"), layers.Dense(10)]
    )
    model.compile(
        optimizer=keras.optimizers.Adam(0.001),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=["accuracy"],
        **({"steps_per_execution": 32, "jit_compile": True} if tuned else {}),
    )
    x, y = images(), labels()
    return lambda: model.fit(x, y, batch_size=32, epochs=1, verbose=0)
