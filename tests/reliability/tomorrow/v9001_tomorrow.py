"""A schema that no release has: to be killed in the middle of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = TOMORROW = "9001"
down_revision = "0002"


def upgrade() -> None:
    """A column, a table with rows from another, an index: each a statement of its own."""
    op.add_column("plans", sa.Column("note", sa.Text(), nullable=True))
    op.create_table(
        "labels",
        sa.Column("plan", sa.String(64), sa.ForeignKey("plans.digest"), primary_key=True),
        sa.Column("label", sa.Text(), nullable=False),
    )
    op.execute("INSERT INTO labels (plan, label) SELECT digest, title FROM plans")
    op.execute("UPDATE plans SET note = 'moved'")
    op.create_index("ix_labels_label", "labels", ["label"])
