"""What members did at drills, and duels at them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the tables; nobody has tried a drill before."""
    op.create_table(
        "drill_attempts",
        sa.Column("member_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("began", sa.Double(), nullable=False),
        sa.Column("variant", sa.String(10), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("hints", sa.Integer(), nullable=False),
        sa.Column("end", sa.String(10)),
        sa.Column("ended", sa.Double()),
        sa.Column("passed", sa.Double()),
        sa.Column("seen", sa.Double()),
        sa.PrimaryKeyConstraint("member_id", "topic", "item", name=op.f("pk_drill_attempts")),
    )
    op.create_table(
        "duels",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("guild_id", sa.BigInteger(), nullable=False),
        sa.Column("channel_id", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.BigInteger()),
        sa.Column("owner_id", sa.BigInteger()),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("topic", sa.String(80), nullable=False),
        sa.Column("item", sa.String(80), nullable=False),
        sa.Column("checks", sa.Integer(), nullable=False),
        sa.Column("limit_s", sa.Double(), nullable=False),
        sa.Column("asked", sa.Double(), nullable=False),
        sa.Column("phase", sa.String(10), nullable=False),
        sa.Column("began", sa.Double()),
        sa.Column("ended", sa.Double()),
        sa.Column("end", sa.String(10)),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duels")),
    )
    op.create_index("ix_duels_ended", "duels", ["ended"])
    op.create_table(
        "duel_players",
        sa.Column("duel_id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False, autoincrement=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("best", sa.Integer(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("handed", sa.Double()),
        sa.Column("passed", sa.Double()),
        sa.Column("gave_up", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["duel_id"], ["duels.id"], name=op.f("fk_duel_players_duel_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("duel_id", "member_id", name=op.f("pk_duel_players")),
    )
    op.create_index("ix_duel_players_member_id", "duel_players", ["member_id"])
