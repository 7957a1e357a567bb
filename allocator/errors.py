"""How a plan can fail at the edge. Inside, a failed solve is a value.

::

    mmm.errors.EngineError      exit 1
    ├── (InputError, OutputExists, OutputImpossible)  exit 2   shared with mmm
    └── AllocatorError          exit 1
        ├── Infeasible          exit 3   no plan satisfies the rules; says which and by how much
        ├── NotProven           exit 4   a plan was written, its gap is larger than asked
        ├── Unhealthy           exit 5   the fit fails its health card and no reason was given
        ├── VerificationFailed  exit 6   a plan does not say what its scenario and curves say
        └── NotAllowed          exit 7   the caller may not do this
"""

from __future__ import annotations

from typing import ClassVar

from mmm.errors import EngineError


class AllocatorError(EngineError):
    """Root of the allocator's branches."""


class Infeasible(AllocatorError):
    """No plan satisfies all rules."""

    exit_code: ClassVar[int] = 3


class NotProven(AllocatorError):
    """The plan's gap is larger than the scenario asks for; the plan says so."""

    exit_code: ClassVar[int] = 4


class Unhealthy(AllocatorError):
    """The fit behind the curves fails its health card."""

    exit_code: ClassVar[int] = 5


class VerificationFailed(AllocatorError):
    """A plan differs from what its scenario and curves give."""

    exit_code: ClassVar[int] = 6


class NotAllowed(AllocatorError):
    """The caller may not do this."""

    exit_code: ClassVar[int] = 7
