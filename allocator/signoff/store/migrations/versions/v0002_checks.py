"""Checks: the figures of a plan made again, and whether they agree. No row of before changes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from allocator.signoff.store.append_only import statements

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """A table whose rows are never changed."""
    op.create_table(
        "checks",
        sa.Column("event", sa.Integer(), nullable=False),
        sa.Column("plan", sa.String(length=64), nullable=False),
        sa.Column("agrees", sa.Boolean(), nullable=False),
        sa.Column("engine", sa.String(length=200), nullable=False),
        sa.Column("result", sa.String(length=64), nullable=False),
        sa.Column("at", sa.String(length=27), nullable=False),
        sa.ForeignKeyConstraint(["event"], ["events.number"]),
        sa.ForeignKeyConstraint(["plan"], ["plans.digest"]),
        sa.ForeignKeyConstraint(["result"], ["blobs.digest"]),
        sa.PrimaryKeyConstraint("event"),
    )
    op.create_index(op.f("ix_checks_plan"), "checks", ["plan"], unique=False)
    for statement in statements(op.get_bind().dialect.name, {"checks": ("event",)}, first=False):
        op.execute(statement)
