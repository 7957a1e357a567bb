"""The whole story in Chromium against ``allocator serve`` on both databases, and what is forbidden.

On SQLite every browser runs without JavaScript, on PostgreSQL with it.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import curve_case
import pytest
from browser_case import browser_of
from browsing import Somebody, copied, served
from databases import DIALECTS, database, opened
from desk import kept
from office import STAFF, STRICT, Office
from run_case import alike

from allocator.answer import curve_series
from allocator.cli import app
from allocator.plan.file import read
from allocator.reports.planner import planner_page
from allocator.run import plan
from allocator.signoff.audit.verify import verify
from allocator.signoff.store import events, people
from allocator.signoff.store.connect import Store
from allocator.signoff.store.events import Act
from allocator.worker import conduct
from allocator.worker.conduct import Bench, work_off
from allocator.worker.data import data_folder
from mmm.runner import run as alone
from mmm.terminal import run

LIMIT = STRICT.replace("2.2M", "75k")  # from there on two directors sign
MORNING = "2026-11-22T11:00:00.000000Z"
BUDGETS = {
    "small": 60_000, "large": 90_000, "better": 70_000,
    "modest": 61_000, "great": 91_000, "bitter": 71_000,
}  # fmt: skip
"""The first three are of the story, the others of what is forbidden."""


@pytest.fixture(scope="module")
def plans(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of plans on small curves, each with its page; they can be verified."""
    made = {}
    for name, budget in BUDGETS.items():
        folder = tmp_path_factory.mktemp(name)
        changes = (
            f"title: The {name} plan\nreference: {{flat: true}}\nbudget: {{exactly: {budget}}}\n"
            "until_start: zero\n"
        )
        curves = alike()
        answer = plan(curve_case.project(folder, curves, changes), curves, folder=folder)
        assert answer.plan is not None
        (folder / "plan.json").write_text(answer.plan.to_json(), encoding="utf-8")
        (file,) = folder.rglob("*.nc")
        shutil.copy(file, folder / "curves.nc")
        page = planner_page(answer.plan, curve_series(answer.setting, answer.plan))
        (folder / "plan.html").write_bytes(page)
        made[name] = folder
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    yield from browser_of()


@dataclass(frozen=True)
class House:
    """A server with its people."""

    store: Store
    url: str
    come: Callable[[str], Somebody]


@pytest.fixture(scope="module", params=DIALECTS)
def house(
    request: pytest.FixtureRequest, browser: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """One server a database, for both tests: it takes seconds to start."""
    folder = tmp_path_factory.mktemp("house")
    (folder / "authority.yaml").write_text(LIMIT, encoding="utf-8")
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = f"sqlite:///{folder / 'allocator.db'}"
            shutil.copy(request.getfixturevalue("sqlite_template"), folder / "allocator.db")
        else:
            server, like = map(request.getfixturevalue, ("postgresql", "postgresql_template"))
            url = stack.enter_context(database(server, like))
        store = stack.enter_context(opened(url))
        hired(store)
        address = stack.enter_context(served(url, folder))
        come: dict[str, Somebody] = {}

        def comes(name: str) -> Somebody:
            if name not in come:
                script = request.param == "postgresql"
                come[name] = Somebody(browser, address, name, script=script)
            return come[name]

        yield House(store, url, comes)
        for one in come.values():
            one.context.close()


def hired(store: Store) -> None:
    """Everybody of the office, with a password that they chose."""
    Office(store).hire()

    def passwords(connection: Any) -> None:
        for name in STAFF:
            people.change(connection, name, password=kept())
            events.append(connection, Act(MORNING, name, "", "set password", name))

    store.writing(passwords)


def test_the_whole_story(
    house: House, plans: dict[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paula, fiona = house.come("paula"), house.come("fiona")
    first, other = paula.hands_in(plans["small"]), paula.hands_in(plans["large"])
    assert paula.state() == "Submitted"

    assert "2 plans wait for you" in fiona.at("/")  # finance compares, comments, sends back
    fiona.at("/plans")
    for digest in (first, other):
        fiona.page.check(f"#p{digest}")
    fiona.page.click("text=Compare those that are ticked")
    titles = fiona.page.locator("table.abreast thead").inner_text()
    assert "The small plan" in titles
    assert "The large plan" in titles
    fiona.at(f"/plans/{first}")
    fiona.page.fill("#said", "l0 is booked already")
    fiona.page.click("#say button")
    fiona.page.wait_for_selector("article.comment")
    assert "l0 is booked already" in fiona.says()
    assert fiona.presses(first, "Take into review") == "In review"
    assert fiona.decides(first, "reject", "l0 is booked") == "Rejected"

    assert "It was sent back: change it" in paula.at("/")  # the planner hands in a better one
    paula.at(f"/plans/{first}")
    paula.page.click(f".decide a[href$='{first}']")  # the button of what was sent back
    again = paula.chooses(plans["better"])
    fiona.presses(again, "Take into review")

    dora, david = house.come("dora"), house.come("david")
    dora.at(f"/plans/{again}/approve")
    dora.fills("worth it")  # nobody has made the figures again yet
    assert "have not been recomputed yet" in dora.says()
    recomputed(house, tmp_path, 3)
    page = dora.at(f"/plans/{again}/approve")  # what is seen is what is signed
    assert "Figures recomputed: agree" in page
    assert again in page
    assert "EUR\u00a070,000" in page
    dora.fills("worth it")
    assert dora.state() == "Approved"
    assert fiona.decides(again, "release") == "Released"

    fiona.presses(other, "Take into review")  # above the limit: two directors
    assert dora.decides(other, "approve") == "In review"
    assert "2 people who are director" in dora.says()
    assert david.decides(other, "approve", "agreed") == "Approved"
    assert fiona.decides(other, "release") == "Released"
    assert "Superseded" in fiona.at(f"/plans/{again}")

    plan_file = fiona.saves(f"/plans/{other}/plan.json", plans["large"] / "plan.json")
    receipt = fiona.saves(f"/plans/{other}/receipt.json", plans["large"] / "receipt.json")
    assert plan_file["digest"] == receipt["plan"] == other
    assert run(app, ["verify", str(plans["large"] / "plan.json")]) == 0
    said = capsys.readouterr().out
    assert "released; signed by Dora (director)" in said
    assert "and David (director)" in said
    (plans["large"] / "receipt.json").unlink()
    assert run(app, ["audit", "verify", "--db", house.url, "--head", receipt["hash"]]) == 0
    assert verify(house.store).wrong == ()
    aude = house.come("aude")
    assert "Release" in aude.at("/trail") or "release" in aude.says()


def test_the_forbidden_ways(house: House, plans: dict[str, Path], tmp_path: Path) -> None:
    """None of them leaves an event."""
    both, paula, fiona = house.come("both"), house.come("paula"), house.come("fiona")
    digest = paula.hands_in(plans["great"])
    own = both.hands_in(plans["modest"])
    before = events_of(house)
    assert both.page.locator("text=Take into review").count() == 0  # an author reviews nothing
    token = token_of(both)
    assert both.sends(f"/plans/{own}/review", {**token, "version": "2"})[0] == 403
    assert events_of(house) == before

    recomputed(house, tmp_path, 2)
    both.presses(digest, "Take into review")  # a reviewer approves nothing
    fiona.presses(own, "Take into review")
    before = events_of(house)
    for who, one in ((both, digest), (both, own), (paula, digest), (fiona, own)):
        assert "403 Forbidden" in who.at(f"/plans/{one}/approve")
        form = {**token_of(who), "version": "3", "reason": "x", "password": "x"}
        assert who.sends(f"/plans/{one}/approve", form)[0] == 403

    dora, david = house.come("dora"), house.come("david")
    dora.at(f"/plans/{digest}/approve")
    fields = {**dora.fields(), "reason": "x", "password": "correct horse battery"}
    at = f"/plans/{digest}/approve"
    without = {key: value for key, value in fields.items() if key != "csrf"}
    assert dora.sends(at, without)[0] == 403  # no token of the session
    assert dora.sends(at, {**fields, "password": "wrong"})[0] == 403
    wrong = {**fields, "seen_spend": "1.00"}
    status, words = dora.sends(at, wrong)  # a figure that was not seen
    assert (status, "needs a new approval" in words) == (403, True)
    assert events_of(house) == before

    dora.at(at)
    assert david.decides(digest, "approve") == "In review"
    before = events_of(house)
    dora.fills("fits")  # her page is stale: somebody signed meanwhile
    assert "has moved since you opened it" in dora.says()
    assert "403 Forbidden" in david.at(at)  # the same director twice
    form = {**token_of(david), "version": "4", "reason": "x", "password": "correct horse battery"}
    seen = {key: value for key, value in fields.items() if key.startswith("seen_")}
    assert david.sends(at, {**form, **seen})[0] == 403
    assert events_of(house) == before

    odd = copied(plans["bitter"], ("plan.json", "plan.html"), tmp_path / "odd")
    text = (odd / "plan.json").read_text(encoding="utf-8")
    (odd / "plan.json").write_text(text.replace("The bitter plan", "The batter plan"))
    paula.hands_in(odd)
    assert "a digest that is not its content's" in paula.says()  # one byte changed
    assert "batter" not in paula.at("/plans")
    assert events_of(house) == before
    assert verify(house.store).wrong == ()
    assert read(plans["bitter"] / "plan.json").digest not in paula.at("/")


def recomputed(house: House, folder: Path, count: int) -> None:
    """A worker makes the figures of so many plans again, on the curves that were handed in."""
    (folder / "data" / "scenarios").mkdir(parents=True)

    def inline(work: object, pieces: object, **_: object) -> object:
        return alone(work, pieces, workers=0)  # type: ignore[type-var,arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(conduct, "run", inline)  # a child takes seconds to start
        data = data_folder(folder / "data")
        assert work_off(Bench(house.store, data, lambda: MORNING)) == count


def events_of(house: House) -> int:
    """How many acts there were."""
    return verify(house.store).events


def token_of(who: Somebody) -> dict[str, str]:
    """The token that the forms of somebody's session hold."""
    who.page.goto("/account")
    return {"csrf": who.page.locator("input[name=csrf]").first.get_attribute("value")}
