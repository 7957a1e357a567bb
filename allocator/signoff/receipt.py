"""The receipt: who agreed to a plan, as a value that leaves the house with the plan's documents."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from mmm.errors import Fault, InputError, on_disk

SCHEMA_VERSION = 1


@dataclass(frozen=True)
class Signer:
    """One signature.

    name:   whose name stands there; by: who acted for them, empty for themselves
    rules:  of the authority matrix, that asked for it
    seen:   the figures on the page that was signed
    """

    name: str
    by: str
    role: str
    at: str
    rules: tuple[str, ...]
    conditions: tuple[str, ...]
    seen: dict[str, str]


@dataclass(frozen=True)
class Receipt:
    """What the store says of a plan at one moment.

    state:        ``approved``, ``released``, … as of the head
    authority:    SHA-256 of the matrix that decided who signs
    released_at:  empty where it was not
    number, hash: the head of the chain of events; ``allocator audit verify --head HASH`` finds it
    """

    plan: str
    title: str
    scenario: str
    curves: str
    market: str
    currency: str
    spend: str
    state: str
    authority: str
    signers: tuple[Signer, ...]
    released_at: str
    number: int
    hash: str

    @property
    def code(self) -> str:
        """Text of a QR code: which plan, which state, where in the chain."""
        state = self.state.replace(" ", "-")
        return f"allocator:receipt:{self.plan}:{state}:{self.number}:{self.hash[:32]}"

    @property
    def words(self) -> str:
        """``released; signed by Dora (director) on 2026-11-22``."""
        names = [
            f"{one.name} ({one.role}{f', by {one.by}' if one.by else ''}) on {one.at[:10]}"
            for one in self.signers
        ]
        return f"{self.state}; signed by {' and '.join(names)}" if names else f"{self.state}"

    def to_json(self) -> str:
        """Canonical JSON with a newline at the end."""
        form = {"schema_version": SCHEMA_VERSION, **asdict(self), "code": self.code}
        return json.dumps(form, sort_keys=True, ensure_ascii=False, indent=1) + "\n"


def read_receipt(path: Path) -> Receipt:
    """A receipt.json. Raises InputError for what is none, or whose code is not its content's."""
    expected = f"a receipt.json of version {SCHEMA_VERSION}"
    try:
        form: Any = json.loads(path.read_text(encoding="utf-8"))
        if form.pop("schema_version") != SCHEMA_VERSION:
            raise ValueError("another version")
        code = form.pop("code")
        signers = tuple(
            Signer(**{**one, "rules": tuple(one["rules"]), "conditions": tuple(one["conditions"])})
            for one in form.pop("signers")
        )
        made = Receipt(**form, signers=signers)
        if made.code != code:
            raise ValueError("a code that is not its content's")
    except OSError as error:
        raise InputError([Fault(str(path), 0, 0, "", on_disk(error), expected)]) from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        found = str(error)[:100] or "something else"
        raise InputError([Fault(str(path), 0, 0, "", found, expected)]) from None
    return made
