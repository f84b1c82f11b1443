"""The seeds of samplers: processes and machines that search together must not draw the same values."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING
from zlib import crc32

from playground.engine.search.optuna_parts import this_process
from playground.engine.search.study import joined

if TYPE_CHECKING:
    from optuna import Study


def sampler_seed(asked: int | None, study: Study, worker: int) -> int:
    """The seed of one worker's sampler, from 0 to 2³² - 1.

    Without a seed that is asked for, it comes from the operating system's entropy: hosts and process numbers can be
    equal on two machines, such as in containers. With one, a new study that one process searches with one worker draws
    the same values again. Other workers, processes that join the study, and a search that goes on draw others.

    Args:
        asked: what the user asked for.
        study: which is searched.
        worker: its number among all that this process has started, from 1.
    """
    if asked is None:
        return int.from_bytes(os.urandom(4), "little")
    own = this_process() if joined(study) else ""
    return crc32(repr((asked, worker, len(study.get_trials(deepcopy=False)), own)).encode())
