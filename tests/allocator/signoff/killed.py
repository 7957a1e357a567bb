"""A process that does acts until it is killed: says each on standard output once it is kept."""

from __future__ import annotations

import sys

from allocator.signoff.service.talk import Remark, comment
from allocator.signoff.store.connect import connect

if __name__ == "__main__":
    url, plan = sys.argv[1:]
    store = connect(url)
    for number in range(10_000):
        at = f"2026-11-22T12:00:00.{number:06d}Z"
        print(comment(store, "fiona", Remark(plan, f"said {number}"), at=at).id, flush=True)
