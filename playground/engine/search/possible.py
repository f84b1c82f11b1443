"""Whether a space holds any network that may be trained, so that a search of one that holds none ends soon."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import product
from math import exp, log
from random import Random
from time import monotonic

from playground.engine.search.outcome import REFUSED, TrialRow
from playground.engine.search.plan import Plan
from playground.engine.search.untried import countable
from playground.spec.messages import Message, message, plural, tr_noop
from playground.spec.search.domain import Domain, Interval, Scalar
from playground.spec.search.refusal import refusal

TRIED = 8  # refused trials, before others are drawn beside the study
_DRAWN, _SECONDS = 1000, 5.0  # values that are drawn at most, and the time for that
_FIGURES = re.compile(r"\d[\d.,]*")


def possible(plan: Plan, seed: int) -> dict[str, Scalar] | None:
    """Values, by key, of a network that may be trained as far as its size tells, drawn by chance; None if none is met.

    Of a space that can be counted none is missed, unless time ends; of others a few among hundreds may be.
    """
    until = monotonic() + _SECONDS
    for values in _candidates(plan, Random(seed)):
        if refusal(plan.space.apply(plan.experiment, values), plan.space.limits) is None:
            return values
        if monotonic() > until:
            break
    return None


def _candidates(plan: Plan, chance: Random) -> Iterator[dict[str, Scalar]]:
    points = countable(plan)
    if points is not None:
        every = list(product(*points.values()))
        chance.shuffle(every)
        yield from (dict(zip(points, values, strict=True)) for values in every)
        return
    domains = plan.space.domains(plan.experiment)
    for _ in range(_DRAWN):
        yield {key: _drawn(domain, chance) for key, domain in domains.items()}


def _drawn(domain: Domain, chance: Random) -> Scalar:
    if not isinstance(domain, Interval):
        return chance.choice(domain.values)
    low, high, logarithmic, whole = domain
    value = exp(chance.uniform(log(low), log(high))) if logarithmic else chance.uniform(low, high)
    if whole:
        value = round(value) if logarithmic else chance.randint(int(low), int(high))
    return min(max(value, int(low) if whole else low), int(high) if whole else high)


def none_trained(rows: Iterable[TrialRow]) -> bool:
    """Whether no trial was trained, not even for an epoch."""
    return not any(row.counted for row in rows)


def exhausted_text(rows: Sequence[TrialRow]) -> Message:
    """The remark at the end of a search that found no further network; where it found none at all, why.

    Reasons that differ in their figures alone are the same reason.
    """
    found = [row for row in rows if row.state == REFUSED]
    if not found or not none_trained(rows):
        return message("The space seems to hold no further network.")
    kinds = [_FIGURES.sub("0", row.reason) for row in found]
    kind, count = Counter(kinds).most_common(1)[0]
    reason = found[kinds.index(kind)].reason
    tried = plural("None of {count:,} networks may be trained", "The 1 network may not be trained", len(found))
    words = tr_noop("{tried}, and no other was found in the space. The commonest reason ({count:,} times): {reason}")
    return message(words, tried=tried, count=count, reason=reason)
