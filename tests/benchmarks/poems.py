"""How well a network that has read Tang poems keeps their form.

    playground train tang-poems --out tang.safetensors
    python -m tests.benchmarks.poems tang.safetensors

It writes on behind openings of five characters and a comma, each until the poem ends with an empty line or at 200
characters. Told is which share of the lines that it wrote has the form of such a poem, five characters, a comma, five
characters and a full stop, and which share of the halves between two marks has five characters. Takes a few seconds.
"""

from __future__ import annotations

import argparse
import json
import re
from itertools import islice
from pathlib import Path

from playground.engine.inference.text_generation import SamplingOptions, write
from playground.engine.weights import load

OPENINGS = ("床前明月光，", "红豆生南国，", "白日依山尽，", "空山不见人，", "春眠不觉晓，", "千山鸟飞绝，")
LINE = re.compile(r"[一-鿿]{5}，[一-鿿]{5}[。？！；]")
MARK = re.compile(r"[，。？！；、：]")
LONGEST = 200  # characters


def poem(path: Path, opening: str, seed: int, temperature: float) -> list[str]:
    """The lines that are written behind an opening, the first with it; one that was not ended is left out."""
    trained = load(path)
    written = write(trained.network, trained.experiment, opening, SamplingOptions(temperature, 0, seed))
    text = opening + "".join(guess.character for guess in islice(written, LONGEST))
    return text.split("\n\n")[0].split("\n") if "\n\n" in text else text.split("\n")[:-1]


def main(path: Path, count: int, temperature: float) -> None:
    """Write poems and count."""
    lines = [line for opening in OPENINGS for seed in range(count) for line in poem(path, opening, seed, temperature)]
    halves = [half for line in lines for half in MARK.split(line) if half]
    kept = sum(bool(LINE.fullmatch(line)) for line in lines)
    five = sum(len(half) == 5 for half in halves)
    print("\n".join(lines[:8]))
    print(
        json.dumps(
            {
                "lines": len(lines),
                "in form": round(kept / len(lines), 4),
                "halves of five": round(five / len(halves), 4),
            }
        )
    )


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="How well a network keeps the form of Tang poems.")
    arguments.add_argument("network", type=Path)
    arguments.add_argument("--count", type=int, default=5, help="poems behind each opening")
    arguments.add_argument("--temperature", type=float, default=0.8)
    asked = arguments.parse_args()
    main(asked.network, asked.count, asked.temperature)
