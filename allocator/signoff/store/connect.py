"""One database: SQLite or PostgreSQL, and transactions on it that are whole or not at all."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    DBAPIError,
    NoSuchModuleError,
    OperationalError,
    TimeoutError,
)

from allocator.errors import AllocatorError
from mmm.errors import Fault, InputError, on_disk

T = TypeVar("T")

DEFAULT = "sqlite:///allocator.db"
BUSY = 10.0  # seconds that a writer waits for another before it is told that the database is busy
TRIES = 8  # of a transaction that PostgreSQL asks to be tried again; each waits twice as long
LOCK = {"key": 7_315_001, "wait": f"{int(BUSY * 1000)}ms"}
"""PostgreSQL's name of "one act at a time" (any constant does), and how long an act waits."""
AGAIN = ("40001", "40P01")  # serialization failure, deadlock: nothing was done, try again
SILENT = 15_000  # milliseconds after which a server that acknowledges nothing counts as gone
ITS_OWN = ("08", "53", "57", "58", "XX")
"""Classes of PostgreSQL's error codes that say: not your statement, the database."""


_ONE_AT_A_TIME = text("SELECT set_config('lock_timeout', :wait, true), pg_advisory_xact_lock(:key)")


class Unavailable(AllocatorError):
    """The database cannot be reached, or has no room; nothing was done."""

    exit_code: ClassVar[int] = 9


class InDoubt(Unavailable):
    """The database went away while it was asked to keep something: done, or not; look."""


@dataclass(frozen=True)
class Store:
    """A database, and how to work on it."""

    engine: Engine
    _turn: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    @property
    def dialect(self) -> str:
        """``sqlite`` or ``postgresql``."""
        return self.engine.dialect.name

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One consistent view. Raises Unavailable where there is no database."""
        try:
            with _worded():
                opened = self.engine.connect().execution_options(reads=True, **self._view)
                with opened as connection, connection.begin():
                    yield connection
        except _TryAgain as error:  # what was read is given away already: no second time
            raise Unavailable(_words(error.why)) from error.why

    def writing(self, act: Callable[[Connection], T]) -> T:
        """``act`` in a transaction of its own: all of it is kept, or nothing.

        Acts run one after another on both databases (SQLite has one writer; PostgreSQL takes a
        lock first), so that each sees all that was done before it. ``act`` may run several times
        and must do nothing outside the database. Raises Unavailable where nothing could be kept,
        InDoubt where nobody knows whether it was.
        """
        for attempt in range(TRIES):
            try:
                with _worded():
                    return self._once(act)
            except _TryAgain as error:
                if attempt == TRIES - 1:
                    raise Unavailable(_words(error.why)) from error.why
            time.sleep(0.01 * 2**attempt)
        raise AssertionError("the last attempt returns or raises")

    def _once(self, act: Callable[[Connection], T]) -> T:
        with (
            self._in_turn(),
            self.engine.connect() as connection,
            connection.begin() as transaction,
        ):
            if self.dialect == "postgresql":
                connection.execute(_ONE_AT_A_TIME, LOCK)
            done = act(connection)
            try:
                transaction.commit()
            except DBAPIError as error:
                if _again(error) or not _doubtful(error):
                    raise
                words = "The database went away before it said whether it kept this: look again"
                raise InDoubt(words) from error
            return done

    @contextmanager
    def _in_turn(self) -> Iterator[None]:
        """Acts of one process queue here, in their order, and not in the database: there each
        would hold a connection that readers need, and SQLite lets them in by chance."""
        if not self._turn.acquire(timeout=BUSY):
            raise Unavailable("the database is busy: nothing was done, try again")
        try:
            yield
        finally:
            self._turn.release()

    def ping(self) -> None:
        """Raise Unavailable where the database does not answer."""
        with self.reading() as connection:
            connection.execute(text("SELECT 1"))

    @property
    def _view(self) -> dict[str, Any]:
        """PostgreSQL shows one moment to a reader only when asked; SQLite always does."""
        return {"isolation_level": "REPEATABLE READ"} if self.dialect == "postgresql" else {}

    def close(self) -> None:
        """Give back every connection."""
        self.engine.dispose()


def connect(url: str = DEFAULT) -> Store:
    """The database at ``url``. Raises InputError for a URL that is none of ours."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise _bad("text that is no database URL") from None
    if parsed.get_backend_name() == "sqlite":
        return Store(_sqlite(url))
    if parsed.get_backend_name() != "postgresql":
        raise _bad(f"a database of the kind {parsed.get_backend_name()}")
    try:
        engine = create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            isolation_level="READ COMMITTED", pool_pre_ping=True, pool_size=20, max_overflow=20,
            connect_args={"connect_timeout": 5, "tcp_user_timeout": SILENT},
        )  # fmt: skip
    except (NoSuchModuleError, ModuleNotFoundError):
        fix = "install the extra: pip install 'budget-allocation-engine[postgres]'"
        raise _bad("postgresql, whose driver is not installed", fix) from None
    return Store(engine)


def _sqlite(url: str) -> Engine:
    path = make_url(url).database
    if path and path != ":memory:":
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _bad(f"{Path(path).parent}, {on_disk(error)}", "a folder to write in") from None
        if not path.startswith("file:"):
            with suppress(OSError):  # there already; what else is wrong the first connection says
                os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))  # its owner's alone
    engine = create_engine(url, connect_args={"timeout": BUSY}, pool_size=40, max_overflow=0)

    @event.listens_for(engine, "connect")
    def _set(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # this module says BEGIN, not the driver
        cursor = connection.cursor()
        for pragma in (
            "journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON",
            "recursive_triggers = ON", f"busy_timeout = {int(BUSY * 1000)}", "trusted_schema = OFF",
            "secure_delete = ON",  # who is forgotten is not left in a page that was freed
        ):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reads = connection.get_execution_options().get("reads", False)
        connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")

    return engine


class _TryAgain(Exception):
    """PostgreSQL asks for the transaction once more; nothing of it was done."""

    def __init__(self, why: DBAPIError) -> None:
        self.why = why


@contextmanager
def _worded() -> Iterator[None]:
    """What is the database's own fault becomes Unavailable; a wrong statement stays what it is."""
    try:
        yield
    except TimeoutError as error:
        raise Unavailable("the database is busy: nothing was done, try again") from error
    except DBAPIError as error:
        if _again(error):
            raise _TryAgain(error) from error
        if not _away(error):
            raise
        raise Unavailable(_words(error)) from error


def _again(error: DBAPIError) -> bool:
    return getattr(error.orig, "sqlstate", None) in AGAIN


def _away(error: DBAPIError) -> bool:
    """Gone, full, broken or no database at all: whatever is asked of it."""
    code = getattr(error.orig, "sqlstate", None) or ""
    its_own = isinstance(error, OperationalError) or type(error) is DatabaseError
    return its_own or error.connection_invalidated or code.startswith(ITS_OWN)


def _doubtful(error: DBAPIError) -> bool:
    """Of a COMMIT that failed: whether it may have been kept all the same."""
    name = getattr(error.orig, "sqlite_errorname", None)
    if name is not None:
        return bool(name == "SQLITE_IOERR_FSYNC")  # anything else is before the last page
    code = getattr(error.orig, "sqlstate", None) or ""
    return _away(error) and not code.startswith("53")  # no room: the server said no


def _words(error: DBAPIError) -> str:
    """What went wrong, without the statement and without a password."""
    first = str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
    return f"the database did not take it: {first}; nothing was done, try again"


def _bad(found: str, fix: str = "sqlite:///allocator.db or postgresql://…") -> InputError:
    expected = "a database URL"
    return InputError([Fault("ALLOCATOR_DATABASE_URL", 0, 0, "", found, expected, fix)])
