"""The folder a fit is kept in: replaced as a whole, with the earlier ones beside it.

::

    DIR/fit.nc, curves.nc, health.json    the fit there is
    DIR/earlier/<digest>/                 those it has replaced, by the first 12 digits
    DIR/fitting.json                      while one is being made: what, since when, by whom
    DIR/.fitting, DIR/.fitted             its files: being written; whole, and about to move up

A process that dies leaves the fit that was there, or one that the next command puts in place.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO

try:
    import fcntl
except ImportError:  # where files cannot be locked, two fits at a time are not noticed
    fcntl = None  # type: ignore[assignment]

from mmm.errors import InputError, OutputImpossible, on_disk
from mmm.files import refuse_existing

FILES = ("fit.nc", "curves.nc", "health.json")
MOVED = "refresh.json"
"""What a refresh found to have moved; it goes where its fit goes."""

EARLIER, MARKER, WRITING, WHOLE = "earlier", "fitting.json", ".fitting", ".fitted"
SHOWN = 12  # digits of a digest in the name of a folder: no two fits of a firm share them


def outputs(folder: Path) -> list[Path]:
    """The files a fit is kept in."""
    return [folder / name for name in FILES]


def digest_there(folder: Path) -> str | None:
    """The digest of the fit in a folder; of its bytes where it tells none; None without a fit."""
    from mmm.posterior import attributes  # xarray: half a second that --help need not wait for

    there = _there(folder)
    if not there:
        return None
    try:
        stated = json.loads(attributes(folder / "fit.nc")["source"]).get("fit_digest")
        if isinstance(stated, str):
            return stated
    except (InputError, KeyError, ValueError):
        pass  # not one of ours, or older than the digest: its bytes tell it from others
    sha = hashlib.sha256()
    for path in there:
        sha.update(path.name.encode() + path.read_bytes())
    return sha.hexdigest()


def replace_whole(folder: Path, write: Callable[[Path], object], *, force: bool) -> None:
    """Let ``write`` fill an empty folder, then put its files in place of those in ``folder``.

    Those are kept under ``earlier``. Raises OutputExists when there are any and ``force`` is not
    given, before ``write`` is called; OutputImpossible where the system refuses.
    """
    refuse_existing(outputs(folder), force=force)
    writing = folder / WRITING
    with _system(folder):
        shutil.rmtree(writing, ignore_errors=True)
        writing.mkdir(parents=True)
    try:
        write(writing)
        with _system(folder):
            _keep_earlier(folder, digest_there(writing))
            os.replace(writing, folder / WHOLE)
            _move_up(folder)
    finally:
        shutil.rmtree(writing, ignore_errors=True)


@contextmanager
def being_fitted(folder: Path, digest: str) -> Iterator[None]:
    """Mark ``folder`` while a fit for it is made; the mark goes when it is done or given up.

    Raises OutputImpossible when another process is making one there.
    """
    with _system(folder):
        folder.mkdir(parents=True, exist_ok=True)
        mark = _locked(folder, "a+")
    assert mark is not None  # "a+" makes it
    with mark:
        body = {"fit_digest": digest, "process": os.getpid(), "started": _now()}
        with _system(folder):
            mark.truncate(0)
            mark.write(json.dumps(body) + "\n")
            mark.flush()
        try:
            yield
        finally:
            (folder / MARKER).unlink(missing_ok=True)


def mended(folder: Path) -> str | None:
    """Finish or clear away what an interrupted fit has left, and tell; None where nothing is left.

    Raises OutputImpossible when the fit is still being made.
    """
    told = interrupted(folder)
    if told is None:
        return None
    with _system(folder):
        if (folder / WHOLE).is_dir():
            _move_up(folder)
        shutil.rmtree(folder / WRITING, ignore_errors=True)
        (folder / MARKER).unlink(missing_ok=True)
    return told


def interrupted(folder: Path) -> str | None:
    """In words, that a fit in ``folder`` was interrupted and what is there now; else None.

    Raises OutputImpossible when the fit is still being made.
    """
    mark = _locked(folder, "r+")
    if mark is None:
        return None
    with mark:
        body = _read(mark)
    begun = f"a fit begun on {body.get('started', 'an unknown day')} was interrupted"
    if (folder / WHOLE).is_dir():
        return f"{folder}: {begun} while its files were put in place; it is whole and in place now"
    digest = digest_there(folder)
    if digest is None:
        return f"{folder}: {begun}; there was none before it, so there is none now"
    first = _there(folder)[0]
    day = datetime.fromtimestamp(first.stat().st_mtime).astimezone()
    return f"{folder}: {begun}; the fit of {day:%Y-%m-%d %H:%M} ({digest[:SHOWN]}) is intact"


def _there(folder: Path) -> list[Path]:
    return [path for path in (folder / name for name in (*FILES, MOVED)) if path.is_file()]


def _keep_earlier(folder: Path, new: str | None) -> None:
    """Copy what is there to ``earlier``, so that it is never in neither place."""
    digest = digest_there(folder)
    if digest is None or digest == new:
        return
    kept = folder / EARLIER / digest[:SHOWN]
    if kept.exists():
        return
    copy = kept.with_name(f".{kept.name}.part")
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir(parents=True)
    for path in _there(folder):
        shutil.copy2(path, copy / path.name)
    os.replace(copy, kept)


def _move_up(folder: Path) -> None:
    """Files that are whole take the place of the old ones; may be called again after a crash."""
    whole = folder / WHOLE
    present = {path.name for path in whole.iterdir()}
    if "fit.nc" in present and MOVED not in present:
        (folder / MOVED).unlink(missing_ok=True)  # it speaks of the fit that goes
    for name in sorted(present, key=lambda name: name == "fit.nc"):  # last: it has the digest
        os.replace(whole / name, folder / name)
    whole.rmdir()


def _locked(folder: Path, mode: str) -> IO[str] | None:
    """The mark, held by this process until it is closed or the process ends, however it ends."""
    path = folder / MARKER
    while True:
        try:
            mark = path.open(mode, encoding="utf-8")
        except FileNotFoundError:
            return None
        if fcntl is None:
            return mark
        try:
            fcntl.flock(mark, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            body = _read(mark)
            mark.close()
            since = f"since {body.get('started')} by process {body.get('process')}"
            raise OutputImpossible(folder, f"a fit is being made there {since}") from None
        if path.exists() and os.path.samestat(os.fstat(mark.fileno()), path.stat()):
            return mark
        mark.close()  # the fit ended between opening and locking


def _read(mark: IO[str]) -> dict[str, object]:
    mark.seek(0)
    try:
        body = json.loads(mark.read())
    except ValueError:
        return {}  # killed before it was written
    return body if isinstance(body, dict) else {}


@contextmanager
def _system(folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputImpossible(folder, on_disk(error)) from error


def _now() -> str:
    return f"{datetime.now().astimezone():%Y-%m-%d %H:%M}"
