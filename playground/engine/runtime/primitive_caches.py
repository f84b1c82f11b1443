"""Limits what oneDNN keeps of every shape that a layer was ever run with, because a window is open for hours.

torch computes convolutions, recurrent layers and large products with oneDNN, which compiles a kernel ("primitive") for
each kind of layer, size and batch, and keeps the 1,024 latest; the layer between the two, ideep, keeps 1,024 more
objects. Every edit of a network makes new ones: with random convolutions and LSTMs the process grew by 41 MB until the
one cache was full and by 36 MB until the other was. Of the presets, segmentation needs the most: 109 for training,
evaluation and test together. A network that needs more than are kept still runs: oneDNN compiles some of them again.
"""

import os

CAPACITY = 256  # entries of either cache


def limit_primitives() -> None:
    """Set the capacity of both caches, before torch first uses them; values from the environment take precedence."""
    for name in ("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "LRU_CACHE_CAPACITY"):
        os.environ.setdefault(name, str(CAPACITY))
