"""Drafts of topics that members asked for, and why an answer was no good."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the drafts, and the reasons to the votes; of the old votes nobody knows any."""
    op.create_table(
        "drafts",
        sa.Column("slug", sa.String(80), nullable=False),
        sa.Column("guild_id", sa.BigInteger()),
        sa.Column("owner_id", sa.BigInteger()),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("asks", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("state", sa.String(10), nullable=False),
        sa.Column("made", sa.Double(), nullable=False),
        sa.Column("changed", sa.Double(), nullable=False),
        sa.Column("channel_id", sa.BigInteger()),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("patch", sa.Text()),
        sa.PrimaryKeyConstraint("slug", name=op.f("pk_drafts")),
    )
    op.create_index("ix_drafts_guild_id_state", "drafts", ["guild_id", "state"])
    op.create_index("ix_drafts_owner_id", "drafts", ["owner_id"])
    op.add_column("feedback", sa.Column("reason", sa.String(20)))
    op.add_column("feedback", sa.Column("why", sa.Text()))
    op.add_column("feedback", sa.Column("guild_id", sa.BigInteger()))
