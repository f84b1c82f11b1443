"""The storage of searches: a database opened with heartbeats, or a proxy; what goes wrong is told in sentences."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from playground.engine.search.optuna_parts import GRACE, HEARTBEAT, after_death, optuna_quietly
from playground.engine.search.plan import SearchError
from playground.engine.search.proxy import details_of, proxy, proxy_errors
from playground.engine.search.storage_url import is_proxy, scheme_of, without_password
from playground.spec.files.storage import shown
from playground.spec.messages import Message, message, tr_noop

if TYPE_CHECKING:
    from optuna import Study
    from optuna.storages import BaseStorage, RDBStorage

ATTEMPTS, PAUSE = 10, 0.5  # seconds between attempts at what another process is making
_PRAGMAS = ("journal_mode=WAL", "synchronous=NORMAL")  # of SQLite
_TABLES = {"studies": "study_name", "trials": "study_id", "version_info": "schema_version"}  # with a column of each


class _Connection(sqlite3.Connection):
    """Writes ahead: commits take a tenth of the time, and only a power cut may lose the last of them."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for setting in _PRAGMAS:
            self.execute(f"PRAGMA {setting}").close()


def storage(url: str) -> BaseStorage:
    """A storage of studies; a database is made if need be. A trial that shows no sign of life is tried again.

    Raises:
        SearchError: it cannot be opened, or is a database of another program.
    """
    return proxy(url) if is_proxy(url) else _database(url)


def _database(url: str) -> RDBStorage:
    with optuna_quietly() as optuna:
        from sqlalchemy.exc import IntegrityError, ProgrammingError, SQLAlchemyError

        scheme = scheme_of(url)
        options: dict[str, Any] = (
            {"connect_args": {"timeout": 60, "factory": _Connection}} if scheme == "sqlite" else {"pool_pre_ping": True}
        )
        for attempt in range(ATTEMPTS):
            try:
                _ensure_ours(url, scheme, options)
                made: RDBStorage = optuna.storages.RDBStorage(
                    url,
                    engine_kwargs=options,
                    heartbeat_interval=HEARTBEAT,
                    grace_period=GRACE,
                    heartbeat_stale_trial_callback=after_death,
                )
                return made
            except (ImportError, SQLAlchemyError, RuntimeError, AssertionError, ValueError) as error:
                # Optuna asserts what is not so while another process makes the tables, at which only one succeeds.
                if isinstance(error, IntegrityError | ProgrammingError | AssertionError) and attempt < ATTEMPTS - 1:
                    time.sleep(PAUSE)
                    continue
                raise SearchError(_not_opened(error, url, scheme)) from None  # its traceback has the URL
        raise AssertionError("the last attempt returns or raises")


@contextmanager
def used_storage(url: str) -> Iterator[BaseStorage]:
    """The same for the time of the block, after which no connection is left open.

    Raises:
        SearchError: see `storage`.
    """
    found = storage(url)
    try:
        yield found
    finally:
        close_storage(found)


def close_storage(found: BaseStorage) -> None:
    """Close its connections; a database opens new ones where it is used again."""
    from optuna.storages import GrpcStorageProxy, RDBStorage

    if isinstance(found, GrpcStorageProxy):
        found.close()
    elif isinstance(found, RDBStorage):
        found.remove_session()
        found.engine.dispose()


@contextmanager
def storage_errors(url: str, study: Study | None = None) -> Iterator[Any]:
    """Optuna, as from `optuna_quietly`; what goes wrong with the storage of a study inside is told in a sentence.

    Raises:
        SearchError: the study was deleted, what is stored of it is damaged, or the storage cannot be read or written.
    """
    with optuna_quietly() as optuna:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield optuna
        except KeyError:
            if study is None or not gone(study):
                raise
            words = tr_noop("The search “{name}” has been deleted elsewhere, and ends. Runs that were stored are kept.")
            raise SearchError(message(words, name=shown(study.study_name))) from None
        except json.JSONDecodeError as error:  # what Optuna stores of a study or a trial
            raise damaged() from error
        except (SQLAlchemyError, optuna.exceptions.StorageInternalError, *proxy_errors(url)) as error:
            words = tr_noop("The storage of searches cannot be used any more: {reason}. What it holds is kept.")
            raise SearchError(message(words, reason=_reason(error, url))) from None  # its traceback has the URL


def gone(study: Study) -> bool:
    """Whether there is no such study any more, or another one of its name."""
    try:
        return bool(study._storage.get_study_id_from_name(study.study_name) != study._study_id)
    except KeyError:
        return True


def damaged() -> SearchError:
    """The error where a storage holds what neither Optuna nor this program writes."""
    words = tr_noop(
        "The storage of searches is damaged: a search or a trial in it cannot be read. It is left as it is."
    )
    return SearchError(message(words))


def _not_opened(error: BaseException, url: str, scheme: str) -> Message:
    """Why a storage cannot be opened, with the name of its file where it is one."""
    from sqlalchemy import make_url

    reason = _reason(error, url)
    if scheme != "sqlite":
        return message("The storage of searches cannot be opened: {reason}", reason=reason)
    file = make_url(url).database or ""
    return message("The storage of searches “{file}” cannot be opened: {reason}", file=shown(file), reason=reason)


def _reason(error: BaseException, url: str) -> str:
    """The first line of what the database or the proxy itself said, without passwords."""
    inner = error.__cause__ if type(error).__name__ == "StorageInternalError" and error.__cause__ else error
    inner = getattr(inner, "orig", None) or inner
    text = details_of(inner) or str(inner)
    line = (text.splitlines() or [type(inner).__name__])[0]
    return without_password(line, url)[:200].rstrip(".")


def _ensure_ours(url: str, scheme: str, options: dict[str, Any]) -> None:
    """Refuse a database of another program, before tables are made in it.

    A file belongs to one program; in a database of a server Optuna's tables may stand beside others.
    """
    from sqlalchemy import create_engine, inspect

    engine = create_engine(url, **options)
    try:
        found = inspect(engine)
        names = set(found.get_table_names())
        columns = {name: {column["name"] for column in found.get_columns(name)} for name in names & _TABLES.keys()}
    finally:
        engine.dispose()
    alien = any(_TABLES[name] not in known for name, known in columns.items())
    if alien or (scheme == "sqlite" and names and not columns):
        words = tr_noop("The database holds tables of another program, such as “{table}”: choose another storage.")
        table = min(columns or names)
        raise SearchError(message(words, table=shown(table)))
