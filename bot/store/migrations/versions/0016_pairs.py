"""Questions that one member asks another."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nobody has asked anybody before."""
    op.create_table(
        "pairs",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("phase", sa.String(10), nullable=False),
        sa.Column("begun", sa.Boolean(), nullable=False),
        sa.Column("asked", sa.Double(), nullable=False),
        sa.Column("ended", sa.Double()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairs")),
    )
    op.create_table(
        "pair_members",
        sa.Column("pair_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("part", sa.String(20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("points", sa.JSON()),
        sa.Column("unsure", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["pair_id"], ["pairs.id"], name=op.f("fk_pair_members_pair_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("pair_id", "member_id", name=op.f("pk_pair_members")),
    )
    op.create_index("ix_pair_members_member_id", "pair_members", ["member_id"])
