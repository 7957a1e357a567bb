"""A plan read from its file, with the setting it was made in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from allocator.engine.setting import settle
from allocator.plan import Plan
from allocator.plan.file import read
from allocator.scenario import LoadedScenario, from_resolved
from allocator.sensitivity.again import Known, worth
from mmm.curves import ResponseCurves, load
from mmm.errors import Fault, InputError
from mmm.yamlfile import Document


@dataclass(frozen=True, eq=False)
class Opened:
    """loaded: the scenario inside the plan; known: the plan in that scenario's setting."""

    plan: Plan
    loaded: LoadedScenario
    known: Known


def opened(path: Path, *, curves_file: Path | None = None) -> Opened:
    """Read a plan.json and its curves; ``curves_file`` says where they are if they have moved.

    Raises InputError where the file is no plan, its curves are not those it names, or its lines
    and weeks are not those of its scenario.
    """
    plan = read(path)
    curves = load(curves_file or path.parent / plan.curves.path)
    name = str(path)
    if curves.digest != plan.curves.digest:
        raise InputError(
            [
                Fault(
                    name, 0, 0, "curves.digest", f"a plan on the curves {plan.curves.digest[:12]}…",
                    f"the same curves; these are {curves.digest[:12]}…",
                    "name the curves it was made on with --curves, or plan again",
                )
            ]
        )  # fmt: skip
    others = tuple(load(path.parent / other.path) for other in plan.alternatives)
    return standing(plan, name, curves, others)


def standing(
    plan: Plan,
    name: str,
    curves: ResponseCurves,
    alternatives: tuple[ResponseCurves, ...] = (),
    *,
    loaded: LoadedScenario | None = None,
) -> Opened:
    """A plan in the setting of the scenario inside it, on the curves it was made on.

    name: of its file, for messages; loaded: the scenario as it was read, where it is known, for the
    places of its values. Raises InputError where its lines and weeks are not those of its scenario.
    """
    resolved = plan.scenario.resolved
    scenario = from_resolved(resolved, name)
    if loaded is None:
        loaded = LoadedScenario(scenario, Document(name, resolved, {}), Path(name).parent)
    loaded = replace(loaded, scenario=scenario)
    setting = settle(loaded, curves, alternatives)
    stated = {line.line: line.spend for line in plan.lines}
    weeks = {len(spend) for spend in stated.values()}
    if tuple(stated) != curves.lines or weeks != {setting.window.weeks}:
        found = f"{len(stated)} lines over {', '.join(map(str, sorted(weeks)))} weeks"
        expected = f"the {len(curves.lines)} lines of its curves over {setting.window.weeks} weeks"
        raise InputError([Fault(name, 0, 0, "lines", found, expected, "plan again")])
    spend = np.array([stated[line] for line in curves.lines])
    value = worth(setting, spend)
    gap = max(0.0, plan.certificate.bound - value)
    return Opened(plan, loaded, Known(setting, spend, value, gap))
