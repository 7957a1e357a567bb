"""Be unkind to sign-off: ``python -m tests.reliability faults --count 200``.

faults   signal 9 during approve, submit and migrate: so many of each on each database
races    a hundred approvals of one step at once; a newer version while one approves
disk     a disk that fills
down     a database that goes away and comes back
clocks   two servers whose clocks differ, on one database
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence

from tests.reliability import clocks, disk, down, faults, races
from tests.reliability.places import DIALECTS, Place, load, missing, place


def _faults(where: Place, count: int, seed: int) -> str:
    tally = faults.Tally()
    faults.kill_acts(where, count, seed, tally)
    print(tally, flush=True)
    later = faults.Tally()
    faults.kill_migrations(where, count, seed, later)
    return str(later)


def _races(where: Place, count: int, seed: int) -> str:
    ways: tuple[tuple[str, Callable[[], races.Raced]], ...] = (
        ("100 approvals of one step", lambda: races.approvals(where, count, 100)),
        ("a newer version meanwhile", lambda: races.newer_versions(where, count)),
        ("8 first starts at once", lambda: races.starts(where, count // 10, 8)),
    )
    for name, way in ways:
        raced = way()
        told = ", ".join(f"{number:,} {what}" for what, number in sorted(raced.told.items()))
        print(f"  {where.dialect}, {name}: {raced.rounds} rounds: {told}", flush=True)
    return ""


def _disk(where: Place, count: int, seed: int) -> str:
    return _told(where, "disk", disk.full(where))


def _down(where: Place, count: int, seed: int) -> str:
    lines = [_told(where, "somebody holds it", down.held(where))]
    if where.running is not None:
        lines.append(_told(where, "crashes of the server", down.crashes(where, count)))
        lines.append(_told(where, "the same by web", down.served(where, count)))
        lines.append(_told(where, "connections ended", down.cut_off(where)))
    return "\n".join(lines)


def _clocks(where: Place, count: int, seed: int) -> str:
    found = clocks.apart(where, count)
    return (
        f"  {where.dialect}, clocks an hour apart: {found.events:,} events in one chain, "
        f"{found.backwards:,} of them after one that a clock put later"
    )


def _told(where: Place, name: str, told: Counter[str]) -> str:
    words = "\n".join(f"    {number:,} × {what}" for what, number in told.items())
    return f"  {where.dialect}, {name}:\n{words}"


CAMPAIGNS: dict[str, tuple[Callable[[Place, int, int], str], int]] = {
    "faults": (_faults, 200),
    "races": (_races, 100),
    "disk": (_disk, 1),
    "down": (_down, 5),
    "clocks": (_clocks, 100),
}
"""name -> (what runs it on one kind of database, how often by default)"""


def main(arguments: Sequence[str] | None = None) -> int:
    """0 where all held; an assertion says what did not."""
    asks = argparse.ArgumentParser(
        prog="python -m tests.reliability", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    asks.add_argument("campaign", choices=CAMPAIGNS)
    asks.add_argument("--count", type=int, help="rounds of each kind on each database")
    asks.add_argument("--seed", type=int, default=0)
    asks.add_argument("--only", choices=DIALECTS, help="one database")
    said = asks.parse_args(arguments)
    run, usual = CAMPAIGNS[said.campaign]
    count = usual if said.count is None else said.count
    for dialect in DIALECTS:
        if said.only not in (None, dialect):
            continue
        if dialect == "postgresql" and missing():
            print(missing())
            continue
        started = time.monotonic()
        with place(dialect) as where:
            print(run(where, count, said.seed), flush=True)
        took = f"{time.monotonic() - started:,.0f} s; {load()}"
        print(f"  {dialect}: {said.campaign}, count {count}, {took}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
