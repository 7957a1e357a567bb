"""The authority file in force, read when it is needed: who changes it need not stop the server."""

from __future__ import annotations

from fastapi import Request

from allocator.signoff.authority import Authority, load_authority
from allocator.signoff.service.submission import Matrix
from allocator.web import state
from mmm.errors import InputError


def matrix(request: Request) -> Matrix:
    """What it says, and its bytes. Raises InputError with every fault and its place."""
    return Matrix(*load_authority(state.settings(request).authority))


def escalating(request: Request) -> Authority | None:
    """What it says, for an inbox; None where it has a fault, which a submission names."""
    try:
        return matrix(request).authority
    except (InputError, OSError):
        return None
