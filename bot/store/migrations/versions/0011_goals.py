"""The day a member studies for, with today's list; and the reminders that members asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables `goals` and `reminders`."""
    op.create_table(
        "goals",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("listed", sa.Date()),
        sa.Column("made", sa.Double()),
        sa.Column("steps", sa.JSON(none_as_null=True)),
        sa.PrimaryKeyConstraint("member_id", name="pk_goals"),
    )
    op.create_table(
        "reminders",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hour", sa.SmallInteger()),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("since", sa.Double(), nullable=False),
        sa.Column("last", sa.Date()),
        sa.Column("sent", sa.Double()),
        sa.Column("unanswered", sa.SmallInteger(), nullable=False, server_default="0"),
        sa.Column("closed", sa.Double()),
        sa.PrimaryKeyConstraint("member_id", name="pk_reminders"),
    )
