"""A fit made again when new weeks have arrived: what changed, and what moved with it."""

from mmm.refresh.changes import Changes, Revision, changes
from mmm.refresh.conduct import Unchanged, refresh
from mmm.refresh.moved import Moved, moved
from mmm.refresh.report import Refreshed
from mmm.refresh.text import refresh_text

__all__ = [
    "Changes",
    "Moved",
    "Refreshed",
    "Revision",
    "Unchanged",
    "changes",
    "moved",
    "refresh",
    "refresh_text",
]
