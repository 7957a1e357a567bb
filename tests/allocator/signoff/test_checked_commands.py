"""At a terminal: a plan comes in with its curves, a worker makes it again, then it is approved."""

from __future__ import annotations

import signal
from collections.abc import Iterator

import curve_case
import pytest
from clerk import Clerk
from office import STRICT
from run_case import alike

from allocator.run import plan
from allocator.signoff.service.talk import documents
from allocator.worker import conduct
from mmm.runner import run

CHANGES = "reference: {flat: true}\nbudget: {exactly: 90k}\nuntil_start: zero\n"
SUBMIT = ("submit", "out", "--market", "DE", "--authority", "strict.yaml")
YES = ("--reason", "fits", "--yes")


@pytest.fixture
def solved(clerk: Clerk) -> Clerk:
    """A terminal in a project with a plan in ``out``, and an authority file that says nothing of
    checks."""
    curves = alike()
    out = clerk.folder / "out"
    out.mkdir()
    answer = plan(curve_case.project(clerk.folder, curves, CHANGES), curves, folder=out)
    assert answer.plan is not None
    (out / "plan.json").write_text(answer.plan.to_json(), encoding="utf-8")
    (clerk.folder / "strict.yaml").write_text(STRICT, encoding="utf-8")
    return clerk


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A worker that works in this process: a child takes seconds to start."""
    before = signal.getsignal(signal.SIGTERM)

    def inline(work: object, pieces: object, **_: object) -> object:
        return run(work, pieces, workers=0)  # type: ignore[type-var,arg-type]

    monkeypatch.setattr(conduct, "run", inline)
    yield
    signal.signal(signal.SIGTERM, before)


@pytest.mark.usefixtures("here")
def test_submitted_recomputed_approved(solved: Clerk) -> None:
    said = solved.done("paula", *SUBMIT)
    assert "First a worker recomputes its figures: allocator worker --once" in said
    digest = solved.read("aude", "receipt", "out")["plan"]
    assert [one.kind for one in documents(solved.office.store, digest)] == ["curves"]
    solved.done("fiona", "review", "out")
    solved.refused("dora", "approve", "out", *YES, code=7, said="have not been recomputed yet")
    assert solved.read("nobody", "worker", "--once", "--data", ".") == {"jobs": 1}
    solved.done("dora", "approve", "out", *YES)
    assert solved.state("out") == "approved"
    solved.done("fiona", "release", "out")


def test_curves_that_are_others_by_now_are_not_handed_in(solved: Clerk) -> None:
    (file,) = solved.folder.rglob("*.nc")
    file.write_bytes(b"CDF no curves")
    solved.done("paula", *SUBMIT)
    digest = solved.read("aude", "receipt", "out")["plan"]
    assert documents(solved.office.store, digest) == ()


def test_who_is_asked_sees_whether_they_agree(
    solved: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved.done("paula", *SUBMIT)
    solved.done("fiona", "review", "out")
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    _, _, said = solved.run("dora", "approve", "out", "--reason", "fits")
    assert "figures  recomputed: not yet" in said
