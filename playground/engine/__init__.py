"""What happens to an experiment: build, feed, train, evaluate, save. Imports torch, never Qt."""

import os

# OpenMP's threads sleep while they wait for work instead of spinning. Where another process wants a core, two
# spinning threads make a convolution ten times slower than one thread is; sleeping ones lose little. Read by the
# OpenMP library when torch loads it, so it has to be set before; whoever set it already is obeyed.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
