"""Whether the doctor names the faults of experiments that have one, and is silent on healthy ones.

    python -m tests.benchmarks doctor

Every experiment is trained for three epochs, small healthy ones longer. A fault counts as named correctly where the
first finding is the right one, and comes within three epochs. The thresholds were tuned on the first two parts; the
third has other data, sizes, rates, seeds and networks, and was written down before the doctor saw any of it. Runs that
diverge are trained again with the rate that the doctor gives them at one click.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from math import inf
from time import perf_counter
from typing import NamedTuple

from playground.engine.doctor.doctor import Doctor
from playground.engine.doctor.finding import Finding
from playground.engine.training.snapshots import Epoch, Evaluating, Finished
from playground.engine.training.trainer import Trainer
from tests.benchmarks.doctor_cases import Case, cases
from tests.benchmarks.doctor_divergence import diverging, mended
from tests.benchmarks.doctor_held_out import held_out
from tests.benchmarks.figure import Figure

PROBED = 500  # as in the window
PARTS = ("tuned on", "tuned on, other sizes", "held out")
WITHIN = 3  # epochs
SILENT = "silent"


class Seen(NamedTuple):
    """What the doctor said of a case."""

    case: Case
    findings: tuple[Finding, ...]
    own: float  # seconds that the doctor took during training
    whole: float  # seconds of training
    before: float  # seconds that the doctor took before it
    third: float  # the step with which the third epoch ended; infinite if none did

    @property
    def first(self) -> str:
        """The id of the first finding; of a fault, within the first epochs."""
        in_time = [found.id for found in self.findings if not self.case.fault or found.step <= self.third]
        return in_time[0] if in_time else SILENT


def figures(quick: bool) -> Iterator[Figure]:
    """Three for each part, and how many runs that diverge are mended."""
    for part, name in enumerate(PARTS):
        given = held_out() if name == PARTS[-1] else cases(part)
        seen = [watched(case) for number, case in enumerate(given) if not quick or number % 8 == 0]
        print(table(seen), flush=True)
        faulty, healthy = [one for one in seen if one.case.fault], [one for one in seen if not one.case.fault]
        right = sum(one.first == one.case.fault for one in faulty)
        alarms = sum(one.first != SILENT for one in healthy)
        note = f"{right} of {len(faulty)}"
        yield Figure(
            work=f"faults named, {name}",
            value=100 * right / len(faulty),
            unit="%",
            bar=90.0,
            better="higher",
            note=note,
        )
        note = f"{alarms} of {len(healthy)}"
        yield Figure(work=f"false alarms, {name}", value=100 * alarms / len(healthy), unit="%", bar=3.0, note=note)
        own, whole = sum(one.own for one in seen), sum(one.whole for one in seen)
        note = f"at most {max(one.before for one in seen):.2f} s before training"
        yield Figure(work=f"time of the doctor, {name}", value=100 * own / whole, unit="% of training", note=note)
    found = [mended(*item) for number, item in enumerate(diverging()) if not quick or number % 8 == 0]
    note = f"{found.count(True)} of {len(found)}"
    yield Figure(
        work="diverging runs mended by one click",
        value=100 * found.count(True) / len(found),
        unit="%",
        bar=90.0,
        better="higher",
        note=note,
    )


def watched(case: Case) -> Seen:
    """Train a case under the eyes of the doctor."""
    start = perf_counter()
    doctor = Doctor(case.experiment, case.data)
    findings, own, began, third = list(doctor.before), 0.0, perf_counter(), inf
    before = began - start
    trains = case.fault not in {found.id for found in findings}
    for snapshot in Trainer(case.experiment, case.data, probe_every=PROBED) if trains else ():
        if isinstance(snapshot, Finished) or (isinstance(snapshot, Evaluating) and snapshot.what == "test"):
            break
        start = perf_counter()
        finding = doctor.take(snapshot)
        own += perf_counter() - start
        if finding:
            findings.append(finding)
        if isinstance(snapshot, Epoch) and snapshot.epoch == WITHIN:
            third = snapshot.step
            if case.fault:
                break
    seen = Seen(case, tuple(findings), own, perf_counter() - began, before, third)
    said = ", ".join(f"{one.id} at {one.step}" for one in findings) or SILENT
    mark = " " if seen.first == (case.fault or SILENT) else "!"
    print(f"{mark} {case.fault or 'healthy'}: {case.name}: {said} ({perf_counter() - began:.1f} s)", flush=True)
    return seen


def table(seen: list[Seen]) -> str:
    """The confusion table: a line for each fault, with how often each was named first."""
    lines = []
    for fault in dict.fromkeys(one.case.fault for one in seen):
        named = Counter(one.first for one in seen if one.case.fault == fault)
        lines.append(f"{fault or 'healthy':24} {', '.join(f'{name} {count}' for name, count in named.most_common())}")
    return "\n".join(lines)
