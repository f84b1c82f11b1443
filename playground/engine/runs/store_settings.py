"""Where runs are stored and how much of the disk they may take: one file, for the window and the command line."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from playground.spec.files.storage import FileError, make_folder, read_bounded, write_atomically
from playground.spec.messages import message, tr_noop

BUDGET = 5_000_000_000  # bytes
LEAST_BUDGET = 100_000_000
VARIABLE = "PLAYGROUND_RUNS"  # of the environment: the store's folder, whatever was chosen
_MOST_BYTES = 100_000
_log = logging.getLogger(__name__)


class StoreSettings(BaseModel):
    """The user's settings of the store of runs."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    enabled: bool = True  # whether runs are stored
    budget: int = Field(BUDGET, ge=LEAST_BUDGET)  # bytes
    folder: str | None = None  # None: in the platform's folder for user data


def read_settings() -> StoreSettings:
    """The stored settings; the defaults where there are none, or none that can be read."""
    path = _file()
    if not path.exists():
        return StoreSettings()
    try:
        return StoreSettings.model_validate_json(read_bounded(path, _MOST_BYTES))
    except (FileError, ValidationError):
        _log.warning("the settings of the run store cannot be read", exc_info=True)
        return StoreSettings()


def write_settings(settings: StoreSettings) -> None:
    """Store the settings.

    Raises:
        FileError: they could not be written.
    """
    path = _file()
    try:
        make_folder(path.parent)
    except OSError as error:
        words = tr_noop("The settings were not saved: {reason}.")
        raise FileError(message(words, reason=error.strerror or repr(error))) from error
    write_atomically(path, settings.model_dump_json(indent=2).encode())


def default_folder() -> Path:
    """The folder that `PLAYGROUND_RUNS` names, or that was chosen, or one for user data; it need not exist."""
    chosen = os.environ.get(VARIABLE) or read_settings().folder
    return Path(chosen) if chosen else platform_folder()


def platform_folder() -> Path:
    """The folder of the store where no other was chosen."""
    return user_data_path("Playground", appauthor=False) / "runs"


def _file() -> Path:
    return user_config_path("Playground", appauthor=False) / "runs.json"
