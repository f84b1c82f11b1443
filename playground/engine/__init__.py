"""What happens to an experiment: build, feed, train, evaluate, save. Imports torch, never Qt."""

import os

from playground.engine.runtime.malloc_arenas import share_one_arena

# How OpenMP's threads wait for work. Spinning all the time, two of them make a convolution ten times slower than one
# is where another process wants a core; asleep, they lose little there, but waking one costs more than a small kernel
# takes. GNU's library, which torch's wheels for Linux bring along, can do both: spin for about 0.1 ms, then sleep. Read
# when torch loads it, so they have to be set before; whoever set one already is obeyed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "3000")
share_one_arena()  # before there are threads, which keep the arena they have
