"""What a run can be computed on; the command line names them before it imports anything that is heavier."""

from typing import Literal

Device = Literal["auto", "cpu", "cuda", "mps"]
