"""The legend says as much as there is room for; what matters least goes first."""

from __future__ import annotations

from PySide6.QtGui import QFontMetricsF
from pytestqt.qtbot import QtBot

from playground.gui.curves.legend import Legend, LegendEntry, Stroke, _named

STROKE = Stroke("accent", 1.0)
ENTRIES = (
    LegendEntry(STROKE, "train", "98.2 %"),
    LegendEntry(STROKE, "validation", "97.9 %"),
    LegendEntry(STROKE, "previous", "96.0 %"),
)


def test_names_go_before_values(qtbot: QtBot) -> None:
    legend = Legend("Accuracy")
    qtbot.addWidget(legend)
    legend.show_entries(ENTRIES)
    metrics = QFontMetricsF(legend.font())
    found = [legend._detail(metrics, room) for room in range(600, 0, -1)]
    assert list(dict.fromkeys((names, values) for names, values, *_ in found)) == [(True, 3), (False, 3), (False, 0)]
    for room, detail in zip(range(600, 0, -1), found, strict=True):
        assert legend._width(metrics, detail) <= room or detail[:2] == (False, 0)


def test_what_a_value_is_goes_first_and_stays_in_the_tooltip(qtbot: QtBot) -> None:
    legend = Legend("Accuracy")
    qtbot.addWidget(legend)
    noted = ENTRIES[0]._replace(note="mean of the last 50 steps")
    legend.show_entries((noted, *ENTRIES[1:]))
    metrics = QFontMetricsF(legend.font())
    found = dict.fromkeys(legend._detail(metrics, room)[:3] for room in range(900, 0, -1))
    assert list(found)[:3] == [(True, 3, 3), (True, 3, 0), (False, 3, 0)]
    legend.show_entries((noted, *ENTRIES[1:2], ENTRIES[2]._replace(note="validation")))
    found = dict.fromkeys(legend._detail(metrics, room)[:3] for room in range(900, 0, -1))
    assert list(found)[:3] == [(True, 3, 3), (True, 3, 1), (True, 3, 0)]
    assert legend.toolTip().splitlines()[0] == "train, mean of the last 50 steps: 98.2 %"
    assert "train, mean of the last 50 steps: 98.2 %" in legend.accessibleDescription()


def test_names_are_shortened_before_they_go(qtbot: QtBot) -> None:
    legend = Legend("Loss")
    qtbot.addWidget(legend)
    legend.show_entries((ENTRIES[0], *(entry._replace(short=entry.name[:3]) for entry in ENTRIES[1:])))
    metrics = QFontMetricsF(legend.font())
    found = list(dict.fromkeys(legend._detail(metrics, room) for room in range(900, 0, -1)))
    assert [(detail.names, detail.short) for detail in found] == [
        (True, False),
        (True, True),
        (False, False),
        (False, False),
    ]
    for number, entry in enumerate(legend.entries):
        assert _named(number, entry, found[1]) == (entry.short or entry.name)


def test_a_level_without_a_value_keeps_its_words_longest_and_takes_no_room_from_values(qtbot: QtBot) -> None:
    legend = Legend("Accuracy")
    qtbot.addWidget(legend)
    legend.show_entries(
        (LegendEntry(STROKE, "", "", "fit to deploy"), ENTRIES[0]._replace(note="this step"), *ENTRIES[1:])
    )
    metrics = QFontMetricsF(legend.font())
    found = dict.fromkeys(legend._detail(metrics, room) for room in range(900, 0, -1))
    stages = [(True, 4, 4), (True, 4, 1), (False, 4, 1), (True, 4, 0), (False, 4, 0), (False, 0, 0)]
    seen = list(dict.fromkeys(detail[:3] for detail in found))
    assert seen == [stage for stage in stages if stage in seen]
    assert stages[2] in seen
    for detail in found:
        alone = [entry for number, entry in legend._painted(detail) if not entry.value]
        assert len(alone) == (1 if detail.notes or not detail.values else 0)
    assert legend.toolTip().splitlines()[0] == "fit to deploy"
