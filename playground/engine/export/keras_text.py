"""The text of a Keras program around the lines that apply its layers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

CLASSES = {
    "AddedTable": '''\
class AddedTable(layers.Layer):
    """Adds one vector to each step of (N, steps, features)."""

    def build(self, shape):
        self.table = self.add_weight(shape=shape[1:], name="table", trainable=self.trainable)

    def call(self, inputs):
        return inputs + self.table
''',
    "ClassToken": '''\
class ClassToken(layers.Layer):
    """Puts a learned vector in front of the steps of (N, steps, features)."""

    def build(self, shape):
        self.token = self.add_weight(shape=(shape[-1],), name="token")

    def call(self, inputs):
        first = ops.zeros_like(inputs[:, :1]) + self.token
        return ops.concatenate([first, inputs], axis=1)

    def compute_output_shape(self, shape):
        return (shape[0], shape[1] + 1, shape[2])
''',
}

_TEXT = '''\
"""A trained network for Keras 3, written by Playground.

Any backend: the environment variable KERAS_BACKEND names torch, jax or tensorflow. The weights are in the file
beside this one that has the same name and ends in .npz.

It reads {reads}.
It gives {gives}.
"""

from pathlib import Path

import keras
import numpy as np
from keras import layers, ops

NAME = {name}
WEIGHTS = Path(__file__).with_suffix(".npz")


{classes}def build_model():
    """The layers, with random weights."""
    inputs = keras.Input({shape})
    x = inputs
{lines}
    return keras.Model(inputs, x)


def load_weights(model, path=WEIGHTS):
    """Give each layer its arrays; they have the layout of Keras."""
    with np.load(path) as file:
        arrays = {{key: file[key] for key in file.files}}
    for layer in model.layers:
        count = sum(key.startswith(f"{{layer.name}}/") for key in arrays)
        if count:
            layer.set_weights([arrays[f"{{layer.name}}/{{n}}"] for n in range(count)])
    return model


if __name__ == "__main__":
    load_weights(build_model()).summary()
'''


def program_text(
    *, name: str, reads: str, gives: str, shape: str, lines: Sequence[str], classes: Collection[str]
) -> str:
    """The program.

    Args:
        name: of the experiment; whatever is in it, it becomes a string.
        reads: what goes in, as a noun phrase of ours.
        gives: what comes out, in the same way.
        shape: the arguments of `keras.Input`.
        lines: that turn `x` into the output.
        classes: names of those of `CLASSES` that the lines use.
    """
    needed = "".join(f"{CLASSES[item]}\n\n" for item in CLASSES if item in classes)
    body = "\n".join(f"    {line}" for line in lines)
    return _TEXT.format(name=ascii(name), reads=reads, gives=gives, shape=shape, lines=body, classes=needed)
