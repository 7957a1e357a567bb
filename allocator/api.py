"""The allocator from Python: the same questions, rules and answers as in scenario files.

What a file says under a key is said here by a keyword, in the same words: ``240_000`` or
``"240k"``, ``0.35`` or ``"35%"``.

>>> from allocator import Problem, allocate, each, together
>>> from mmm.curves.importing import from_points
>>> curves = from_points(
...     {
...         "tv": {"revenue": [(0, 0), (50, 90), (100, 120)]},
...         "search": {"revenue": [(0, 0), (50, 100), (100, 130)]},
...     },
...     currency="EUR", weeks=4,
... )
>>> problem = Problem(
...     curves,
...     period={"start": "2027-W01", "weeks": 4},
...     reference={"flat": True},
...     budget={"exactly": 100},
...     objective={"maximise": "revenue"},
...     rules=[together("tv").spend(min=60, reason="contract 4711")],
... )
>>> plan = allocate(problem)
>>> {line.line: line.total for line in plan.lines}
{'tv': 60.0, 'search': 40.0}
>>> str(plan.certificate.status)
'proven within gap'
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from allocator import run
from allocator.answer import refusal
from allocator.constraints import RULES
from allocator.errors import Infeasible
from allocator.plan import Plan
from allocator.quantities import RESOLVED
from allocator.scenario import Agreed, Constraint, LoadedScenario, Scenario, load
from mmm.curves import ResponseCurves
from mmm.curves import load as load_curves
from mmm.errors import Fault, InputError, nearest
from mmm.typed import faults_of
from mmm.yamlfile import Document

HERE = "Problem"
"""What stands in messages where a file's name would."""


@dataclass(frozen=True)
class Lines:
    """Lines, or an audience, that a rule can be about: one method for every kind of rule.

    ``spend``, ``share``, ``ratio``, ``roas``, ``cac``, ``kpi``, … take the words of the scenario
    file as keywords, and ``id``, ``reason``, ``owner`` and ``soft`` beside them.
    """

    form: str
    selectors: tuple[str, ...]

    def __getattr__(self, key: str) -> Callable[..., Constraint]:
        """The rule of this kind. Raises AttributeError for a kind that there is not."""
        if key not in self._kinds():
            raise AttributeError(f"no rule {key!r}; {nearest(key, self._kinds())}")

        def rule(**words: Any) -> Constraint:
            about = {name: words.pop(name) for name in BESIDE if name in words}
            said = {"id": "-".join((key, *map(_plain, self.selectors)))[:64].rstrip("-"), **about}
            lines: Any = self.selectors[0] if self.form == "audience" else self.selectors
            if self.selectors == ("all",):
                lines = "all"
            return _constraint({**said, self.form: lines, key: _words(words)})

        return rule

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._kinds()]

    @staticmethod
    def _kinds() -> tuple[str, ...]:
        return tuple(kind.key for kind in RULES)


BESIDE = ("id", "reason", "owner", "soft")


def each(*selectors: str) -> Lines:
    """Every one of these lines by itself: ``each("tv", "search/brand").spend(min=…)``."""
    return Lines("each", selectors)


def together(*selectors: str) -> Lines:
    """The sum of these lines: ``together("all").roas(kpi="revenue", min=3)``."""
    return Lines("together", selectors)


def audience(name: str) -> Lines:
    """The people of an audience: ``audience("video").frequency(max=6, per="week")``."""
    return Lines("audience", (name,))


@dataclass(frozen=True, eq=False)
class Problem:
    """A question in Python: curves and what a scenario file would say, in its words.

    curves:   response curves, or the path of their file
    period, reference, budget, objective: as in the file, as mappings
    rules:    made by ``each(…)``, ``together(…)`` and ``audience(…)``
    others:   every other key of the file: flighting, economics, audiences, run, …
    """

    curves: ResponseCurves | Path | str
    period: Mapping[str, Any]
    reference: Mapping[str, Any]
    budget: Mapping[str, Any]
    objective: Mapping[str, Any] | None = None
    rules: Sequence[Constraint] = ()
    id: str = "problem"
    title: str = "A question asked in Python"
    others: Mapping[str, Any] = field(default_factory=dict)

    def scenario(self) -> Scenario:
        """The question as a scenario. Raises InputError with everything that is wrong with it."""
        curves = self.known_curves()
        said: dict[str, Any] = {
            "schema_version": 1, "id": self.id, "title": self.title,
            "curves": str(self.curves) if isinstance(self.curves, Path | str) else "curves.nc",
            "period": self.period, "currency": curves.currency, "reference": self.reference,
            "budget": self.budget, **self.others,
            "constraints": [rule.model_dump(exclude_none=True) for rule in self.rules],
        }  # fmt: skip
        if self.objective is not None:
            said["objective"] = self.objective
        document = Document(HERE, said, {})
        try:
            return Scenario.model_validate(said, context=RESOLVED)
        except ValidationError as error:
            raise InputError(_without_places(faults_of(error, document, Scenario))) from None

    def known_curves(self) -> ResponseCurves:
        """The curves, read from their file where a path was given."""
        if isinstance(self.curves, ResponseCurves):
            return self.curves
        return load_curves(Path(self.curves))


def allocate(
    question: Problem | Path | str,
    curves: ResponseCurves | None = None,
    *,
    accept_unhealthy: str | None = None,
    agreed: Agreed | None = None,
) -> Plan:
    """The best plan with its proof.

    question: a ``Problem``, or the path of a scenario file; curves: other curves than it names;
    accept_unhealthy: why curves are used whose fit fails its health card; agreed: who is asked for
    signed plans that a file names by their ID.

    Raises InputError with everything wrong with the question, Infeasible with the rules in
    conflict and the ways out, Unhealthy and NotProven as the command does.
    """
    if isinstance(question, Problem):
        scenario = question.scenario()
        known = curves or question.known_curves()
        document = Document(HERE, scenario.model_dump(mode="json", exclude_none=True), {})
        loaded = LoadedScenario(
            scenario,
            document,
            Path(scenario.curves_path).resolve(),
            alternative_files=tuple(Path(file).resolve() for file in scenario.alternatives or ()),
        )
    else:
        loaded = load(question, agreed=agreed)
        known = curves or load_curves(loaded.curves_file)
    others = tuple(map(load_curves, loaded.alternative_files))
    try:
        answer = run.plan(
            loaded, known, folder=Path.cwd(), alternatives=others, accepted=accept_unhealthy
        )
    except InputError as error:
        raise InputError(_without_places(error.faults)) from None
    if answer.plan is None:
        assert answer.infeasible is not None  # an answer is a plan, or why there is none
        raise Infeasible(refusal(loaded, answer.infeasible))
    return answer.plan


def _constraint(said: dict[str, Any]) -> Constraint:
    try:
        return Constraint.model_validate(said, context=RESOLVED)
    except ValidationError as error:
        document = Document(HERE, said, {})
        raise InputError(_without_places(faults_of(error, document, Constraint))) from None


def _words(words: Mapping[str, Any]) -> dict[str, Any]:
    """Keywords as the file has them: ``from_`` is ``from``, which Python keeps for itself."""
    return {name.removesuffix("_"): value for name, value in words.items()}


def _plain(selector: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in selector.lower()).strip("-")


def _without_places(faults: Sequence[Fault]) -> list[Fault]:
    """No line and column where there is no file."""
    return [
        Fault(f.file, 0, 0, f.path, f.found, f.expected, f.fix) if f.file == HERE else f
        for f in faults
    ]
