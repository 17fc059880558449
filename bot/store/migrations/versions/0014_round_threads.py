"""A round may have a thread of its own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """A round knows the channel of its lobby where it goes on in a thread; those before this have none."""
    op.add_column("rounds", sa.Column("parent_id", sa.BigInteger(), nullable=True))
