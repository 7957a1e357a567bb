"""Signal 9 in the middle of approving, submitting and migrating: all of an act, or nothing."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field

from office import Office, plan
from sqlalchemy import Connection

from allocator.signoff.audit.verify import verify
from allocator.signoff.service.decision import review, sign
from allocator.signoff.store import migrate
from tests.reliability import acts
from tests.reliability.killed import Ended, Moment, in_a_child
from tests.reliability.places import Place, opened

KEPT, UNSAID, NOTHING = "kept and said", "kept but not said", "nothing kept"


@dataclass
class Tally:
    """How kills ended, by what was killed; a round that ended before its kill counts nowhere."""

    ends: dict[str, Counter[str]] = field(default_factory=dict)

    def note(self, name: str, ended: Ended, *, kept: bool) -> bool:
        """Count a kill; whether it was one. Asserts that what was said is kept."""
        assert not ended.failed, f"{name}: {ended.failed}"
        assert kept or not ended.said, f"{name}: it was said and is not there"
        end = KEPT if ended.said else UNSAID if kept else NOTHING
        if ended.killed:
            self.ends.setdefault(name, Counter())[end] += 1
        return ended.killed

    def __str__(self) -> str:
        return "\n".join(
            f"  {name:<34} {sum(ends.values()):5,} kills: "
            + ", ".join(f"{count:,} {end}" for end, count in sorted(ends.items()))
            for name, ends in self.ends.items()
        )


def moments(steps: int, seconds: float, seed: int) -> Iterator[Moment]:
    """Each step in turn, the last first, and between them any time that the act may take."""
    draw = random.Random(seed)
    number = 0
    while True:
        yield Moment(step=steps - number % steps)
        yield Moment(after=draw.uniform(0, 1.1 * seconds))
        number += 1


def kill_acts(place: Place, count: int, seed: int, tally: Tally) -> None:
    """``count`` kills of each kind of act on one database."""
    with place.migrated() as url:
        office = _hired(url)
        for kind in (acts.Approve, acts.Submit):
            one = kind(office)  # its office's store is opened anew for each round
            turns = enumerate(moments(*_measured(url, one), seed))
            kills = 0
            while kills < count:
                number, moment = next(turns)
                kills += _round(url, one, number, moment, tally=tally, dialect=place.dialect)
        with opened(url) as store:
            assert verify(store).wrong == ()


def kill_migrations(place: Place, count: int, seed: int, tally: Tally) -> None:
    """Half of ``count`` kills while the first schema is made, half while a later one is."""
    name = f"{place.dialect}, migrate from nothing"
    _kill_migration(place.empty, (name, lambda _: None, acts.first_schema), count // 2, seed, tally)
    with place.migrated():
        pass  # its template is of today
    with acts.tomorrow():
        name = f"{place.dialect}, migrate with rows"
        way = (name, _story, acts.next_schema)
        _kill_migration(place.migrated, way, count // 2, seed, tally)


def _kill_migration(
    fresh: Callable[[], AbstractContextManager[str]],
    way: tuple[str, Callable[[str], None], Callable[[Connection], bool]],
    count: int,
    seed: int,
    tally: Tally,
) -> None:
    """way: its name, what is there before, and whether the new schema is there"""
    name, before, kept = way
    with fresh() as url:
        before(url)
        ended = in_a_child(url, migrate.migrate)
        assert ended.said, ended.failed
    turns = moments(ended.steps, ended.seconds, seed)
    kills = 0
    while kills < count:
        with fresh() as url:
            before(url)
            ended = in_a_child(url, migrate.migrate, next(turns))
            with opened(url) as store:
                kills += tally.note(name, ended, kept=store.writing(kept))
                migrate.migrate(store)
                assert store.writing(kept)


def _hired(url: str) -> Office:
    with opened(url) as store:
        return Office(store).hire()


def _story(url: str) -> None:
    with opened(url) as store:
        office = Office(store).hire()
        small = plan("small")
        office.submitted(small)
        review(store, "fiona", small.digest, at=office.now())
        sign(store, "dora", office.says(small, 3), at=office.now())


def _measured(url: str, one: acts.Approve | acts.Submit) -> tuple[int, float]:
    """Steps and seconds of an act that nobody kills: the second, for the first keeps files that
    are the same in all."""
    for number in (-2, -1):
        with opened(url) as store:
            one.office.store = store
            one.before(number)
        ended = in_a_child(url, one.act)
        assert ended.said, ended.failed
    return ended.steps, ended.seconds


def _round(
    url: str, one: acts.Approve | acts.Submit, number: int, moment: Moment,
    *, tally: Tally, dialect: str,
) -> bool:  # fmt: skip
    """One act killed, looked at, and done again; whether it was killed."""
    with opened(url) as store:
        one.office.store = store
        one.before(number)
    ended = in_a_child(url, one.act, moment)
    with opened(url) as store:
        one.office.store = store
        kept = store.writing(one.kept)  # waits until the database is done with whom was killed
        store.writing(acts.whole_chain)
        killed = tally.note(f"{dialect}, {one.name}", ended, kept=kept)
        acts.again(one, store, was_kept=kept)
    return killed
