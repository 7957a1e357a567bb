"""Scenario and curves brought together: what is given and what may be decided, in whole cents."""

from allocator.engine.setting.setting import Setting, settle

__all__ = ["Setting", "settle"]
