"""Documents by the SHA-256 of their content: the same bytes are kept once, and never changed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from sqlalchemy import Connection, insert, select

from allocator.signoff.store.tables import blobs

BATCH = 20  # documents of up to 10 MB read at a time


def put(connection: Connection, content: bytes) -> str:
    """Keep the content; its digest, 64 hexadecimal digits."""
    digest = hashlib.sha256(content).hexdigest()
    known = connection.execute(select(blobs.c.digest).where(blobs.c.digest == digest)).first()
    if known is None:
        row = {"digest": digest, "size": len(content), "content": content}
        connection.execute(insert(blobs).values(row))
    return digest


def get(connection: Connection, digest: str) -> bytes | None:
    """The content of a digest; None where nothing has it."""
    found = connection.execute(select(blobs.c.content).where(blobs.c.digest == digest)).scalar()
    return None if found is None else _bytes(found)


def changed(connection: Connection) -> Iterator[str]:
    """Names of blobs whose content has another digest: somebody wrote past the triggers."""
    query = select(blobs.c.digest, blobs.c.content)
    options = {"stream_results": True, "yield_per": BATCH}
    for digest, content in connection.execution_options(**options).execute(query):
        if hashlib.sha256(_bytes(content)).hexdigest() != digest:
            yield digest


def _bytes(content: object) -> bytes:
    """What a column holds; SQLite lets somebody who writes past us put text there."""
    return bytes(content) if isinstance(content, bytes | memoryview) else str(content).encode()
