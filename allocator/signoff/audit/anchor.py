"""Heads of the chain kept elsewhere: in a file, and signed with a key that the store has not."""

from __future__ import annotations

import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from allocator.signoff.store import events, heads
from allocator.signoff.store.connect import Store
from allocator.signoff.store.heads import SignedHead
from mmm.errors import Fault, InputError, on_disk

_HASH = re.compile("[0-9a-f]{64}")
_KEY = "an Ed25519 key; make one: allocator audit key FILE"


@dataclass(frozen=True)
class Anchor:
    """A head: number (0 where only the hash is known) and hash of an event."""

    number: int
    hash: str


def message(number: int, hash_: str) -> bytes:
    """What is signed."""
    return f"allocator:head:{number}:{hash_}".encode()


def make_key(path: Path) -> str:
    """Write a new private key that only its owner reads; the public key, hexadecimal.

    Raises InputError where the file is there already.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    made = Ed25519PrivateKey.generate()
    try:
        opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="ascii") as file:
            file.write(made.private_bytes_raw().hex() + "\n")
    except OSError as error:
        raise InputError([Fault(str(path), 0, 0, "", on_disk(error), "a new file")]) from None
    return made.public_key().public_bytes_raw().hex()


def sign_head(store: Store, key: Path, *, at: str) -> SignedHead:
    """Sign the head with the key of a file, and keep the signature beside it.

    Raises InputError for a file that is no key, or a store without events.
    """
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    try:
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key.read_text("ascii")))
    except OSError as error:
        raise InputError([Fault(str(key), 0, 0, "", on_disk(error), _KEY)]) from None
    except ValueError:
        raise InputError([Fault(str(key), 0, 0, "", "something else", _KEY)]) from None
    public = private.public_key().public_bytes_raw().hex()
    with store.reading() as connection:
        head = events.last(connection)
        known = None if head is None else heads.get(connection, head.number)
    if head is None:
        raise InputError([Fault("store", 0, 0, "", "no events", "one at least")])
    if known is not None:
        return known
    signature = private.sign(message(head.number, head.hash)).hex()
    one = SignedHead(head.number, head.hash, public, signature, at)
    store.writing(lambda connection: heads.add(connection, one))
    return one


def proves(key: str, signature: str, number: int, hash_: str) -> bool:
    """Whether the owner of a public key signed this head."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    try:
        public = Ed25519PublicKey.from_public_bytes(bytes.fromhex(key))
        public.verify(bytes.fromhex(signature), message(number, hash_))
    except (InvalidSignature, ValueError):
        return False
    return True


def head_form(number: int, hash_: str, at: str) -> str:
    """The text of a file with a head."""
    return json.dumps({"number": number, "hash": hash_, "at": at}) + "\n"


def read_head(text: str) -> Anchor:
    """A head from a hash, or a file with one (``audit head``, a receipt.json, an export's
    manifest). Raises InputError."""
    expected = "64 hexadecimal digits, or a file with a head"
    if _HASH.fullmatch(text.strip().lower()):
        return Anchor(0, text.strip().lower())
    try:
        form = json.loads(Path(text).read_text(encoding="utf-8"))
        number, hash_ = form["number"], form["hash"]
        if type(number) is not int or number < 1 or not _HASH.fullmatch(hash_):
            raise ValueError("no head")
    except OSError as error:
        raise InputError([Fault(text[:100], 0, 0, "", on_disk(error), expected)]) from None
    except (ValueError, KeyError, TypeError):
        raise InputError([Fault(text[:100], 0, 0, "", "something else", expected)]) from None
    return Anchor(number, hash_)
