"""A table like the Titanic's, made anew: semicolons, decimal commas, Windows-1252, missing ages and dates."""

from __future__ import annotations

from pathlib import Path
from random import Random

ROWS = 891
NO_AGE = 177
SURVIVED = 342
_NAMES = ("Müller", "Sørensen", "Kelly", "Lefèvre", "Andersson", "O’Brien", "Muñoz", "Smith")


def write_titanic(path: Path, *, boat: bool = False) -> Path:
    """Write the table; `boat` adds a column that gives the target away."""
    random = Random(4)
    survived = [True] * SURVIVED + [False] * (ROWS - SURVIVED)
    random.shuffle(survived)
    without = set(random.sample(range(ROWS), NO_AGE))
    lines = ["PassengerId;Survived;Pclass;Name;Sex;Age;Fare;Embarked;Boarded" + ";Boat" * boat]
    for number, alive in enumerate(survived):
        rank = random.choice((1, 2, 3, 3)) if not alive else random.choice((1, 1, 2, 3))
        age = "" if number in without else f"{random.triangular(1, 75, 26):.0f},0"
        fare = f"{random.expovariate(1 / (90 / rank**1.5)) + 5:,.2f}".translate(str.maketrans(".,", ",."))
        cells = [
            str(number + 1),
            "yes" if alive else "no",
            str(rank),
            f"{random.choice(_NAMES)}, {chr(65 + number % 26)}. the {number}th of them",
            "female" if random.random() < (0.7 if alive else 0.15) else "male",
            age,
            "1.053,10" if number == 3 else fare,
            "" if number in (61, 829) else random.choice("SSSCQ"),
            f"{random.choice((10, 10, 11)):02}.04.1912",
        ]
        lines.append(";".join(cells + [("C 4" if alive else "none")] * boat))
    path.write_bytes("\r\n".join([*lines, ""]).encode("cp1252"))
    return path
