"""Dossiers: what documents show beside a plan, made once for all of them. One idea a file."""

from allocator.prepare.conduct import prepare
from allocator.prepare.source import Told

__all__ = ["Told", "prepare"]
