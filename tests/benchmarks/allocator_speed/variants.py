"""Many variants of the bundled scenario: on curves that were asked before, and on fresh ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from statistics import mean

import numpy as np

from allocator import run
from allocator.quantities import RESOLVED
from allocator.scenario import LoadedScenario, Scenario, load
from mmm.curves import ResponseCurves
from mmm.curves import load as load_curves
from tests.benchmarks.speed_runs import REPOSITORY

from .ours import worst
from .part import Table, percent, seconds, timed, times

BUNDLED = REPOSITORY / "scenarios" / "2027-q1-base.yaml"
SHARED, FRESH = 60, 6  # variants asked one after another, and each on curves just loaded
ASKED = 1000  # variants, for how long they take two cores
SEED = 20270104


def variants() -> Table:
    """CPU of a variant with all its figures and its JSON."""
    loaded = load(BUNDLED)
    asked = list(varied(loaded, SHARED + FRESH))
    shared = load_curves(loaded.curves_file)
    alone = [answered(one, load_curves(loaded.curves_file)) for one in asked[:FRESH]]
    together = [answered(one, shared) for one in asked[FRESH:]]
    late = together[SHARED // 2 :]
    fresh = mean(cpu for cpu, _ in alone)

    def row(what: str, answers: list[tuple[float, float]]) -> tuple[str, ...]:
        each = mean(cpu for cpu, _ in answers)
        gap = percent(worst([gap for _, gap in answers]))
        return what, seconds(each), times(each / fresh), seconds(each * ASKED / 2), gap

    return Table(
        ("", "CPU s each", "of fresh", f"{ASKED:,} on two cores, s", "gap, at most"),
        (
            row("on curves just loaded", alone),
            row(f"on shared curves, the first {SHARED // 2}", together[: SHARED // 2]),
            row(f"on shared curves, the next {SHARED // 2}", late),
        ),
        f"{BUNDLED.name}: {len(shared.lines)} lines × {len(shared.kpis)} KPIs × {shared.draws} "
        "draws, with its rules; budget ±10 %, room to move 20 to 40 %, margin 30 to 40 %, all "
        "different. With every figure of the plan and its JSON; reading the file is left out.",
    )


def varied(loaded: LoadedScenario, many: int) -> Iterator[LoadedScenario]:
    """The scenario with another budget, margin and room to move every time."""
    rng = np.random.default_rng(SEED)
    for share, room, margin in zip(
        rng.uniform(0.9, 1.1, many), rng.uniform(0.2, 0.4, many), rng.uniform(0.3, 0.4, many),
        strict=True,
    ):  # fmt: skip
        said = loaded.scenario.model_dump(mode="json", exclude_none=True)
        said["budget"]["exactly"] = round(share * said["budget"]["exactly"], 2)
        said["economics"]["margin"] = round(margin, 4)
        moves = next(rule for rule in said["constraints"] if rule["id"] == "moves")
        moves["spend"]["between"] = [-round(room, 4), round(room, 4)]
        yield replace(loaded, scenario=Scenario.model_validate(said, context=RESOLVED))


def answered(loaded: LoadedScenario, curves: ResponseCurves) -> tuple[float, float]:
    """CPU s of the plan and its JSON, and its gap relative to the outcome."""

    def made() -> float:
        plan = run.plan(loaded, curves, folder=REPOSITORY).plan
        if plan is None:
            raise ArithmeticError("a variant without a plan")
        plan.to_json()
        return plan.certificate.gap_of_outcome

    gap, cpu = timed(made)
    return cpu, gap
