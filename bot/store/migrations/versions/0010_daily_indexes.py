"""Daily questions that are still open, and those of late days, are found without a look at all there ever were."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the indexes of what is looked for every half minute."""
    untold = sa.text("told IS NULL")
    op.create_index("ix_daily_untold", "daily", ["day", "id"], sqlite_where=untold, postgresql_where=untold)
    op.create_index("ix_daily_day", "daily", ["day"])
