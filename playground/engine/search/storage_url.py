"""The URL of a storage of searches: which it is, what is wrong with it, and no word of its password anywhere."""

from __future__ import annotations

import re
from ipaddress import IPv6Address
from typing import Any
from urllib.parse import quote

from playground.engine.runs.store_settings import default_folder, platform_folder
from playground.engine.search.plan import Plan, SearchError
from playground.spec.files.storage import make_folder, shown
from playground.spec.messages import message, tr_noop

VARIABLE = "PLAYGROUND_STORAGE"  # of the environment: the URL, so that its password is in no command line
_FILE = "searches.sqlite"
_PROXY = "grpc"
_ADDRESS = re.compile(rf"{_PROXY}://(?P<host>[\w.-]+|\[(?P<ip>[\w.:%-]+)\]):(?P<port>[0-9]{{1,5}})/?")
_LAST_PORT = 65_535
_SCHEMES = ("sqlite", "postgresql", "mysql", "mariadb", _PROXY)


def default_storage() -> str:
    """The URL of the database of searches, in the folder of the stored runs, which is made if need be.

    So each folder of runs has its own, and takes it along when it is moved. Earlier versions kept it beside the folder:
    of the platform's folder that one is used on, where it exists.
    """
    folder = default_folder().absolute()
    file, earlier = folder / _FILE, folder.parent / _FILE
    if folder == platform_folder().absolute() and earlier.exists() and not file.exists():
        file = earlier
    make_folder(file.parent)
    return f"sqlite:///{quote(file.as_posix(), safe='/: ')}"


def ensure_safe(plan: Plan, url: str) -> None:
    """Refuse CMA-ES with a storage of others: Optuna unpickles its state from there, which can run anything.

    Raises:
        SearchError: it is refused.
    """
    if plan.sampler == "cmaes" and url != default_storage():
        words = tr_noop("CMA-ES keeps its state in a form that can run programs: it takes no storage but your own one.")
        raise SearchError(message(words))


def scheme_of(url: str) -> str:
    """The kind of database, such as “sqlite”, of a URL that can be read.

    Raises:
        SearchError: it cannot; the message has nothing of it but the scheme, as the rest may be a password.
    """
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    beginning, found, rest = url.partition("://")
    scheme = beginning.partition("+")[0]
    known = ", ".join(f"{name}://" for name in _SCHEMES)
    if not found or not scheme.isalnum():
        raise SearchError(message("A storage is a URL that begins with {known}.", known=known))
    if scheme not in _SCHEMES:
        words = tr_noop("A storage is a URL that begins with {known}, not with “{scheme}://”.")
        raise SearchError(message(words, known=known, scheme=shown(scheme[:20])))
    if scheme == _PROXY:
        address_of(url)
        return scheme
    try:
        read = make_url(url)
        misread = scheme != "sqlite" and rest.count("@") > (0 if read.username is None else 1)
    except (ArgumentError, ValueError):
        misread = True
    if not misread and scheme == "sqlite" and read.database in (None, "", ":memory:"):
        raise SearchError(message("A search has processes: they need a database in a file, not one in memory."))
    if misread:
        words = tr_noop(
            "The URL of the storage cannot be read: it is {form}, where the port is a number, and “@”, “:” and “/” in "
            "a password are written as “%40”, “%3A” and “%2F”."
        )
        raise SearchError(message(words, form=f"{scheme}://user:password@host:port/database"))
    return scheme


def is_proxy(url: str) -> bool:
    """Whether it is the URL of Optuna's gRPC proxy, not that of a database."""
    return url.startswith(f"{_PROXY}://")


def address_of(url: str) -> tuple[str, int]:
    """Host and port of a proxy.

    Raises:
        SearchError: the URL has more than these, or less; the message has nothing of it.
    """
    read = _ADDRESS.fullmatch(url)
    if read is None or (read["ip"] and not _is_ipv6(read["ip"])) or not 0 < int(read["port"]) <= _LAST_PORT:
        raise SearchError(
            message("The URL of a proxy is grpc://host:port, where the port is a number; it has no more.")
        )
    return read["host"], int(read["port"])


def _is_ipv6(text: str) -> bool:
    try:
        return bool(IPv6Address(text))
    except ValueError:
        return False


def without_password(text: str, url: str) -> str:
    """A text about a URL that can be read, such as an error of a database, without the passwords in the URL."""
    from sqlalchemy import make_url

    read = make_url(url)
    secrets: list[Any] = [read.password, *(value for key, value in read.query.items() if "pass" in key.lower())]
    for secret in secrets:
        for form in filter(None, (str(secret or ""), quote(str(secret or ""), safe=""))):
            text = text.replace(form, "***")
    return text
