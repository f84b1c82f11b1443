"""Optuna's gRPC proxy: machines that cannot reach a database share its studies through a server that can.

It needs gRPC, which the extra `search` does not have: grpcio is a large compiled package, and few searches use a proxy.
The connection is neither encrypted nor protected by a password, which is why Optuna calls its channel insecure.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from playground.engine.search.optuna_parts import optuna_quietly
from playground.engine.search.plan import SearchError
from playground.engine.search.storage_url import address_of, is_proxy
from playground.spec.files.storage import shown
from playground.spec.messages import message, tr_noop

if TYPE_CHECKING:
    from optuna.storages import GrpcStorageProxy

_PATIENCE = 10.0  # seconds until a server has answered


def proxy(url: str) -> GrpcStorageProxy:
    """The storage behind a proxy, which answers.

    Raises:
        SearchError: gRPC is not installed, the URL cannot be read, or nothing answers there.
    """
    host, port = address_of(url)
    try:
        for name in ("grpc", "google.protobuf"):
            import_module(name)
    except ImportError as error:
        words = tr_noop("A storage at grpc:// needs gRPC, which is not installed: run “{command}”.")
        raise SearchError(message(words, command="pip install grpcio protobuf")) from error
    with optuna_quietly() as optuna:
        found: GrpcStorageProxy = optuna.storages.GrpcStorageProxy(host=host, port=port)
        try:
            found.wait_server_ready(_PATIENCE)
        except ConnectionError as error:
            found.close()
            words = tr_noop("The storage of searches cannot be opened: no proxy of Optuna answers at {host}:{port}.")
            raise SearchError(message(words, host=shown(host), port=port)) from error
        return found


def proxy_errors(url: str) -> tuple[type[Exception], ...]:
    """What goes wrong with calls of a proxy: nothing where the URL is that of a database."""
    if not is_proxy(url):
        return ()
    try:
        return (import_module("grpc").RpcError,)
    except ImportError:  # said when the storage is opened
        return ()


def details_of(error: BaseException) -> str | None:
    """What the server said, of a call that went wrong; None of other errors."""
    details: Any = getattr(error, "details", None)
    return str(details() or type(error).__name__) if callable(details) else None
