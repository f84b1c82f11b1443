"""The pages of the service: what they may load, and in a browser the same answers as in the window."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

import playground
from playground.spec.files.resources import resource
from tests.engine.service.chromium import FOUND, Page, chromium
from tests.engine.service.conftest import Client, Serve

READER = {"reader": resource("presets", "reader.safetensors")}
SEVEN = [(0.25, 0.2), (0.5, 0.2), (0.75, 0.2), (0.6, 0.5), (0.45, 0.85)]  # on the pad, (0, 0) to (1, 1)

browser = pytest.mark.skipif(FOUND is None or sys.platform == "win32", reason="there is no Chromium")


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_they_load_nothing_from_anywhere(serve: Serve, path: str) -> None:
    reply = serve(READER, token="a token that nobody guesses")("GET", path)
    assert (reply.status, reply.headers["content-type"]) == (200, "text/html; charset=utf-8")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "connect-src 'self'" in policy
    text = reply.body.decode()
    assert not re.search(r"https?://|@import|url\(|<link(?! rel=\"icon\" href=\"data:,\")|\son\w+=\"|<\w+ style=", text)
    assert not re.search(r"innerHTML|insertAdjacentHTML|document\.write|\beval\(", text)


def _place(page: Page) -> tuple[float, float, float]:
    box = page.value(
        "(() => { const b = document.getElementById('pad').getBoundingClientRect(); return [b.x, b.y, b.width] })()"
    )
    return box[0], box[1], box[2]


def _draw(page: Page, *, touch: bool) -> None:
    left, top, side = _place(page)
    page.stroke([(left + x * side, top + y * side) for x, y in SEVEN], touch=touch)


@browser
def test_a_drawing_has_the_answer_of_the_window(serve: Serve, tmp_path: Path) -> None:
    from playground.engine.evaluation.evaluate import probabilities
    from playground.gui.panels.digits.inference import network_input
    from playground.gui.panels.pad.raster import picture
    from playground.gui.panels.pad.strokes import Drawing, Point, Stroke

    trained = playground.load(READER["reader"]).trained
    seen = picture(Drawing(strokes=(Stroke(tuple(Point(x, y) for x, y in SEVEN)),)))
    assert seen is not None
    loss = trained.experiment.recipe.loss
    expected = probabilities(trained.network, network_input(None, seen), loss)[0]  # type: ignore[arg-type]
    client = serve(READER)
    with chromium(tmp_path) as page:
        page.open(f"http://127.0.0.1:{client.port}/")
        page.until("document.getElementById('pad') !== null")
        for touch in (False, True):
            _draw(page, touch=touch)
            page.until("document.getElementById('answer').textContent === '7'")
            shares = page.value(
                "[...document.querySelectorAll('.bar > span:last-child')].map((item) => item.textContent)"
            )
            assert [float(text.split()[0]) / 100 for text in shares] == pytest.approx(expected.tolist(), abs=0.02)
            page.value("document.querySelector('.line button').click()")
            page.until("document.getElementById('answer').textContent === ''")
        assert page.complaints == []


@browser
def test_the_token_is_asked_for_and_the_api_can_be_tried(serve: Serve, tmp_path: Path) -> None:
    client: Client = serve(READER, token="a token that nobody guesses")
    with chromium(tmp_path) as page:
        page.open(f"http://127.0.0.1:{client.port}/docs")
        page.until("!document.getElementById('token-field').hidden")
        assert "wants a token" in page.until("document.getElementById('problem').textContent")
        page.value(
            "{ const f = document.getElementById('token'); f.value = 'a token that nobody guesses';"
            " f.dispatchEvent(new Event('change')) }"
        )
        page.until("document.querySelectorAll('details').length > 5")
        page.value("[...document.querySelectorAll('details')].forEach((item) => item.querySelector('button').click())")
        page.until("[...document.querySelectorAll('pre')].every((item) => !item.hidden)")
        answers = page.value("[...document.querySelectorAll('pre')].map((item) => item.textContent)")
        assert {text.split()[0] for text in answers} == {"200"}, answers


@browser
def test_a_link_hands_over_the_token_and_does_not_keep_it(serve: Serve, tmp_path: Path) -> None:
    client: Client = serve(READER, token="a-token-that-nobody-guesses")
    with chromium(tmp_path) as page:
        page.open(f"http://127.0.0.1:{client.port}/#token=a-token-that-nobody-guesses")
        page.until("document.getElementById('model').options.length == 1")
        assert page.value("location.href") == f"http://127.0.0.1:{client.port}/"
        assert page.value("document.getElementById('token-field').hidden")
