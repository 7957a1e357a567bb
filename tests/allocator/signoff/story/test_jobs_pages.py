"""Asking for a plan on the pages: the form, the worker, the draft, the documents."""

from __future__ import annotations

from pathlib import Path

import curve_case
import pytest
import scenario_case
from desk import Desk, csrf_in
from office import plan
from program import Program
from run_case import alike

from allocator.signoff.service import jobs
from allocator.worker import conduct
from allocator.worker.conduct import Bench, work_off
from allocator.worker.data import data_folder
from mmm.runner import run

CHANGES = "reference: {flat: true}\nbudget: {exactly: 90k}\nuntil_start: zero\n"
pytestmark = pytest.mark.parametrize("store", ["sqlite"], indirect=True)


def asked(desk: Desk, who: str, **form: str) -> str:
    """Where the form leads to."""
    browser = desk.as_(who)
    page = browser.get("/jobs").text
    answer = browser.post("/jobs", data={"csrf": csrf_in(page), "market": "DE", **form})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def worked(desk: Desk, data: Path) -> None:
    def inline(work: object, pieces: object, **_: object) -> object:
        return run(work, pieces, workers=0)  # type: ignore[type-var,arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conduct, "run", inline)  # a child takes seconds to start
        work_off(Bench(desk.store, data_folder(data), lambda: desk.at))


def test_from_a_pasted_scenario_to_a_draft_and_a_table(desk: Desk, tmp_path: Path) -> None:
    data = tmp_path / "data"
    curve_case.project(data, alike(), CHANGES)
    text = scenario_case.scenario_text(CHANGES)
    at = asked(desk, "paula", text=text, sets="budget.exactly = 60k\n")
    table = asked(desk, "paula", text=text, sets="budget.exactly=60k, 70k", kind="sweep")
    browser = desk.as_("paula")
    assert "It waits for a worker" in browser.get(at).text
    assert "2 jobs under way" in browser.get("/jobs").text
    worked(desk, data)
    page = browser.get(at).text
    assert "It is done" in page
    assert 'href="/plans/' in page
    page = browser.get(table).text
    assert "60,000" in page
    assert "70,000" in page
    assert "proven within gap" in page
    assert desk.as_("peter").get(at).status_code == 404


def test_what_is_wrong_is_said_and_what_was_written_stays(desk: Desk, tmp_path: Path) -> None:
    browser = desk.as_("paula")
    form = {"csrf": csrf_in(browser.get("/jobs").text), "market": "DE"}
    answer = browser.post("/jobs", data={**form, "file": "../x.yaml", "text": "<b>&"})
    assert answer.status_code == 422
    assert "below the data folder" in answer.text
    assert "&lt;b&gt;&amp;</textarea>" in answer.text
    for wrong in ({"sets": "no sign"}, {"kind": "documents"}, {"sets": "a=1\na=2"}):
        assert browser.post("/jobs", data={**form, **wrong}).status_code == 422
    assert browser.post("/jobs", data={**form, "market": "FR"}).status_code == 403
    assert browser.post("/jobs", data={"market": "DE"}).status_code == 403  # not our form
    hostile = asked(desk, "paula", text="id: <script>alert(1)</script>")
    (tmp_path / "data" / "scenarios").mkdir(parents=True)
    worked(desk, tmp_path / "data")
    page = browser.get(hostile).text
    assert "It could not be done" in page
    assert "<script>alert" not in page
    assert str(tmp_path) not in page


def test_cancelled_and_documents_asked_for(desk: Desk) -> None:
    at = asked(desk, "paula", file="scenarios/q1.yaml")
    browser = desk.as_("paula")
    token = {"csrf": csrf_in(browser.get(at).text)}
    assert browser.post(f"{at}/cancel", data=token).status_code == 303
    assert "It was cancelled" in browser.get(at).text
    assert browser.post(f"{at}/cancel", data=token).status_code == 409
    digest = Program(desk, "paula").submitted(plan())
    path = f"/plans/{digest}/make-documents"
    made = browser.post(path, data=token)
    assert made.status_code == 303
    assert [one.kind for one in jobs.listed(desk.store, "paula")] == ["documents", "solve"]
    assert "Documents of a plan" in browser.get(made.headers["location"]).text
    auditor = desk.as_("aude")
    page = auditor.get("/jobs").text
    assert "are asked for by planners" in page
    assert auditor.post(path, data={"csrf": csrf_in(page)}).status_code == 403


def test_a_plan_without_documents_can_have_them_made(desk: Desk) -> None:
    digest = Program(desk, "paula").submitted(plan())
    button = f'action="/plans/{digest}/make-documents"'
    assert button in desk.as_("fiona").get(f"/plans/{digest}").text
    assert button not in desk.as_("aude").get(f"/plans/{digest}").text
