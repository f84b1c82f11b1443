"""Bodies that are nearly right: made from good ones by a seeded generator."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator

TYPES = ("application/json", "image/png", "image/jpeg", "application/octet-stream", "text/plain", "")
_PIECES = (b"[", b"]", b"{", b"}", b'"', b"null", b"true", b"-1", b"1e999", b"NaN", b"\xff", b"\0", b"9" * 50, b",")
_VALUES: tuple[object, ...] = (None, True, -1, 1e30, 0.5, "", "x" * 300, [], [[]], [[[]]], {}, {"a": 1}, [1, [2]])


def malformed(picture: bytes, count: int, seed: int = 0) -> Iterator[tuple[bytes, str]]:
    """Bodies and content types.

    picture: the bytes of a good PNG file, of which half are made.
    """
    chance = random.Random(seed)
    good = json.dumps({"input": [[chance.randrange(256) for _ in range(28)] for _ in range(28)]}).encode()
    for number in range(count):
        if number % 4 == 0:
            names = chance.sample(["input", "inputs", "range", "prompt", "length", "id", "outputs"], 2)
            yield json.dumps({name: chance.choice(_VALUES) for name in names}).encode(), TYPES[0]
            continue
        body = bytearray(chance.choice((good, picture)))
        for _ in range(chance.randint(1, 8)):
            place = chance.randrange(max(1, len(body)))
            match chance.randrange(4):
                case 0:
                    del body[place:]
                case 1:
                    body[place : place + 1] = bytes([chance.randrange(256)])
                case 2:
                    body[place:place] = chance.choice(_PIECES)
                case _:
                    del body[place : place + chance.randrange(1, 20)]
        yield bytes(body), chance.choice(TYPES)
