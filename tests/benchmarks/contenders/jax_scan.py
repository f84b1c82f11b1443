"""JAX at its best: a whole epoch compiled as one `scan`, the permutation inside it, nothing leaves it but the log."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from tests.benchmarks.contenders.digits import images, labels

LR, BETA1, BETA2, EPS = 0.001, 0.9, 0.999, 1e-8
BATCH = 32


def begin(key: Any) -> tuple[Any, ...]:
    """Weights drawn as torch draws them, with Adam at rest: parameters, first and second moments, steps."""
    parameters = []
    for size, units in ((784, 128), (128, 10)):
        key, first, second = jax.random.split(key, 3)
        bound = size**-0.5
        parameters.append(jax.random.uniform(first, (size, units), minval=-bound, maxval=bound))
        parameters.append(jax.random.uniform(second, (units,), minval=-bound, maxval=bound))
    rest = [[jnp.zeros_like(parameter) for parameter in parameters] for _ in range(2)]
    return (parameters, *rest, jnp.float32(0))


def loss_of(parameters: list[Any], x: Any, y: Any) -> tuple[Any, Any]:
    """Cross entropy and accuracy of a batch."""
    weight1, bias1, weight2, bias2 = parameters
    outputs = jax.nn.relu(x @ weight1 + bias1) @ weight2 + bias2
    chosen = jnp.take_along_axis(jax.nn.log_softmax(outputs), y[:, None], 1)
    return -jnp.mean(chosen), jnp.mean(outputs.argmax(1) == y)


def adam(state: tuple[Any, ...], gradients: list[Any]) -> tuple[Any, ...]:
    """One step (Kingma and Ba, 2015)."""
    parameters, means, squares, steps = state
    steps = steps + 1
    means = jax.tree.map(lambda mean, gradient: BETA1 * mean + (1 - BETA1) * gradient, means, gradients)
    squares = jax.tree.map(lambda square, gradient: BETA2 * square + (1 - BETA2) * gradient**2, squares, gradients)
    rate, shrink = LR / (1 - BETA1**steps), 1 / (1 - BETA2**steps)
    parameters = jax.tree.map(
        lambda parameter, mean, square: parameter - rate * mean / (jnp.sqrt(square * shrink) + EPS),
        parameters,
        means,
        squares,
    )
    return parameters, means, squares, steps


def whole_epoch(state: tuple[Any, ...], x: Any, y: Any, key: Any) -> tuple[tuple[Any, ...], Any]:
    """Learn from everything once; also return loss and accuracy of every step."""

    def step(state: tuple[Any, ...], index: Any) -> tuple[tuple[Any, ...], Any]:
        found, gradients = jax.value_and_grad(loss_of, has_aux=True)(state[0], x[index], y[index])
        return adam(state, gradients), found

    return jax.lax.scan(step, state, jax.random.permutation(key, len(y)).reshape(-1, BATCH))


def prepare(cores: str = "all") -> Callable[[], object]:
    """One epoch; with its log on our side it is over, for JAX returns before it has computed.

    cores: `all`, or `alone` for the first of those that this process may use.
    """
    if cores == "alone":
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})  # before it starts its threads
    epoch = jax.jit(whole_epoch, donate_argnums=0)
    x, y = jnp.asarray(images().reshape(-1, 784)), jnp.asarray(labels())
    key, drawn = jax.random.split(jax.random.key(0))
    state = begin(drawn)

    def work() -> list[np.ndarray[Any, Any]]:
        nonlocal state, key
        key, drawn = jax.random.split(key)
        state, log = epoch(state, x, y, drawn)
        jax.block_until_ready(state)
        return [np.asarray(values) for values in log]

    return work
