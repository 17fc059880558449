"""Places that members saved, and packs of one server."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nobody has saved a place, and no server has a pack of its own."""
    op.create_table(
        "guild_packs",
        sa.Column("guild_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("author", sa.String(200)),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "name", name=op.f("pk_guild_packs")),
    )
    op.create_table(
        "saved",
        sa.Column("member_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("section", sa.String(20), nullable=False),
        sa.Column("unit", sa.String(80), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", "topic", "section", "unit", name=op.f("pk_saved")),
    )
