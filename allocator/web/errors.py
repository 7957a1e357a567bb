"""What can be wrong with a request before anything is done.

::

    allocator.errors.AllocatorError
    ├── Unidentified            401   nobody is logged in
    ├── Away                    503   somebody who is asked on the way does not answer
    └── NotAllowed              403
        ├── Forged              403   a form that was not sent from one of our pages
        └── TooFast             429   more acts in a minute than a person does
"""

from __future__ import annotations

from allocator.errors import AllocatorError, NotAllowed


class Unidentified(AllocatorError):
    """Nobody is logged in, or no longer."""


class Forged(NotAllowed):
    """The request was not made by one of our pages on the person's behalf."""


class TooFast(NotAllowed):
    """One person, or their program, does more in a minute than is taken."""


class Away(AllocatorError):
    """A service that must be asked does not answer; nothing was done."""
