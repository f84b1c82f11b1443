"""Dates and times in cells, held to Python's own."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.spec.data.dates import moment

FORMS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%d.%m.%Y",
    "%m/%d/%Y",
    "%d %b %Y",
    "%d-%b-%Y",
    "%B %d, %Y",
    "%b %d %Y",
    "%d.%m.%y",
    "%b %Y",
    "%B-%Y",
)
TIMES = ("", " %H:%M", "T%H:%M:%S", " %I:%M %p", " %H:%M:%S.%f")
ORDERS = {"%d.%m.%Y": "dmy", "%m/%d/%Y": "mdy", "%d.%m.%y": "dmy"}


@given(
    at=st.datetimes(datetime(1969, 1, 1), datetime(2068, 12, 31)),
    form=st.sampled_from(FORMS),
    time=st.sampled_from(TIMES),
)
def test_every_form_is_read_as_python_writes_it(at: datetime, form: str, time: str) -> None:
    written = at.strftime(form + time)
    wanted = datetime.strptime(written, form + time).replace(tzinfo=UTC)
    assert moment(written, ORDERS.get(form, "ymd")) == pytest.approx(wanted.timestamp(), abs=1e-5)


@pytest.mark.parametrize(
    ("cell", "wanted"),
    [
        ("2025-03-01T12:00:00Z", "2025-03-01T12:00:00"),
        ("2025-03-01T12:00:00+02:00", "2025-03-01T10:00:00"),
        ("2025-03-01 01:00 -0130", "2025-03-01T02:30:00"),
        ("20250301", "2025-03-01T00:00:00"),
        ("20250301T123015Z", "2025-03-01T12:30:15"),
        ("20250301 12:30", "2025-03-01T12:30:00"),
        ("01.01.69", "1969-01-01T00:00:00"),
        ("31.12.68", "2068-12-31T00:00:00"),
        ("12:30", "1970-01-01T12:30:00"),
        ("12:05 am", "1970-01-01T00:05:00"),
    ],
)
def test_zones_and_times(cell: str, wanted: str) -> None:
    assert moment(cell, "dmy") == datetime.fromisoformat(wanted).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "7",
        "1.5",
        "31.02.2025",
        "2025-13-01",
        "20251301",
        "18991231",
        "Jan 24",
        "Jan 202401",
        "202501011",
        "13:61",
        "13:00 pm",
        "2025-1",
        "1/2/3",
        "May",
        "May 5",
        "31.12.2025 x",
        "9999-12-31T23:00:00-05:00",
        "0001-01-01T00:00+05:00",
    ],
)
def test_what_is_no_date(cell: str) -> None:
    assert moment(cell, "dmy") is None
