"""What passes through a browser and comes back: signed with the server's secret."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path

from mmm.errors import OutputImpossible, on_disk


def nonce() -> str:
    """256 random bits."""
    return secrets.token_urlsafe(32)


def token_of(secret: bytes, purpose: str, content: str) -> str:
    """HMAC-SHA-256 of a content for one purpose, 64 hexadecimal digits."""
    return hmac.new(secret, f"{purpose}\0{content}".encode(), hashlib.sha256).hexdigest()


def sealed(secret: bytes, purpose: str, content: Mapping[str, str]) -> str:
    """A content that a browser keeps and cannot change; it can read it."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    body = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    return f"{body}.{token_of(secret, purpose, body)}"


def unsealed(secret: bytes, purpose: str, text: str) -> dict[str, str] | None:
    """What was sealed for the purpose; None for anything else."""
    body, _, mark = text.partition(".")
    if not hmac.compare_digest(token_of(secret, purpose, body).encode(), mark.encode()):
        return None
    found: dict[str, str] = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    return found


def make_secret(path: Path) -> None:
    """A new secret in a file that its owner alone reads; one that is there stays.

    Raises OutputImpossible where there is no place for it.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    except OSError as error:
        raise OutputImpossible(path, on_disk(error)) from None
    with os.fdopen(number, "wb") as file:
        file.write(secrets.token_bytes(64))
