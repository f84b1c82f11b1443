"""The devices that a run can use, in a module of its own because the command line imports it at the start."""

from typing import Literal

Device = Literal["auto", "cpu", "cuda", "mps"]
