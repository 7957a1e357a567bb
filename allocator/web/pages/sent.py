"""What the form of a decision sends: the figures that were seen, a reason, conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from fastapi import Depends, Request
from pydantic import ValidationError

from allocator.signoff.conditions import Condition
from mmm.errors import Fault, InputError

LONGEST = 10_000  # characters of one field; the service says what it takes of each
SEEN = "seen_"


@dataclass(frozen=True)
class Sent:
    """The fields, as text.

    version: of the plan on the page; −1 where none was sent
    seen:    what the page showed, by its name in ``seen_of``
    fields:  all else
    """

    version: int
    seen: dict[str, str]
    fields: dict[str, str] = field(default_factory=dict)

    def __getitem__(self, name: str) -> str:
        """A field; empty where it was not sent."""
        return self.fields.get(name, "")


async def _read(request: Request) -> Sent:
    form = {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    long = [name for name, value in form.items() if len(value) > LONGEST]
    if long:
        found = f"more than {LONGEST:,} characters"
        raise InputError([Fault("form", 0, 0, name[:40], found, "fewer") for name in long])
    version = form.get("version", "")
    seen = {name.removeprefix(SEEN): form[name] for name in form if name.startswith(SEEN)}
    plain = version.isascii() and version.isdigit() and len(version) < 10
    return Sent(int(version) if plain else -1, seen, form)


Sending = Annotated[Sent, Depends(_read)]
"""A page's parameter: what was sent."""


def conditions(sent: Sent) -> tuple[Condition, ...]:
    """Those that were filled in. Raises InputError with every one that says nothing sensible."""
    asked: list[tuple[str, str, object]] = []
    if sent["not_before"].strip():
        asked.append(("not before", sent["not_before"], {"not_before": sent["not_before"].strip()}))
    if sent["document"].strip():
        asked.append(("document", sent["document"], {"document": sent["document"].strip()}))
    if sent["most_amount"].strip():
        most = {"line": sent["most_line"] or "all", "amount": sent["most_amount"].strip()}
        asked.append(("at most", sent["most_amount"], {"most": most}))
    if sent["current"]:
        asked.append(("current", sent["current"], {"current": True}))
    found, faults = [], []
    for name, said, form in asked:
        try:
            found.append(Condition.model_validate(form))
        except ValidationError as error:
            expected = error.errors()[0]["msg"].removeprefix("Value error, ")
            faults.append(Fault("condition", 0, 0, name, repr(said[:50]), expected))
    if faults:
        raise InputError(faults)
    return tuple(found)
