"""The end of a daily question and its results are two steps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """The end of a daily question and its results are two steps."""
    op.add_column("daily", sa.Column("told", sa.Double(), nullable=True))
    op.execute("UPDATE daily SET told = closed")
