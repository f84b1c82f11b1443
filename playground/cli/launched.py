"""`playground train` in one of several processes that a launcher such as `torchrun` started to train one network."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING

from playground.cli.wrong_use import WrongUse
from playground.spec.messages import PlaygroundError, message
from playground.standard_streams import FAILED, WRONG_USE, put

if TYPE_CHECKING:
    from playground.engine.runtime.ranks import Ranks

_VARIABLES = ("RANK", "LOCAL_RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT")  # that torchrun sets


def launched(environment: Mapping[str, str] = os.environ) -> bool:
    """Whether this process is one of several."""
    size = environment.get("WORLD_SIZE", "")
    return all(name in environment for name in _VARIABLES) and size.isdecimal() and int(size) > 1


def as_rank(command: Callable[[argparse.Namespace, Ranks], int], args: argparse.Namespace) -> int:
    """Train with the other processes. The first one reports and writes; another only says why it failed by itself.

    Raises:
        WrongUse: options do not go together.
        PlaygroundError: this is the first process, and it failed, or another has ended.
    """
    from playground.engine.runtime.ranks import Ranks

    if args.seeds is not None:
        raise WrongUse(message("--seeds trains one run after another: it takes a single process."))
    ranks = Ranks.joined(os.environ)
    try:
        if ranks.first:
            return command(args, ranks)
        args.out, args.with_state, args.tensorboard, args.no_store = None, False, None, True
        return _quietly(command, args, ranks)
    finally:
        ranks.leave()


def _quietly(command: Callable[[argparse.Namespace, Ranks], int], args: argparse.Namespace, ranks: Ranks) -> int:
    from playground.cli.train import Stopped
    from playground.engine.runtime.ranks import LostRank

    try:
        with open(os.devnull, "w", encoding="utf-8") as nowhere, redirect_stdout(nowhere), redirect_stderr(nowhere):
            return command(args, ranks)
    except WrongUse:  # so it is in the first one
        return WRONG_USE
    except (LostRank, Stopped):
        return FAILED
    except PlaygroundError as error:
        import sys

        put(message("Process {rank}: {why}", rank=ranks.rank, why=error.message), file=sys.stderr)
        return FAILED
