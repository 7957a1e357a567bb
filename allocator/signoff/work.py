"""What a worker can be asked for: long work, as plain values that stand in the table of jobs."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from allocator.written import Written
from mmm.errors import Fault, InputError

SOLVE, SWEEP, DOCUMENTS, VERIFY = "solve", "sweep", "documents", "verify"
LONGEST_TEXT = 1_000_000  # characters of a scenario, as in a file


def _below(path: str) -> str:
    parts = path.split("/")
    if path.startswith(("/", "~")) or ".." in parts or "\\" in path or not path.isprintable():
        raise ValueError("a path below the data folder, such as scenarios/q1.yaml")
    return path


Below = Annotated[str, StringConstraints(min_length=1, max_length=1_000), AfterValidator(_below)]
"""A file by its place below the worker's data folder."""
Market = Annotated[str, StringConstraints(min_length=1, max_length=80, strip_whitespace=True)]
Digest = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
Text = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST_TEXT)]
Value = Annotated[str, StringConstraints(max_length=1_000)]
Values = Annotated[list[Value], Field(min_length=1, max_length=100)]
Reason = Annotated[str, StringConstraints(min_length=1, max_length=4_000)]


class Solve(Written):
    """The best plan of a scenario, kept as a draft of whoever asks."""

    market: Market
    """Whose money it is."""
    file: Below = "scenarios/scenario.yaml"
    """The scenario's place below the data folder; other files are named from there."""
    text: Text | None = None
    """The scenario itself, where it is not a file there."""
    cell: Value | None = None
    """A cell of its variants."""
    sets: Annotated[dict[str, Value], Field(max_length=50, default_factory=dict)]
    """Values instead of the file's: `curves`, `budget.exactly`."""
    accept_unhealthy: Reason | None = None
    """Why a fit that fails its health card may be used."""
    replaces: Digest | None = None
    """The plan it was changed from."""


class Sweep(Written):
    """Every cell of a scenario under every value; a table of results, no drafts."""

    market: Market
    """Whose money it is."""
    file: Below = "scenarios/scenario.yaml"
    """The scenario's place below the data folder."""
    text: Text | None = None
    """The scenario itself, where it is not a file there."""
    sets: Annotated[dict[str, Values], Field(max_length=10, default_factory=dict)]
    """Key: the values that it takes in turn."""


class Documents(Written):
    """The documents of a plan that is here, attached to it."""

    plan: Digest
    """Digest of the plan."""
    curves: Below | None = None
    """Where its curves are, if not where the plan says."""


class Verify(Written):
    """Every figure of a plan that is here, made again; whether they agree is kept with it."""

    plan: Digest
    """Digest of the plan."""
    curves: Below | None = None
    """Where its curves are, if not where the plan says."""


Request = Solve | Sweep | Documents | Verify
KINDS: dict[str, type[Solve] | type[Sweep] | type[Documents] | type[Verify]] = {
    SOLVE: Solve, SWEEP: Sweep, DOCUMENTS: Documents, VERIFY: Verify,
}  # fmt: skip
"""kind of job -> what is asked"""


def kind_of(asked: Request) -> str:
    """``solve``, ``sweep``, ``documents`` or ``verify``."""
    return next(kind for kind, form in KINDS.items() if type(asked) is form)


def request_of(kind: str, form: Any) -> Request:
    """A request from plain values. Raises InputError with everything wrong with it."""
    if kind not in KINDS:
        raise InputError([Fault("job", 0, 0, "kind", repr(kind)[:80], ", ".join(KINDS))])
    try:
        return KINDS[kind].model_validate(form)
    except ValidationError as error:
        raise InputError(
            Fault("job", 0, 0, ".".join(map(str, one["loc"])), repr(one["input"])[:80],
                  one["msg"].removeprefix("Value error, "))
            for one in error.errors()
        ) from None  # fmt: skip
