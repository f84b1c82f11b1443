"""Too little memory is told in one sentence, whoever says it: real failures of torch and numpy, none made up."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from collections.abc import Callable
from textwrap import dedent

import numpy as np
import pytest
import torch
from torch import nn

from playground.engine.build import build
from playground.engine.runtime.out_of_memory import (
    DATA,
    OutOfMemory,
    as_out_of_memory,
    is_shortage,
    requested_bytes,
    shortage_explained,
)
from playground.spec.experiment import Experiment
from playground.spec.layer import Stack
from playground.spec.layers.dense import Linear
from playground.spec.layers.shape import Flatten
from playground.spec.messages import PlaygroundError

FAILURES: dict[str, Callable[[], object]] = {
    "torch": lambda: torch.empty(2**48),
    "torch, more than can be counted": lambda: torch.empty(2**62, 4),
    "torch, a layer": lambda: nn.Linear(2**30, 2**30),
    "numpy": lambda: np.empty(2**48),
    "numpy, more than can be counted": lambda: np.empty(2**62),
    "Python": lambda: bytearray(2**60),
}


@pytest.mark.parametrize("fails", FAILURES.values(), ids=FAILURES)
def test_a_shortage_is_known_and_explained(fails: Callable[[], object]) -> None:
    words = r"There is not enough memory for this.* Take less of the data"
    with pytest.raises(OutOfMemory, match=words) as caught, shortage_explained(DATA):
        fails()
    assert caught.value.__cause__ is not None  # for the log


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.10 GiB", 2_684_354_560),
        ("CUDA error: CUBLAS_STATUS_ALLOC_FAILED when calling `cublasCreate(handle)`", None),
        ("could not create a memory object", None),
        ("could not create a primitive", None),
        ("std::bad_alloc", None),
        ("[enforce fail at alloc_cpu.cpp:117] err == 0. DefaultCPUAllocator: not enough memory: you tried to allocate "
         "64 bytes.", 64),
        ("[enforce fail at CPUAllocator.cpp:64] . DefaultCPUAllocator: can't allocate memory: you tried to allocate "
         "200 bytes. Error code 12 (Cannot allocate memory)", 200),
        ("DefaultCPUAllocator: not enough memory: you tried to allocate 8 bytes.", 8),
        ("[enforce fail at alloc_cpu.cpp:75] posix_memalign(&data, gAlignment, nbytes) == 0. 12 vs 0", None),
        ("unable to mmap 200 bytes from file </torch_1>: Cannot allocate memory (12)", None),
        ("DefaultCPUAllocator: can't allocate memory: you tried to allocate 200 bytes.", 200),
        ("MPS backend out of memory (MPS allocated: 8.00 GB). Tried to allocate 1.50 KiB on private pool.", 1536),
        ("can't start new thread", None),
    ],
)  # fmt: skip
def test_what_other_machines_say_is_known_too(words: str, asked: int | None) -> None:
    error = RuntimeError(words)
    assert is_shortage(error)
    assert requested_bytes(error) == asked


def test_a_library_that_finds_no_room_is_known() -> None:
    limited = """
        import resource
        resource.setrlimit(resource.RLIMIT_AS, (200_000_000, 200_000_000))
        from playground.engine.runtime.out_of_memory import as_out_of_memory
        try:
            import torch
        except (ImportError, OSError) as error:
            print(as_out_of_memory(error))
    """
    done = subprocess.run([sys.executable, "-c", dedent(limited)], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("There is not enough memory for this.")


def test_a_library_that_is_missing_or_forbidden_is_no_shortage() -> None:
    words = "libtorch_cpu.so: failed to map segment from shared object: Operation not permitted"
    assert not is_shortage(ImportError(words))
    assert not is_shortage(ModuleNotFoundError("No module named 'torch'"))


@pytest.mark.parametrize("number", [errno.ENOMEM, None])
def test_what_the_system_refuses_is_known(number: int | None) -> None:
    words = "libtorch_cpu.so: failed to map segment from shared object"  # ctypes gives no number
    assert is_shortage(OSError(words) if number is None else OSError(number, os.strerror(number)))


def test_cudas_own_error_is_known() -> None:
    assert is_shortage(torch.OutOfMemoryError("CUDA out of memory."))


@pytest.mark.parametrize(
    "error", [RuntimeError("mat1 and mat2 shapes cannot be multiplied"), ValueError("out of memory"), OSError(2, "no")]
)
def test_other_failures_stay_what_they_are(error: Exception) -> None:
    assert not is_shortage(error)
    assert as_out_of_memory(error) is None
    with pytest.raises(type(error)), shortage_explained(DATA):
        raise error


def test_an_error_of_the_package_is_understood_as_itself() -> None:
    error = PlaygroundError("no")
    assert as_out_of_memory(error) is error


def test_a_network_that_does_not_fit_says_what_was_asked_for_and_what_there_is() -> None:
    wide = Linear(out_features=1_000_000)
    experiment = Experiment(stack=Stack(layers=(Flatten(), Linear(out_features=1), wide, wide)))
    with pytest.raises(
        OutOfMemory, match=r"4\.0 TB more are needed at once, [1-9][\d.,]* .?B are available\. Make the network"
    ):
        build(experiment)


LIMITED = """
    import resource, sys
    import psutil
    from playground.engine.data.in_memory import load
    from playground.engine.runtime.out_of_memory import OutOfMemory
    from playground.engine.training.trainer import Trainer
    from playground.spec.datasets.mnist import MNIST
    from playground.spec.experiment import Experiment
    from playground.spec.layer import Stack
    from playground.spec.layers.convolution import Conv2d
    from playground.spec.layers.dense import Linear
    from playground.spec.layers.shape import Flatten
    from playground.spec.check.memory import available
    from playground.spec.recipe.recipe import Recipe

    layers = (*(Conv2d(out_channels=64) for _ in range(4)), Flatten(), Linear(out_features=10))
    experiment = Experiment(data=MNIST(train_limit=2000), stack=Stack(layers=layers), recipe=Recipe(batch_size=1000))
    data = load(experiment.data)
    here = psutil.Process().memory_info().vms
    resource.setrlimit(resource.RLIMIT_AS, (here + 200_000_000,) * 2)
    print(available() <= 200_000_000 + max(0, psutil.Process().memory_info().rss - 400_000_000))
    try:
        for _ in Trainer(experiment, data):
            pass
    except OutOfMemory as error:
        print(error)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the limit is one of Linux")
def test_training_with_too_little_memory_ends_with_a_sentence() -> None:
    done = subprocess.run([sys.executable, "-c", dedent(LIMITED)], capture_output=True, text=True, check=False)
    limited, *said = done.stdout.splitlines()
    assert limited == "True", done.stderr  # what `ulimit -v` leaves is what is available
    assert said[0].startswith("There is not enough memory for this"), done.stderr
    assert "Make the batch smaller" in said[0]
