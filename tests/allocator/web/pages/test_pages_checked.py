"""Whether a plan's figures were made again: on its page, on the page that asks, on the job's."""

from __future__ import annotations

import re

import pytest
from desk import PASSWORD, Desk, csrf_in
from office import STRICT, Office, matrix
from signoff_world import MARKET, World, titled

from allocator.plan import Plan
from allocator.signoff.seen import seen_of
from allocator.signoff.service import jobs
from allocator.signoff.service.checks import HANDED, Checked, recorded
from allocator.signoff.service.decision import review
from allocator.signoff.service.submission import Submission, create, submit

Busy = tuple[Desk, World]
BUTTON = "Have them recomputed"


@pytest.fixture
def waits(busy: Busy) -> tuple[Desk, World, Plan]:
    """A plan in review under a file that asks for a check."""
    desk, world = busy
    one = titled("base", "To be recomputed")
    create(desk.store, "paula", Submission(one, MARKET), at=world.tick())
    submit(desk.store, "paula", one.digest, matrix(STRICT), at=world.tick())
    review(desk.store, "fiona", one.digest, at=world.tick())
    return desk, world, one


def approves(desk: Desk, one: Plan) -> tuple[int, str]:
    """Dora signs on the page: status and what is said."""
    browser = desk.as_("dora")
    page = browser.get(f"/plans/{one.digest}/approve").text
    form = {f"seen_{key}": value for key, value in seen_of(one).items()}
    form |= {"csrf": csrf_in(page), "version": "3", "reason": "fits", "password": PASSWORD}
    answer = browser.post(f"/plans/{one.digest}/approve", data=form)
    return answer.status_code, answer.text


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))


def test_not_yet(waits: tuple[Desk, World, Plan]) -> None:
    desk, _, one = waits
    for view in ("", "/approve"):
        page = words_of(desk.as_("dora").get(f"/plans/{one.digest}{view}").text)
        assert "Figures recomputed: not yet" in page
        assert "Nobody can approve the plan before a worker has made its figures again" in page
        assert "A worker is asked to" in page
        assert BUTTON not in page  # somebody is at it
    assert "Not before its figures are recomputed, and agree." in words_of(
        desk.as_("dora").get(f"/plans/{one.digest}").text
    )
    status, said = approves(desk, one)
    assert (status, "have not been recomputed yet" in said) == (403, True)


def test_a_worker_that_could_not_says_why_and_is_asked_again(
    waits: tuple[Desk, World, Plan],
) -> None:
    desk, world, one = waits
    job = jobs.take(desk.store, at=world.tick())
    assert job is not None
    jobs.failed(desk.store, job, "curves.nc: found <no> such file", at=world.tick())
    browser = desk.as_("dora")
    page = browser.get(f"/plans/{one.digest}").text
    assert "A worker could not: curves.nc: found &lt;no&gt; such file" in page
    assert BUTTON in page
    assert BUTTON not in desk.as_("aude").get(f"/plans/{one.digest}").text
    asked = browser.post(f"/plans/{one.digest}/recompute", data={"csrf": csrf_in(page)})
    assert (asked.status_code, asked.headers["location"]) == (303, f"/plans/{one.digest}#figures")
    assert jobs.listed(desk.store, "dora")[0].kind == "verify"
    assert BUTTON not in browser.get(f"/plans/{one.digest}").text
    assert browser.post(f"/plans/{one.digest}/recompute").status_code == 403  # not our form
    assert "The figures of a plan, recomputed" in browser.get("/jobs").text


def test_they_disagree(waits: tuple[Desk, World, Plan]) -> None:
    desk, _, one = waits
    wrong = [f"lines.<b>{place}</b>.total: says 1, recomputed 2" for place in range(12)]
    Office(desk.store).checked(one, *wrong)
    for view in ("", "/approve"):
        page = desk.as_("dora").get(f"/plans/{one.digest}{view}").text
        assert "Figures recomputed: disagree" in page
        assert "lines.&lt;b&gt;9&lt;/b&gt;.total: says 1, recomputed 2" in page
        assert "lines.&lt;b&gt;10" not in page
        assert "and more" in page
    status, said = approves(desk, one)
    assert (status, "do not agree" in said) == (403, True)


def test_they_agree(waits: tuple[Desk, World, Plan]) -> None:
    desk, _, one = waits
    Office(desk.store).checked(one)
    page = words_of(desk.as_("dora").get(f"/plans/{one.digest}/approve").text)
    assert "Figures recomputed: agree" in page
    assert "Every figure agrees: 700 were recomputed" in page
    assert "by version 0.1.0, on curves from the data folder" in page
    assert approves(desk, one)[0] == 303
    trail = words_of(desk.as_("dora").get(f"/plans/{one.digest}/trail").text)
    assert "recomputed its figures" in trail


def test_whose_curves_they_were(waits: tuple[Desk, World, Plan]) -> None:
    desk, world, one = waits
    found = Checked("0.1.0", 700, (), (), HANDED)
    desk.store.writing(lambda connection: recorded(connection, one.digest, found, world.tick()))
    page = words_of(desk.as_("dora").get(f"/plans/{one.digest}").text)
    assert "on curves from what was handed in with it. Whether those are the model's says" in page


def test_what_a_check_found_stands_on_its_job(waits: tuple[Desk, World, Plan]) -> None:
    desk, world, one = waits
    job = jobs.take(desk.store, at=world.tick())
    assert job is not None
    found = {"plan": one.digest, "agrees": False, "compared": 7, "differences": ["a <b>: 1, 2"]}
    jobs.done(desk.store, job, lambda _: found, at=world.tick())
    page = desk.as_("paula").get(f"/jobs/{job.id}").text
    assert "<li>a &lt;b&gt;: 1, 2</li>" in page
    assert f'href="/plans/{one.digest}"' in page
