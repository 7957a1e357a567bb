"""What a child does: one job, from plain values to plain values. It sees files and no database."""

from __future__ import annotations

import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from allocator.signoff.kinds import CURVES, KINDS
from allocator.signoff.service.checks import Checked
from allocator.signoff.service.submission import MOST
from allocator.signoff.work import Documents, Request, Solve, Sweep, Verify
from allocator.worker.agreed import Given, Plans
from allocator.worker.data import curves_at, every, scenario_file
from mmm.errors import InputError
from mmm.runner import Report
from mmm.yamlfile import to_text

TICK = 0.5  # seconds between two signs of life
MOST_CELLS = 500
"""Of a sweep that somebody waits for; larger ones are for `allocator sweep` and its folder."""
PLACES = {
    "bringing scenario and curves together": 5, "searching": 15, "comparing with the reference": 70,
    "asking which rules are in conflict": 70, "drawing the page": 85,
}  # fmt: skip
"""Per cent of a plan that is done when a step begins, as found with the bundled scenarios."""
STEP = 4  # per cent of a step of the documents: there are about twenty

Step = Callable[[int, str], None]


@dataclass(frozen=True)
class Order:
    """A job as its child gets it.

    data:  the data folder
    plan:  plan.json of the plan that documents or a check are asked for
    curves: files of curves that came in with it
    by:    name of who asked; on: the day
    kept:  folder of this job alone, for what is finished before the job is; it outlives the child
    agreed: signed plans that its scenario names by their ID, as far as it has asked for them
    """

    asked: Request
    data: Path
    kept: Path
    plan: str = ""
    curves: tuple[bytes, ...] = ()
    by: str = ""
    on: str = ""
    agreed: Plans = field(default_factory=dict)


@dataclass(frozen=True)
class Made:
    """What became of it.

    plan:   plan.json; empty where none was asked for
    papers: file name -> content
    result: plain JSON values for who asked
    checked: what was found where a check was asked for
    asks:   IDs of signed plans that are needed first; then there is nothing else
    """

    plan: str = ""
    papers: dict[str, bytes] = field(default_factory=dict)
    result: dict[str, Any] = field(default_factory=dict)
    checked: Checked | None = None
    asks: tuple[str, ...] = ()


def work(order: Order, report: Report) -> Made:
    """Do it; ``report`` hears (per cent, words), and None as a sign of life."""
    with _alive(report):
        asked = order.asked

        def step(share: int, words: str) -> None:
            report((share, words))

        if isinstance(asked, Solve):
            return _given(order, lambda plans: solved(asked, order.data, step, plans))
        if isinstance(asked, Sweep):
            return _given(order, lambda plans: swept(asked, order, step, plans))
        if isinstance(asked, Verify):
            from allocator.worker.check import checked

            step(5, "making every figure again")
            return Made(checked=checked(asked, order.plan, order.curves, order.data))
        return documented(order, asked, step)


def _given(order: Order, made: Callable[[Given], Made]) -> Made:
    """What is made with the plans that came; where others are needed, which."""
    plans = Given(order.agreed)
    try:
        return made(plans)
    except InputError:
        if not plans.missing:
            raise
        return Made(asks=tuple(plans.missing))


def solved(asked: Solve, data: Path, step: Step, plans: Given) -> Made:
    """A plan with its page and its resolved scenario. Raises what `allocator plan` does."""
    from allocator.answer import curve_series, refusal
    from allocator.errors import Infeasible
    from allocator.reports.planner import planner_page
    from allocator.run import plan
    from allocator.scenario import load
    from mmm.curves import load as load_curves

    step(1, "reading")
    file = scenario_file(data, asked.file, there=asked.text is None)
    loaded = load(file, cell=asked.cell, sets=asked.sets, text=asked.text, agreed=plans)
    curves = load_curves(loaded.curves_file)
    others = tuple(map(load_curves, loaded.alternative_files))
    answer = plan(
        loaded, curves, folder=data, alternatives=others, accepted=asked.accept_unhealthy,
        step=lambda words: step(PLACES.get(words, 1), words),
    )  # fmt: skip
    if answer.plan is None:
        assert answer.infeasible is not None  # an answer is a plan, or why there is none
        raise Infeasible(refusal(loaded, answer.infeasible))
    step(PLACES["drawing the page"], "drawing the page")
    page = planner_page(answer.plan, curve_series(answer.setting, answer.plan))
    papers = {"plan.html": page, "scenario.resolved.yaml": to_text(loaded.resolved).encode()}
    papers |= curves_beside((loaded.curves_file, *loaded.alternative_files))
    return Made(answer.plan.to_json(), papers)


def curves_beside(files: Sequence[Path]) -> dict[str, bytes]:
    """The curves of a plan as papers of it, so that its figures can be made again whatever becomes
    of the files; those that are too large for a paper are left out."""
    names = [name for name, kind in KINDS.items() if kind in CURVES]
    found = {name: file.read_bytes() for name, file in zip(names, files, strict=False)}
    return {name: content for name, content in found.items() if len(content) <= MOST}


def swept(asked: Sweep, order: Order, step: Step, plans: Given) -> Made:
    """A row a cell, as `allocator sweep list --json` has them; cells in ``order.kept`` stay as they
    are.

    Where that folder cannot be written to, or another child is still at work there, all cells are
    planned in a folder that goes with this child.
    """
    from allocator.sweep.conduct import sweep
    from allocator.sweep.listing import listing
    from allocator.sweep.question import question
    from mmm.errors import Fault, InputError, OutputImpossible

    step(1, "reading")
    file = scenario_file(order.data, asked.file, there=asked.text is None)
    texts = {} if asked.text is None else {file: asked.text}
    sets = {key: tuple(values) for key, values in asked.sets.items()}
    found = question([file], sets=sets, texts=texts, agreed=plans)
    if plans.missing:
        return Made(asks=tuple(plans.missing))
    if len(found.asked) > MOST_CELLS:
        expected = f"at most {MOST_CELLS}; more with `allocator sweep`"
        fault = Fault("job", 0, 0, "sets", f"{len(found.asked):,} cells", expected)
        raise InputError([fault])

    def told(there: int, of: int) -> None:
        step(99 * there // max(1, of), f"{there} of {of} planned")

    try:
        done = sweep(found, order.kept, done=told)
    except OutputImpossible:
        with tempfile.TemporaryDirectory(prefix="sweep-") as folder:
            done = sweep(found, Path(folder), done=told)
    rows = [
        {key: value for key, value in row.items() if key not in ("file", "key")}
        for row in listing(done.cells, done.results).rows
    ]
    return Made(result={"rows": rows, "tally": done.tally(), "failures": done.failures()})


def documented(order: Order, asked: Documents, step: Step) -> Made:
    """Every document of a plan that is there."""
    from allocator.papers import DOCUMENTS
    from allocator.plan import Plan
    from allocator.prepare import Told, prepare
    from allocator.sensitivity.opened import standing

    plan, data = Plan.model_validate_json(order.plan), order.data
    known = curves_at(data, asked.curves or plan.curves.path, plan.curves.digest)
    others = every(data, [(one.path, one.digest) for one in plan.alternatives])
    steps = iter(range(STEP, 1_000, STEP))

    def tell(words: str) -> None:
        step(min(next(steps), 95), words)

    tell("reading")
    dossier = prepare(
        standing(plan, "plan.json", known, others), Told(order.on, order.by), tell=tell
    )
    papers = {}
    for document in DOCUMENTS:
        tell(f"writing {document.words}")
        papers[document.file] = document.made(plan, dossier)
    return Made(papers=papers)


@contextmanager
def _alive(report: Report) -> Iterator[None]:
    """Give signs of life from a thread of its own while the work goes on."""
    over = threading.Event()

    def tick() -> None:
        while not over.wait(TICK):
            report(None)

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
