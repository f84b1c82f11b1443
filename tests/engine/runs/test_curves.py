"""Lines of snapshots: they come back bit for bit, and what is no such line gets one typed error."""

from __future__ import annotations

import struct
from zlib import crc32

import pytest

from playground.engine.runs.curves import header_line, parse_curves, resumed_line, snapshot_line
from playground.engine.runs.run_record import RunError
from playground.engine.training.snapshots import LOG_BINS, Diverged, Evaluating, Finished, LogHistogram, Step
from tests.engine.runs.stored import epoch, everything, probed, step

HEADER = header_line()


def line(text: str) -> bytes:
    return b"%08x %s\n" % (crc32(text.encode()), text.encode())


def bits(value: float) -> bytes:
    return struct.pack("<d", value)


def test_every_kind_comes_back_as_it_was() -> None:
    given = [item for item in everything() if not isinstance(item, Evaluating)]
    found = parse_curves(HEADER + snapshot_line(everything()))
    assert list(map(type, found.snapshots)) == list(map(type, given))
    for one, other in zip(found.snapshots, given, strict=True):
        if isinstance(one, Step) and isinstance(other, Step):
            assert bits(one.loss) == bits(other.loss)
            assert one._replace(loss=0.0) == other._replace(loss=0.0)
        else:
            assert one == other
    assert any(isinstance(item, Diverged) for item in found.snapshots)
    finished = next(item for item in found.snapshots if isinstance(item, Finished))
    assert str(finished.verdict) == "0.30000000000000004 of 1,000 are right"


def test_progress_of_an_evaluation_leaves_no_line() -> None:
    assert snapshot_line([Evaluating("test", 1, 2)]) == b""


def test_half_a_line_is_left_out() -> None:
    whole, half = HEADER + snapshot_line([step(1)]), snapshot_line([step(2)])
    for cut in range(len(half)):
        found = parse_curves(whole + half[:cut])
        assert (found.snapshots, found.size) == ((step(1),), len(whole))


def test_what_a_power_cut_left_after_the_last_flushed_step_is_left_out() -> None:
    flushed = HEADER + snapshot_line([step(1), step(2)])
    torn = snapshot_line([step(3)])
    for tail in (bytes(len(torn)), torn[:9] + bytes(9) + torn[18:], bytes(30) + b"\n"):
        data = flushed + tail + snapshot_line([step(4)])
        assert parse_curves(data, flushed=2) == ((step(1), step(2)), len(flushed))
        for last in (3, None):
            with pytest.raises(RunError, match="Line 3"):
                parse_curves(data, flushed=last)


def test_going_on_from_an_earlier_step_takes_back_what_lay_behind() -> None:
    data = HEADER + snapshot_line([step(1), step(2), epoch(1, 2), step(3)]) + resumed_line(2)
    assert parse_curves(data).snapshots == (step(1), step(2), epoch(1, 2))
    data += snapshot_line([step(3, 0.1), step(4)]) + resumed_line(1) + snapshot_line([step(2, 0.2)])
    assert parse_curves(data).snapshots == (step(1), step(2, 0.2))


def test_a_probe_of_version_2_is_read() -> None:
    layers = "[[[0],12,0.001,0.5,0.0001,0.25,Infinity,0.5,null,3],[[1,0,2],0,null,null,null,0.25,1.0,null,0.125,0]]"
    entry = line(f'[["probed",2,{layers},0.75,0.0,[0.5,0.25,0.0,1.0],[3.0,5.0]]]')
    first = line('{"format": "playground curves", "version": 2}')
    assert parse_curves(first + entry).snapshots == (probed(2),)


def test_histograms_and_units_of_a_probe_come_back() -> None:
    counts = LogHistogram(0.1 + 0.2, tuple(range(LOG_BINS)))
    layer, other = probed(2).layers
    full = layer._replace(units=4, dead_units=(0, 3), gradients=counts, outputs=counts)
    probe = probed(2)._replace(layers=(full, other), samples=32, learning_rate=1e-3)
    assert parse_curves(HEADER + snapshot_line([probe])).snapshots == (probe,)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"x",
        b"\n",
        HEADER[:-1],
        line("[]"),
        line('{"format": "another"}'),
        line('{"format": "playground curves", "version": 4}'),
        line('{"format": "playground curves", "version": "2"}'),
        HEADER + b"\n",
        HEADER + line("["),
        HEADER + line("1"),
        HEADER + line("[1]"),
        HEADER + line("[[]]"),
        HEADER + line('[["unknown", 1]]'),
        HEADER + line('[["step", 1]]'),
        HEADER + line('[["resumed"]]'),
        HEADER + line('[["resumed", "x"], ["step", 1]]'),
        HEADER + line('[["step", "x", 0.5, 1, [0, 0], 1, 1, 1]]'),
        HEADER + line('[["diverged", 1, 0.1, "text"]]'),
        HEADER + line('[["diverged", 1, 0.1, {"template": "x"}]]'),
        HEADER + b"00000000" + snapshot_line([step(1)])[8:],
    ],
)
def test_what_is_no_line_gets_one_error(data: bytes) -> None:
    with pytest.raises(RunError):
        parse_curves(data)


@pytest.mark.parametrize(
    "template", ["{x.__class__}", "{x[0]}", "{0}", "{}", "{y}", "{x:999999}", "{x:{n}}", "{", "{x!q}", "{x:qq}"]
)
def test_a_sentence_may_only_name_its_values(template: str) -> None:
    values = f'"values": [["x", "1"], ["n", 9999999]], "singular": "", "template": "{template}"'
    with pytest.raises(RunError):
        parse_curves(HEADER + line(f'[["diverged", 1, 0.1, {{{values}}}]]'))
