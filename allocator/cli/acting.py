"""Who acts on which store, for commands that need to know."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from allocator.signoff.clock import now as now  # commands ask for all of an act here

if TYPE_CHECKING:
    from allocator.signoff.service.submission import Matrix
    from allocator.signoff.states import Role
    from allocator.signoff.store.connect import Store
    from mmm.errors import Fault

URL, TOKEN = "ALLOCATOR_DATABASE_URL", "ALLOCATOR_TOKEN"
AUTHORITY = Path("scenarios/authority.yaml")

Database = Annotated[
    str,
    typer.Option("--db", metavar="URL", envvar=URL, help="sqlite:///FILE or postgresql://…"),
]
As = Annotated[
    str,
    typer.Option("--as", metavar="MAIL", help=f"Who acts; asks the password. Or set {TOKEN}."),
]
AuthorityFile = Annotated[Path, typer.Option("--authority", help="Who may agree to what.")]
PlanDigest = Annotated[
    str, typer.Argument(metavar="PLAN", help="A plan.json, or the first 8 digits of a digest.")
]
DATABASE = "sqlite:///allocator.db"


@contextmanager
def opened(url: str) -> Iterator[Store]:
    """The store at a URL, with this version's schema."""
    from allocator.signoff.store.connect import connect
    from allocator.signoff.store.migrate import refuse_other_schema

    with closing(connect(url)) as store:
        refuse_other_schema(store)
        yield store


@contextmanager
def acting(url: str, mail: str, scope: str, *, given: bool = False) -> Iterator[tuple[Store, str]]:
    """The store, and the id of who acts: by a token of this scope, or mail and password.

    given: whether a password will do that somebody else gave, see ``identify``

    The password is asked at the terminal: on a command line, or in a variable, others see it.
    """
    from allocator.signoff.service.identity import bearer, identify

    with opened(url) as store:
        token = _token(mail)
        if token:
            yield store, bearer(store, token, scope, at=now()).id
        else:
            yield store, identify(store, *_asked(mail), given=given, at=now()).id


def refuse_token(store: Store, mail: str, scope: str) -> None:
    """Raise NotAllowed where a token acts that is good for less, once it is known what is asked."""
    from allocator.signoff.service.identity import bearer

    token = _token(mail)
    if token:
        bearer(store, token, scope, at=now())


def plan_named(store: Store, actor: str, name: str) -> str:
    """The digest of a plan by its plan.json, its folder, or the start of its digest.

    Raises InputError for one that is not here, or not for the actor to see.
    """
    from allocator.plan.file import read
    from allocator.signoff.service.reading import starting
    from mmm.errors import Fault, InputError

    path = Path(name)
    if path.is_dir() or path.suffix == ".json":
        digest = read(path / "plan.json" if path.is_dir() else path).digest
    else:
        digest = name.lower().rstrip("…")
    found = starting(store, actor, digest, at=now())
    if len(digest) < 8 or len(found) != 1:
        many = "several plans" if len(found) > 1 else "no such plan"
        expected = "a plan.json, or the first 8 digits of a plan's digest"
        raise InputError([Fault(name[:70], 0, 0, "", many, expected)])
    return found[0].digest


def matrix_of(path: Path) -> Matrix:
    """The authority file. Raises InputError with every fault and its place."""
    from allocator.signoff.authority import load_authority
    from allocator.signoff.service.submission import Matrix

    return Matrix(*load_authority(path))


def role_of(text: str) -> tuple[Role, str]:
    """``finance:DE`` as (role, market); without a market, every one. Raises InputError."""
    from allocator.signoff.states import Role
    from mmm.errors import Fault, InputError

    name, colon, market = text.partition(":")
    names = [str(role) for role in Role if role is not Role.SYSTEM]
    if name.replace("-", " ") not in names or (colon and not market.strip()):
        fault = Fault("--role", 0, 0, "", repr(text), f"ROLE:MARKET with {', '.join(names)}")
        raise InputError([fault])
    return Role(name.replace("-", " ")), market or "all"


@contextmanager
def noting(faults: list[Fault]) -> Iterator[None]:
    """Note what is wrong and go on, so that a person hears all of it at once."""
    from mmm.errors import InputError

    try:
        yield
    except InputError as error:
        faults += error.faults


def refuse(faults: list[Fault]) -> None:
    """Raise InputError with all that was noted, if anything was."""
    from mmm.errors import InputError

    if faults:
        raise InputError(faults)


def say(how: tuple[bool, bool], form: object, text: str, secret: str = "") -> None:
    """Tell what was done; how: (quiet, as JSON).

    secret: what is shown this once, and alone where quiet is asked for
    """
    quiet, as_json = how
    if as_json:
        typer.echo(json.dumps(form, ensure_ascii=False, indent=2))
    elif quiet and secret:
        typer.echo(secret)
    elif not quiet:
        typer.echo(text)


def plain(text: str) -> str:
    """A stranger's text without what would move a terminal's cursor."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _token(mail: str) -> str:
    """That acts; empty where somebody gives their password."""
    return "" if mail else os.environ.get(TOKEN, "")


def _asked(mail: str) -> tuple[str, str]:
    import getpass
    import sys

    from mmm.errors import Fault, InputError

    if not mail or not sys.stdin.isatty():
        found = "no terminal to ask a password at" if mail else "nobody"
        fault = Fault("--as", 0, 0, "", found, f"--as MAIL at a terminal, or {TOKEN}")
        raise InputError([fault])
    return mail, getpass.getpass(f"Password of {mail}: ")
