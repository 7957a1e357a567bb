"""Acts that must be whole: what must be there before, and what may be there afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from office import Office, matrix, plan
from sqlalchemy import Connection, func, inspect, select, text

from allocator.plan import Plan
from allocator.signoff.audit.triggers import gone
from allocator.signoff.chain import first_break
from allocator.signoff.service.decision import review, sign
from allocator.signoff.service.standing import Conflict
from allocator.signoff.service.submission import Submission, hand_in
from allocator.signoff.states import State
from allocator.signoff.store import events, migrate, plan_rows
from allocator.signoff.store.connect import Store
from allocator.signoff.store.tables import metadata, signatures

PAPERS = {"page": ("plan.html", b"<p>page" * 2_000), "onepager": ("onepager.pdf", b"%PDF" * 500)}
TOMORROW = "9001"


@dataclass
class Approve:
    """The one signature a plan needs."""

    name = "approve"
    office: Office
    plan: Plan = field(init=False)

    def before(self, number: int) -> None:
        self.plan = plan(f"approve {number}")
        self.office.submitted(self.plan)
        review(self.office.store, "fiona", self.plan.digest, at=self.office.now())

    def act(self, store: Store) -> None:
        sign(store, "dora", self.office.says(self.plan, 3), at=self.office.now())

    def kept(self, connection: Connection) -> bool:
        """Whether all of it is there; asserts that it is all or nothing."""
        row = plan_rows.get(connection, self.plan.digest)
        assert row is not None
        signed = len(plan_rows.signatures_of(connection, row.digest))
        done = [one.action for one in events.about(connection, row.digest)]
        whole = (row.state, row.version, signed, done.count("approve"), len(done))
        assert whole in ((State.IN_REVIEW, 3, 0, 0, 3), (State.APPROVED, 4, 1, 1, 4)), whole
        return row.state is State.APPROVED


@dataclass
class Submit:
    """A plan handed in with two documents."""

    name = "submit"
    office: Office
    plan: Plan = field(init=False)

    def before(self, number: int) -> None:
        self.plan = plan(f"submit {number}")

    def act(self, store: Store) -> None:
        handed = Submission(self.plan, "DE", PAPERS)
        hand_in(store, "paula", handed, matrix(), at=self.office.now())

    def kept(self, connection: Connection) -> bool:
        row = plan_rows.get(connection, self.plan.digest)
        papers = len(plan_rows.documents_of(connection, self.plan.digest))
        done = [one.action for one in events.about(connection, self.plan.digest)]
        if row is None:
            assert (papers, done) == (0, [])
            return False
        assert (row.state, row.version, papers) == (State.SUBMITTED, 2, 2)
        assert done == ["create", "submit"]
        return True


def whole_chain(connection: Connection) -> int:
    """How many events there are; asserts that each follows the one before."""
    assert first_break(events.every(connection)) is None
    last = events.last(connection)
    return 0 if last is None else last.number


def again(act: Approve | Submit, store: Store, *, was_kept: bool) -> None:
    """Whoever heard nothing does it again: once it is done, whichever time it was."""
    try:
        act.act(store)
        assert not was_kept, "done twice"
    except Conflict:
        assert was_kept
    assert store.writing(act.kept)


def first_schema(connection: Connection) -> bool:
    """Whether all tables and triggers are there; asserts that it is all or nothing."""
    there = set(inspect(connection).get_table_names()) - {"alembic_version"}
    found = MigrationContext.configure(connection).get_current_revision()
    if found is None:
        assert there == set(), there
        return False
    assert found == migrate.newest()
    assert there == set(metadata.tables)
    assert list(gone(connection)) == []
    return True


@contextmanager
def tomorrow() -> Iterator[None]:
    """Within it this process knows a schema that is not released: files of ``tomorrow/``."""
    before = migrate.configuration

    def configuration(connection: Connection | None = None) -> Config:
        made = before(connection)
        ours = f"{made.get_main_option('script_location')}/versions"
        folder = Path(__file__).with_name("tomorrow")
        made.set_main_option("path_separator", "os")
        made.set_main_option("version_locations", f"{ours}:{folder}")
        return made

    migrate.configuration = configuration  # type: ignore[assignment]
    migrate.revisions.cache_clear()
    try:
        yield
    finally:
        migrate.configuration = before
        migrate.revisions.cache_clear()


def next_schema(connection: Connection) -> bool:
    """The same of tomorrow's schema; every event and signature is there either way."""
    found = MigrationContext.configure(connection).get_current_revision()
    columns = {one["name"] for one in inspect(connection).get_columns("plans")}
    tables = set(inspect(connection).get_table_names())
    labels = 0
    if "labels" in tables:
        labels = connection.execute(text("SELECT count(*) FROM labels")).scalar_one()
    plans = connection.execute(text("SELECT count(*) FROM plans")).scalar_one()
    assert connection.execute(select(func.count()).select_from(signatures)).scalar_one() == 1
    assert whole_chain(connection) > 10
    assert list(gone(connection)) == []
    if found != TOMORROW:
        assert ("note" in columns, "labels" in tables) == (False, False)
        return False
    assert ("note" in columns, labels) == (True, plans)
    return True
