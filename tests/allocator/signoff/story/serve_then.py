"""``allocator serve`` as on 22 November 2026, noon: the plans of the story end in April 2027."""

from __future__ import annotations

import datetime as dt
import sys

from allocator.cli import main
from allocator.signoff import clock
from allocator.signoff.times import stamp

NOON = dt.datetime(2026, 11, 22, 12, tzinfo=dt.UTC)
BEGAN = dt.datetime.now(dt.UTC)

if __name__ == "__main__":
    clock.now = lambda: stamp(NOON + (dt.datetime.now(dt.UTC) - BEGAN))
    sys.argv = ["allocator", "serve", *sys.argv[1:]]
    main()
