"""The pages of the service: one to ask the networks, and one to try the API. They load nothing from anywhere."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response

_FOLDER = Path(__file__).parent / "page_parts"
PAGES = ("/", "/docs")  # they hold nothing but themselves: the token is for what they ask


async def front_page(_request: Request) -> Response:
    """The page to draw, write and set values."""
    return _page("page")


async def docs_page(_request: Request) -> Response:
    """The page to try the API."""
    return _page("docs")


def _page(name: str) -> Response:
    body, policy = _made(name)
    headers = {
        "Content-Security-Policy": policy,
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Cache-Control": "no-cache",
    }
    return Response(body, headers=headers, media_type="text/html")


@cache
def _made(name: str) -> tuple[bytes, str]:
    """A page with style and script inside, and the policy that lets these run, by their hashes, and nothing else."""
    style = (_FOLDER / "style.css").read_text("utf-8")
    script = "".join((_FOLDER / file).read_text("utf-8") for file in ("common.js", f"{name}.js"))
    page = (_FOLDER / f"{name}.html").read_text("utf-8").replace("{style}", style).replace("{script}", script)
    policy = (
        f"default-src 'none'; script-src {_source(script)}; style-src {_source(style)}; connect-src 'self';"
        " img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return page.encode("utf-8"), policy


def _source(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"
