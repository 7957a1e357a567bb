"""The tables. Times are UTC in ISO 8601 text, money is whole cents, documents are blobs.

What was said is only ever added to: blobs, events, heads, signatures, comments, documents and
checks have triggers on both databases that refuse every UPDATE and DELETE (see ``append_only``).
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

DIGEST = String(64)
NAME = String(200)
TIME = String(27)  # 2026-11-22T10:00:00.000000Z

metadata = MetaData()

users = Table(
    "users", metadata,
    Column("id", String(32), primary_key=True),
    Column("name", NAME, nullable=False),
    Column("mail", NAME, nullable=False, unique=True),
    Column("password", Text),  # argon2id; none for whom somebody else identifies
    Column("disabled", Boolean, nullable=False, default=False),
    Column("created_at", TIME, nullable=False),
)  # fmt: skip

grants = Table(
    "grants", metadata,
    Column("user_id", ForeignKey("users.id"), primary_key=True),
    Column("role", String(40), primary_key=True),
    Column("market", String(80), primary_key=True),  # `all` for every market
)  # fmt: skip

blobs = Table(
    "blobs", metadata,
    Column("digest", DIGEST, primary_key=True),
    Column("size", Integer, nullable=False),
    Column("content", LargeBinary, nullable=False),
)  # fmt: skip

plans = Table(
    "plans", metadata,
    Column("digest", DIGEST, primary_key=True),  # the plan's own, not its file's
    Column("blob", ForeignKey("blobs.digest"), nullable=False),
    Column("title", Text, nullable=False),
    Column("market", String(80), nullable=False, index=True),
    Column("scenario", NAME, nullable=False),
    Column("scenario_digest", DIGEST, nullable=False),
    Column("curves_digest", DIGEST, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("cents", BigInteger, nullable=False),
    Column("starts", String(10), nullable=False),
    Column("ends", String(10), nullable=False),
    Column("author", ForeignKey("users.id"), nullable=False),
    Column("replaces", ForeignKey("plans.digest")),  # the plan it was changed from
    Column("state", String(40), nullable=False, index=True),
    Column("version", Integer, nullable=False),  # one more with every act
    Column("facts", Text, nullable=False),  # JSON: what decided who must sign
    Column("required", Text, nullable=False),  # JSON: the steps, with the rules that asked
    Column("authority", ForeignKey("blobs.digest")),  # the matrix that was in force
    Column("reviewer", ForeignKey("users.id")),
    Column("created_at", TIME, nullable=False),
    Column("changed_at", TIME, nullable=False, index=True),
)  # fmt: skip

documents = Table(
    "documents", metadata,
    Column("plan", ForeignKey("plans.digest"), primary_key=True),
    Column("kind", String(40), primary_key=True),  # dossier, page, workbook, onepager, …
    Column("blob", ForeignKey("blobs.digest"), primary_key=True),
    Column("name", NAME, nullable=False),
    Column("at", TIME, nullable=False),
    Column("by", ForeignKey("users.id"), nullable=False),
)  # fmt: skip

signatures = Table(
    "signatures", metadata,
    Column("plan", ForeignKey("plans.digest"), primary_key=True),
    Column("person", ForeignKey("users.id"), primary_key=True),  # whose name stands there
    Column("actor", ForeignKey("users.id"), nullable=False),  # who acted, by delegation
    Column("place", Integer, nullable=False),  # 1, 2, …: in which order
    Column("role", String(40), nullable=False),
    Column("reason", Text, nullable=False),
    Column("conditions", Text, nullable=False),  # JSON list
    Column("seen", Text, nullable=False),  # JSON: the figures on the page that was signed
    Column("rules", Text, nullable=False),  # JSON: the rules that asked for it
    Column("at", TIME, nullable=False),
    UniqueConstraint("plan", "place"),
    UniqueConstraint("plan", "actor"),
)  # fmt: skip

comments = Table(
    "comments", metadata,
    Column("id", String(32), primary_key=True),
    Column("plan", ForeignKey("plans.digest"), nullable=False, index=True),
    Column("about", NAME, nullable=False),  # `plan`, `line:search/brand` or `rule:tv-commit`
    Column("answers", ForeignKey("comments.id")),
    Column("person", ForeignKey("users.id"), nullable=False),
    Column("text", Text, nullable=False),
    Column("at", TIME, nullable=False),
)  # fmt: skip

delegations = Table(
    "delegations", metadata,
    Column("id", String(32), primary_key=True),
    Column("giver", ForeignKey("users.id"), nullable=False),
    Column("taker", ForeignKey("users.id"), nullable=False),
    Column("role", String(40), nullable=False),
    Column("market", String(80), nullable=False),
    Column("starts", TIME, nullable=False),
    Column("ends", TIME, nullable=False),
    Column("reason", Text, nullable=False),
    Column("revoked_at", TIME),
)  # fmt: skip

events = Table(
    "events", metadata,
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("at", TIME, nullable=False),
    Column("actor", String(32), nullable=False),
    Column("role", String(40), nullable=False),
    Column("behalf", String(32), nullable=False),
    Column("action", String(60), nullable=False),
    Column("subject", String(64), nullable=False, index=True),
    Column("details", Text, nullable=False),
    Column("previous", DIGEST, nullable=False, unique=True),  # two events never follow one
    Column("hash", DIGEST, nullable=False, unique=True),
)  # fmt: skip

checks = Table(
    "checks", metadata,  # of the figures of a plan, made again from its scenario and curves
    Column("event", ForeignKey("events.number"), primary_key=True),
    Column("plan", ForeignKey("plans.digest"), nullable=False, index=True),
    Column("agrees", Boolean, nullable=False),
    Column("engine", NAME, nullable=False),  # version of the program that computed
    Column("result", ForeignKey("blobs.digest"), nullable=False),  # JSON: all that was found
    Column("at", TIME, nullable=False),
)  # fmt: skip

heads = Table(
    "heads", metadata,
    Column("number", ForeignKey("events.number"), primary_key=True),
    Column("hash", DIGEST, nullable=False),
    Column("key", Text, nullable=False),  # public Ed25519 key, hexadecimal
    Column("signature", Text, nullable=False),  # of the hash, hexadecimal
    Column("at", TIME, nullable=False),
)  # fmt: skip

jobs = Table(
    "jobs", metadata,
    Column("id", String(32), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("request", Text, nullable=False),  # JSON
    Column("state", String(20), nullable=False, index=True),
    Column("progress", Integer, nullable=False),  # per cent
    Column("message", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("person", ForeignKey("users.id"), nullable=False),
    Column("result", Text),  # JSON
    Column("created_at", TIME, nullable=False),
    Column("beat_at", TIME),  # when its worker last said that it lives
    Column("finished_at", TIME),
)  # fmt: skip

sessions = Table(
    "sessions", metadata,
    Column("token", DIGEST, primary_key=True),  # SHA-256 of what the cookie holds
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("csrf", String(64), nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("seen_at", TIME, nullable=False),
    Column("fresh_at", TIME, nullable=False),  # when the password was last given
)  # fmt: skip

tokens = Table(
    "tokens", metadata,
    Column("token", DIGEST, primary_key=True),  # SHA-256
    Column("user_id", ForeignKey("users.id"), nullable=False, index=True),
    Column("name", NAME, nullable=False),
    Column("scope", String(40), nullable=False),
    Column("created_at", TIME, nullable=False),
    Column("ends_at", TIME, nullable=False),
    Column("revoked_at", TIME),
)  # fmt: skip

attempts = Table(
    "attempts", metadata,  # logins that failed, for the limit on them
    Column("id", Integer, primary_key=True),
    Column("name", NAME, nullable=False, index=True),
    Column("address", String(64), nullable=False, index=True),
    Column("at", TIME, nullable=False),
)  # fmt: skip

ADDED_ONLY = (blobs, documents, signatures, comments, events, heads, checks)
"""Tables whose rows are never changed and never taken away."""
