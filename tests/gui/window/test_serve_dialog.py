"""The dialog “Serve” without a service: what it says, what it lists, and how it is reached with keys."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from playground.engine.service.event_lines import Answered, Requests
from playground.gui.session.service_process import Phase
from playground.gui.window.qr_code import QrCode
from playground.gui.window.serve_dialog import ServeDialog, ServeView
from playground.gui.window.serve_place import Address
from playground.gui.window.served_requests import ANSWER, MOST, ServedRequests
from playground.spec.messages import message

SERVING = ServeView(
    Phase.SERVING, name="Reader", step=2814, address=Address("http://127.0.0.1:8000", "secret", "curl …")
)


@pytest.fixture
def requests() -> ServedRequests:
    return ServedRequests()


@pytest.fixture
def dialog(qtbot: QtBot, requests: ServedRequests) -> ServeDialog:
    made = ServeDialog(requests)
    made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose, False)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    return made


def _answered(number: int, status: int = 200) -> Answered:
    return Answered(time=0.0, model="a", step=number, given="x", answer=f"<b>{number}", seconds=0.0125, status=status)


def test_the_last_requests_are_listed_and_all_are_counted(requests: ServedRequests) -> None:
    for first in range(0, 240, 20):
        requests.add(Requests(items=tuple(map(_answered, range(first, first + 20)))))
    requests.add(Requests(items=(_answered(240, 404),), unlisted=1000))
    assert requests.rowCount() == len(requests.items) == MOST
    assert [item.step for item in requests.items[:2]] == [240, 239]
    assert str(requests.summary) == "1,241 requests, the last 200 are listed, 1,000 came too fast to be listed"
    texts = [requests.index(0, column).data() for column in range(1, requests.columnCount())]
    assert texts == ["a, step 240", "x", "<b>240", "12.5", "404"]
    assert requests.index(0, ANSWER).data(Qt.ItemDataRole.ToolTipRole) != "<b>240"  # no text becomes HTML


def test_a_picture_that_is_none_is_left_out(requests: ServedRequests) -> None:
    for text in ("no base64", "QUJD"):
        requests.add(Requests(items=(_answered(1).model_copy(update={"picture": text}),)))
    assert requests.index(0, 2).data(Qt.ItemDataRole.DecorationRole) is None


@pytest.mark.parametrize(
    ("view", "words", "shown"),
    [
        (ServeView(), "Stopped.", {"serve"}),
        (ServeView(possible=False), "Stopped. There is no trained network", {"serve"}),
        (ServeView(Phase.STARTING), "Starting…", {"stop"}),
        (SERVING, "Serving “Reader” as it was after step 2,814.", {"stop"}),
        (ServeView(Phase.SERVING, name="a", step=1, latest=2), "Serving “a” as", {"stop", "latest"}),
        (ServeView(Phase.SERVING, name="a", step=1, latest=2, updating=True), "Serving “a” as", {"stop"}),
        (ServeView(Phase.STOPPING), "Stopping", {"stop"}),
        (ServeView(Phase.FAILED, message("Why.")), "Error: Why.", {"serve"}),
    ],
)
def test_each_state_has_its_words_and_buttons(
    dialog: ServeDialog, view: ServeView, words: str, shown: set[str]
) -> None:
    dialog.show_view(view)
    assert dialog.status.text().startswith(words)
    buttons: dict[str, QWidget] = {"serve": dialog.serve, "stop": dialog.stop, "latest": dialog.latest}
    assert {name for name, button in buttons.items() if button.isVisible()} == shown
    assert dialog.serve.isEnabled() is view.possible


def test_the_address_is_reached_with_keys(dialog: ServeDialog, qtbot: QtBot) -> None:
    dialog.place.network.setChecked(True)
    dialog.place.choose(0, network=True)
    dialog.show_view(SERVING)
    dialog.stop.setFocus()
    reached: list[QWidget] = []
    for _ in range(24):  # the link in the address takes a press of its own
        reached.append(dialog.focusWidget())
        qtbot.keyClick(reached[-1], Qt.Key.Key_Tab)
    place = dialog.place
    wanted = (place.network, place.address, place.copy_address, place.token, place.command, place.copy_command)
    assert all(widget in reached for widget in (*wanted, dialog.table, dialog.stop))
    assert 'href="http://127.0.0.1:8000/"' in place.address.text()


def test_the_focus_stays_where_something_can_be_pressed(dialog: ServeDialog) -> None:
    dialog.serve.setFocus()
    dialog.show_view(ServeView(Phase.STARTING))
    assert dialog.focusWidget() is dialog.stop
    dialog.show_view(ServeView(Phase.FAILED, message("Why.")))
    assert dialog.focusWidget() is dialog.serve


def test_the_code_is_the_address_on_white(dialog: ServeDialog) -> None:
    segno = pytest.importorskip("segno", reason="the extra `serve` is not installed")
    dialog.show_view(SERVING)
    code: QrCode = dialog.place.code
    assert code.text == "http://127.0.0.1:8000/#token=secret"
    matrix = segno.make_qr(code.text, error="m").matrix
    picture = code.grab().toImage()
    count = len(matrix) + 8
    side = code.width() // count
    corner = QPoint((code.width() - side * count) // 2, (code.height() - side * count) // 2)
    for y, row in enumerate(matrix):
        for x, dark in enumerate(row):
            place = corner + QPoint(side * (x + 4) + side // 2, side * (y + 4) + side // 2)
            assert (picture.pixelColor(place).lightness() < 128) is bool(dark)
    assert picture.pixelColor(corner + QPoint(1, 1)).lightness() > 250  # the quiet zone


def test_no_code_stands_for_an_address_that_no_phone_reaches(dialog: ServeDialog) -> None:
    pytest.importorskip("segno", reason="the extra `serve` is not installed")
    dialog.show_view(SERVING)
    assert dialog.place.code.modules
    dialog.show_view(replace(SERVING, address=replace(SERVING.address, token="")))
    assert not dialog.place.code.modules
    assert not dialog.place.code.isVisible()
    assert dialog.place.network_words.text() == "Programs of this machine alone reach the address; no phone does."


def test_without_the_library_it_says_how_to_get_it(dialog: ServeDialog, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "segno", None)
    dialog.show_view(SERVING)
    assert dialog.place.code_words.text() == "For a code to scan run “pip install playground[serve]”."
