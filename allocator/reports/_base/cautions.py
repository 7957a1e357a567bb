"""What a reader must know before trusting the plan, and how far the proof goes."""

from __future__ import annotations

from dataclasses import dataclass

from allocator.plan import LinePlan, Plan, Status
from allocator.reports._base.headline import amount
from allocator.reports._base.names import clean, listed, spoken
from allocator.reports._base.numbers import percent

_MOST = 6  # lines named in a caution; the table marks all of them


@dataclass(frozen=True)
class Caution:
    """A plain tag and a sentence."""

    tag: str
    sentence: str


def cautions(plan: Plan) -> tuple[Caution, ...]:
    """The proof if it fails, the model's health, the lines to doubt, then the plan's own notes."""
    found = [*_unproven(plan), *_health(plan)]
    beyond = [line for line in plan.lines if line.beyond_observed]
    if beyond:
        weeks = "spends" if len(beyond) == 1 else "spend"
        sentence = (
            f"{_named(beyond)} {weeks} more in some week than ever before. No data stand behind "
            "the curve there."
        )
        found.append(Caution("beyond observed range", sentence))
    prior = [line for line in plan.lines if line.prior_driven]
    if prior:
        curve = "its curve rests" if len(prior) == 1 else "their curves rest"
        sentence = (
            f"{_named(prior)}: the data say little, so {curve} mostly on what was assumed before."
        )
        found.append(Caution("prior-driven", sentence))
    said = {caution.sentence for caution in found}
    found += [Caution("note", note) for note in map(clean, plan.warnings) if note not in said]
    return tuple(found)


def _named(lines: list[LinePlan]) -> str:
    ordered = sorted(lines, key=lambda line: (-line.total, line.line))
    return listed([line.line for line in ordered], _MOST)


def _unproven(plan: Plan) -> list[Caution]:
    proof = plan.certificate
    if proof.status is Status.PROVEN:
        return []
    start = "The search stopped early. A" if proof.status is Status.STOPPED else "A"
    sentence = (
        f"{start} better split of the same money may exist, worth at most "
        f"{amount(plan, max(0.0, proof.gap))} more by this model."
    )
    return [Caution("not proven", sentence)]


def _health(plan: Plan) -> list[Caution]:
    verdict = plan.health.verdict
    if verdict == "NOT FITTED":
        sentence = "The curves were imported, not fitted here: no check of the model stands behind."
        return [Caution("model not checked", sentence)]
    sentences = " ".join(
        clean(str(check.get("sentence", check.get("name", ""))))
        for check in plan.health.checks
        if check.get("verdict") == verdict
    )
    if verdict == "PASS":
        return []
    if verdict == "REVIEW":
        return [Caution("model to review", sentences or "The model's health asks for a review.")]
    accepted = plan.health.accepted
    why = f"Used all the same, because: {clean(accepted)}" if accepted else "No reason is given."
    return [
        Caution("unhealthy model", f"The model failed its health checks. {sentences} {why}".strip())
    ]


def proof_line(plan: Plan) -> str:
    """How far the plan can be from the best there is, by this model: never a promise."""
    proof = plan.certificate
    within = percent(max(0.0, proof.gap_of_outcome), digits=2)
    if proof.status is Status.PROVEN:
        return (
            f"Best for this model, within {within}: no split that the rules allow would bring more "
            f"than {amount(plan, max(0.0, proof.gap))} on top. This speaks of the search, not of "
            "the market: how sure the outcome is stands in its interval."
        )
    asked = percent(proof.asked, digits=2)
    return (
        f"Not proven best: within {within} of the best for this model, where {asked} was asked. "
        f"{_found(plan)} This speaks of the search, not of the market."
    )


def _found(plan: Plan) -> str:
    value = amount(plan, plan.certificate.value)
    bound = amount(plan, plan.certificate.bound)
    return f"Found {value}; the most that is not ruled out is {bound}."


def health_word(plan: Plan) -> str:
    """The model's health as a phrase."""
    return {
        "PASS": "passed every check",
        "REVIEW": "asks for a review",
        "FAIL": "failed",
        "NOT FITTED": "not checked: the curves were imported",
    }.get(plan.health.verdict, spoken(plan.health.verdict))
