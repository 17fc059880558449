"""FSRS's parameters of a member, fitted to their answers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the table."""
    op.create_table(
        "fits",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parameters", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("told", sa.Integer(), nullable=False),
        sa.Column("log_loss", sa.Double(), nullable=True),
        sa.Column("usual_log_loss", sa.Double(), nullable=True),
        sa.Column("next_at", sa.Integer(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("member_id", name="pk_fits"),
    )
