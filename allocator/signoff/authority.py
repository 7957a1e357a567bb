"""The authority matrix: which plans need whose signature. A file that people write.

Every rule that applies to a plan adds its signatures; where no rule applies nobody may approve.
Launches always need a campaign manager or a director, whatever the file says.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BeforeValidator, Field, model_validator

from allocator.quantities import Money, Share
from allocator.signoff.facts import LAUNCHES, Flag, PlanFacts
from allocator.signoff.states import Role
from allocator.written import Slug, Written
from mmm.typed import validate
from mmm.yamlfile import contents, decoded, parse

READ = 16  # matrices that need not be read from the same bytes again
REQUIRED: Final = "required"
LAUNCH = "launch"
"""id of the built-in rule"""


def _roles(value: Any) -> Any:
    return [value] if isinstance(value, str) else value


SigningRole = Literal[Role.CAMPAIGN_MANAGER, Role.FINANCE, Role.DIRECTOR]
SIGNING: tuple[SigningRole, ...] = (Role.CAMPAIGN_MANAGER, Role.FINANCE, Role.DIRECTOR)


class AmountBand(Written):
    """Plans that spend at least `from` and less than `below`."""

    from_: Annotated[Money | None, Field(alias="from")] = None
    """At least this much, in the file's currency."""
    below: Money | None = None
    """Less than this."""

    def holds(self, amount: float) -> bool:
        """Whether an amount is in the band."""
        return (self.from_ or 0.0) <= amount and (self.below is None or amount < self.below)


class ChangeBand(Written):
    """Plans that move at least `from` and less than `below` of the money."""

    from_: Annotated[Share | None, Field(alias="from")] = None
    """At least this share, against the last approved plan of the market. Without such a plan every
    share counts as reached."""
    below: Share | None = None
    """Less than this share."""

    def holds(self, change: float | None) -> bool:
        """Whether a change is in the band; where nothing was ever approved the largest is meant."""
        if change is None:
            return self.below is None
        return (self.from_ or 0.0) <= change and (self.below is None or change < self.below)


class When(Written):
    """Which plans a rule is about: all that is said must hold; nothing said means every plan."""

    market: Annotated[tuple[str, ...] | None, BeforeValidator(_roles)] = None
    """One of these markets."""
    amount: AmountBand | None = None
    """How much is spent."""
    change: ChangeBand | None = None
    """How much is moved."""
    exceptional: tuple[Flag, ...] | None = None
    """Any of these."""

    def holds(self, facts: PlanFacts) -> bool:
        """Whether a plan is meant."""
        return (
            (self.market is None or facts.market in self.market)
            and (self.amount is None or self.amount.holds(facts.amount))
            and (self.change is None or self.change.holds(facts.change))
            and (self.exceptional is None or bool(facts.flags & set(self.exceptional)))
        )


class Signature(Written):
    """Who signs."""

    role: Annotated[tuple[SigningRole, ...], BeforeValidator(_roles), Field(min_length=1)]
    """One role, or several of which any will do."""
    people: Annotated[int, Field(strict=True, ge=1, le=10)] = 1
    """How many different people."""


class AuthorityRule(Written):
    """Plans of this kind need these signatures."""

    id: Slug
    """Name of the rule, stored with every decision it led to."""
    when: When = When()
    """Which plans; left out, every plan."""
    sign: Annotated[tuple[Signature, ...], Field(min_length=1)]
    """Who signs, in this order."""
    reason: str | None = None
    """Why the rule is there."""


class Escalation(Written):
    """Who is told when nobody decides."""

    after_days: Annotated[int, Field(strict=True, ge=1)]
    """Days without a decision."""
    to: SigningRole = Role.DIRECTOR
    """Whose inbox the plan then stands in as well."""


class Authority(Written):
    """`authority.yaml`: who may agree to what."""

    schema_version: Literal[1]
    """Version of this format."""
    currency: str
    """Of every amount in this file; plans in another are refused until it says how they count."""
    rules: Annotated[tuple[AuthorityRule, ...], Field(min_length=1)]
    """All rules that apply to a plan add up."""
    order: tuple[SigningRole, ...] = SIGNING
    """Who signs before whom, where several rules apply."""
    expires_after_days: Annotated[int, Field(strict=True, ge=1)] = 30
    """An approval that is not released, and a plan that nobody decides, ends after so many days."""
    escalation: Escalation | None = None
    """What happens when nobody decides."""
    verified: Literal["required", "not_required"] = REQUIRED
    """Whether a plan is approved and released only when a worker has made its figures again, and
    they agree. Without that its health, its proof and its warnings are the author's word."""

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [rule.id for rule in self.rules]
        again = next((name for name in ids if ids.count(name) > 1), None)
        if again is not None:
            raise ValueError(f"each rule id once; {again} is there twice")
        if LAUNCH in ids:
            raise ValueError(f"another id than {LAUNCH}, which names the built-in rule on launches")
        return self


@dataclass(frozen=True)
class Step:
    """Signatures of one kind that a plan needs, and the rules that ask for them."""

    roles: tuple[Role, ...]
    people: int
    rules: tuple[str, ...]

    @property
    def words(self) -> str:
        """``2 directors``, ``a campaign manager or director``."""
        names = " or ".join(self.roles)
        return f"a {names}" if self.people == 1 else f"{self.people} people who are {names}"


@dataclass(frozen=True)
class Requirement:
    """All signatures a plan needs, in order. Without steps nobody may approve it."""

    steps: tuple[Step, ...]

    def due(self, signed: tuple[Role, ...]) -> Step | None:
        """The step that waits for a signature after these, in order; None where all are there.

        ``signed`` holds the role of each signature given so far, by different people.
        """
        left = list(signed)
        for step in self.steps:
            given = 0
            while left and given < step.people and left[0] in step.roles:
                left.pop(0)
                given += 1
            if given < step.people:
                return step
        return None

    def met(self, signed: tuple[Role, ...]) -> bool:
        """Whether these signatures, by different people, are enough in whatever order they came.

        Hall's condition: for every set of roles, as many signed as steps ask of that set alone.
        Without steps nothing is.
        """
        some = [set(roles) for size in range(1, 4) for roles in combinations(SIGNING, size)]
        return bool(self.steps) and all(
            sum(step.people for step in self.steps if roles.issuperset(step.roles))
            <= sum(role in roles for role in signed)
            for roles in some
        )


def load_authority(path: Path) -> tuple[Authority, bytes]:
    """What the file says, and the bytes that say it. Raises InputError with every fault and its
    place."""
    content = contents(path, str(path))
    return authority_of(content, str(path)), content


@lru_cache(maxsize=READ)
def authority_of(content: bytes, name: str) -> Authority:
    """What such bytes say; ``name`` is what messages call them. Raises InputError."""
    return validate(parse(decoded(content, name), name), Authority)


def requirement(authority: Authority, facts: PlanFacts) -> Requirement:
    """Whose signatures a plan needs: those of every rule that holds, each role's largest number."""
    wanted: dict[tuple[Role, ...], tuple[int, tuple[str, ...]]] = {}
    applying = [rule for rule in authority.rules if rule.when.holds(facts)]
    for rule in applying:
        for one in rule.sign:
            people, rules = wanted.get(one.role, (0, ()))
            wanted[one.role] = max(people, one.people), (*rules, rule.id)
    if not applying:
        return Requirement(())
    leaders = (Role.CAMPAIGN_MANAGER, Role.DIRECTOR)
    if facts.flags & LAUNCHES and not any(set(roles) <= set(leaders) for roles in wanted):
        wanted[leaders] = 1, (LAUNCH,)
    place: dict[Role, int] = {role: number for number, role in enumerate(authority.order)}
    steps = sorted(wanted, key=lambda roles: min(place.get(role, len(place)) for role in roles))
    return Requirement(tuple(Step(roles, *wanted[roles]) for roles in steps))
