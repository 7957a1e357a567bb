"""What a reader must know before trusting the plan, and how far the proof goes."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import LinePlan, Plan, Status
from allocator.reports._base.headline import amount, missed
from allocator.reports._base.names import clean, listed
from allocator.reports._base.numbers import SURE, chance, money, no_less, percent, quantity
from allocator.reports._base.order import objective_unit
from allocator.reports._base.sought import brings, goal

_MOST = 6  # lines named in a caution; the table marks all of them
_OF_THE_FIT = ("the curves were imported", "the fit")
_LEAST = 1e-5  # a gap is never written as less than 0.001 %: floats and cents end there


@dataclass(frozen=True)
class Caution:
    """A plain tag and a sentence."""

    tag: str
    sentence: str


def cautions(plan: Plan) -> tuple[Caution, ...]:
    """The proof if it fails, the model's health, the lines to doubt, then the plan's own notes."""
    found = [*_unproven(plan), *_wish(plan), *_health(plan)]
    beyond = [line for line in plan.lines if line.beyond_observed]
    if beyond:
        weeks = "spends" if len(beyond) == 1 else "spend"
        sentence = (
            f"{_named(beyond)} {weeks} more in some week than ever before. No data stand behind "
            "the curve there."
        )
        found.append(Caution("beyond observed range", sentence + _part(plan)))
    prior = [line for line in plan.lines if line.prior_driven and line.total > 0]
    if prior:
        curve = "the curve of" if len(prior) == 1 else "the curves of"
        sentence = (
            f"No data stand behind {curve} {_named(prior)}: only what was believed beforehand."
        )
        found.append(Caution("prior-driven", sentence))
    found += [
        Caution("note", f"{clean(note).rstrip('.')}.")
        for note in plan.warnings
        if not _told(plan, note)
    ]
    return tuple(found)


def _part(plan: Plan) -> str:
    """How much of the gain hangs on lines far beyond their history."""
    far = [line for line in plan.lines if line.extrapolation is not None]
    parts = [line.extrapolation.share_of_gain or 0.0 for line in far if line.extrapolation]
    if sum(parts) < 0.005:  # would be written as 0 %
        return ""
    return (
        f" {percent(sum(parts), digits=2)} of what lines gain rests on {_named(far)}, at over 1.2 "
        "times the largest week of the past."
    )


def _told(plan: Plan, note: str) -> bool:
    """The note repeats, line by line or of the fit, what the cautions say of all at once.

    To miss one costs only a repetition: every note stands in full further down the page.
    """
    doubted = (line for line in plan.lines if line.beyond_observed or line.prior_driven)
    of_line = any(note.startswith(f"{line.line}: ") for line in doubted)
    return of_line or (plan.health.verdict != "PASS" and note.startswith(_OF_THE_FIT))


def _named(lines: list[LinePlan]) -> str:
    ordered = sorted(lines, key=lambda line: (-line.total, line.line))
    return listed([line.line for line in ordered], _MOST)


def _unproven(plan: Plan) -> list[Caution]:
    proof = plan.certificate
    if proof.status is Status.PROVEN:
        return []
    start = "The search stopped early. A" if proof.status is Status.STOPPED else "A"
    more = f"{brings(plan)} up to {missed(plan)}"
    sentence = f"{start} better split may exist; it could {more} by this model."
    tag = "not optimised" if proof.status is Status.EVALUATED else "not proven"
    return [Caution(tag, sentence)]


def _wish(plan: Plan) -> list[Caution]:
    """What amounts set by hand cost."""
    said = plan.wish
    if said is None:
        return []
    many = "One amount is" if len(said.rules) == 1 else f"{len(said.rules)} amounts are"
    if abs(said.cost) < _LEAST:
        cost = f"that costs nothing in {goal(plan)}"
    else:
        ends = (quantity(end, objective_unit(plan), plan.currency) for end in (said.p10, said.p90))
        verb = "costs" if said.cost > 0 else "adds"
        cost = (
            f"that {verb} {amount(plan, abs(said.cost))} against the best plan without it "
            f"({SURE} of a cost of {' to '.join(ends)}; worse in "
            f"{chance(said.probability_worse)} of draws)"
        )
    return [Caution("set by hand", f"{many} fixed, the rest re-optimised: {cost}.")]


def _health(plan: Plan) -> list[Caution]:
    health = plan.health
    if health.verdict == "NOT FITTED":
        sentence = "The curves were imported, not fitted here: how good they are is not known."
        return [Caution("model not checked", sentence)]
    if health.verdict == "REVIEW":
        return [Caution("model to review", f"{_checks(plan)} asked for a review.")]
    if health.verdict == "FAIL":
        why = f"Used all the same: {clean(health.accepted)}" if health.accepted else ""
        return [Caution("unhealthy model", f"{_checks(plan)} failed. {why}".strip())]
    return []


def _checks(plan: Plan) -> str:
    """``2 of 18 checks (effective draws, divergences)``, those with the verdict of the whole."""
    health = plan.health
    found = [check for check in health.checks if check.get("verdict") == health.verdict]
    if not found:
        return "The fit"
    names = ", ".join(clean(str(check.get("name", "unnamed"))) for check in found)
    return f"{len(found)} of {len(health.checks)} checks ({names})"


def proof(plan: Plan) -> tuple[str, str]:
    """How far the plan can be from the best there is, by this model, and what that says.

    Bounds are rounded up, so that what is written is true. Never a promise of an outcome.
    """
    found = plan.certificate
    within = percent(max(_LEAST, no_less(found.gap_of_outcome, 2)), digits=2)
    market = "This is about the search, not the market: the intervals say how sure the outcome is."
    if found.status is Status.PROVEN:
        more = missed(plan)
        if found.gap_of_outcome < _LEAST:
            more = "less" if plan.objective == "least_spend" else "more"
        even = "" if found.gap_of_outcome < _LEAST else "even "
        most = f"No split that the rules allow would {brings(plan)} {even}{more}."
        return f"Best for this model, within {within}", f"{most} {market}"
    claim = f"Not proven best for this model: within {within}, asked for {asked(plan)}"
    if found.status is Status.EVALUATED:
        claim = "Evaluated as it was given, not optimised"
    if plan.objective == "least_spend":
        spent, least = (money(-sum_, plan.currency) for sum_ in (found.value, found.bound))
        return claim, f"Found {spent}; by this model at least {least} is needed. {market}"
    value, bound = amount(plan, found.value), amount(plan, found.bound)
    return claim, f"Found {value}; by this model at most {bound} is possible. {market}"


def asked(plan: Plan) -> str:
    """The gap that counts as proven: ``0.10 %``."""
    return percent(plan.certificate.asked, digits=2)


def checked(value: object) -> str:
    """The number behind a health check, if there is one."""
    return f"{value:.4g}" if isinstance(value, int | float) else "–"


def health_word(plan: Plan) -> str:
    """The model's health as a phrase."""
    return {
        "PASS": "passed every check",
        "REVIEW": "asks for a review",
        "FAIL": "failed",
        "NOT FITTED": "not checked: the curves were imported",
    }.get(plan.health.verdict, plan.health.verdict)
