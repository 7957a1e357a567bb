"""These lines in sentences: on the health card, and in ``mmm check``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from mmm.card import Check, Verdict
from mmm.spec import EffectPrior, FractionPrior, LogNormalPrior, ModelSpec, NewLineSpec
from mmm.unlearnt.tested import Incremental


def checks(spec: ModelSpec, fractions: Mapping[str, Incremental]) -> tuple[Check, ...]:
    """One check for lines without history, one for media paid by result; none without them."""
    found = []
    if spec.new_lines:
        names = [entry.line for entry in spec.new_lines]
        its = "its curve is" if len(names) == 1 else "their curves are"
        say = (
            f"There is no history of {_list(names)}: {its} what model.yaml believes. Spend a "
            "little there, as a test, before much is planned on it."
        )
        found.append(_review("lines without history", len(names), say))
    believed = [channel for channel, one in fractions.items() if not one.tests]
    if believed:
        say = (
            f"The cost of {_list(believed)} is a commission on what it tracks, from which nothing "
            f"can be learnt: what {'it brings' if len(believed) == 1 else 'they bring'} is the "
            "belief in model.yaml. An experiment would tell."
        )
        found.append(_review("commission, not learnt", len(believed), say))
    return tuple(found)


def notes(spec: ModelSpec, channels: Sequence[str]) -> tuple[str, ...]:
    """What ``mmm check`` says of them. channels: those in the data."""
    said = []
    for channel in dict.fromkeys(channels):
        commission = spec.channels[channel].commission
        if commission is not None:
            said.append(
                f"{channel} is paid by result: {_share(commission.incremental)} of what it tracks "
                "is believed to be incremental; the data teach nothing about it."
            )
    return (*said, *(_new(spec, entry) for entry in spec.new_lines))


def _new(spec: ModelSpec, entry: NewLineSpec) -> str:
    beliefs = [
        f"{kpi}: {_belief(entry.prior[kpi]) if kpi in entry.prior else 'like its siblings'}"
        for kpi in spec.kpis
    ]
    return (
        f"{entry.line} has no history: its curve is a belief about "
        f"{entry.weekly_spend:,.0f} {spec.currency} a week ({'; '.join(beliefs)})."
    )


def _belief(prior: EffectPrior) -> str:
    stated = prior.roas or prior.cac
    assert stated is not None  # other kinds are refused in a new line
    return f"{prior.kind.upper()} {stated.median:g}{_range(stated)}"


def _range(stated: LogNormalPrior) -> str:
    if stated.low90 and stated.high90:
        return f", 90 % sure: {stated.low90:g} to {stated.high90:g}"
    return f", 5 % below {stated.low90:g}" if stated.low90 else f", 5 % above {stated.high90:g}"


def _share(stated: FractionPrior) -> str:
    said = f"{stated.median:.0%}"
    if stated.low90 and stated.high90:
        return f"{said} ({stated.low90:.0%} to {stated.high90:.0%})"
    return said


def _review(name: str, count: int, say: str) -> Check:
    return Check(name, Verdict.REVIEW, float(count), "0", say)


def _list(names: Sequence[str]) -> str:
    return " and ".join(", ".join(part) for part in (names[:-1], names[-1:]) if part)
