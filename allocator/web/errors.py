"""What can be wrong with a request before anything is done.

::

    allocator.errors.AllocatorError
    ├── Unidentified            401   nobody is logged in
    └── NotAllowed              403
        ├── Forged              403   a form that was not sent from one of our pages
        └── TooManyRequests     429   again and again
"""

from __future__ import annotations

from allocator.errors import AllocatorError, NotAllowed


class Unidentified(AllocatorError):
    """Nobody is logged in, or no longer."""


class Forged(NotAllowed):
    """The request was not made by one of our pages on the person's behalf."""
