"""The engine: builds, trains, evaluates and saves experiments. It imports torch, never Qt."""

import os

from playground.engine.runtime.malloc_arenas import share_one_arena
from playground.engine.runtime.primitive_caches import limit_primitives

# How OpenMP's threads wait for work. If they spin all the time and another process needs a core, two threads make a
# convolution ten times slower than one thread. If they sleep, they lose little there, but a wake-up takes longer than a
# small kernel. GNU's library, which is in torch's wheels for Linux, can do both: spin for about 0.1 ms, then sleep. It
# reads these variables when torch loads it, so they are set before; values from the environment take precedence.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "3000")
share_one_arena()  # before threads start, because they keep their arena
limit_primitives()
