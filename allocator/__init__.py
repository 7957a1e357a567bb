"""From response curves to a proven plan. Never imports PyMC.

In Python: ``allocate``, ``Problem`` and the makers of rules ``each``, ``together`` and
``audience`` (see ``allocator.api``); they are loaded when first asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from allocator.api import Problem as Problem
    from allocator.api import allocate as allocate
    from allocator.api import audience as audience
    from allocator.api import each as each
    from allocator.api import together as together

__all__ = ["Problem", "allocate", "audience", "each", "together"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'allocator' has no attribute {name!r}")
    from allocator import api

    return getattr(api, name)
