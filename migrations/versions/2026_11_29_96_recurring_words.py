"""What recurs is known again by any of the words that its tickets share, not by the longest alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "2026_11_29_96_recurring_words"
down_revision = "2026_11_29_94_found_texts"
branch_labels = None
depends_on = None

OF_TITLES = """
UPDATE recurrences SET roots = array(
    SELECT beginning FROM (
        SELECT root AS beginning, 0 AS place
        UNION ALL
        SELECT left(left(stem[1], greatest(length(stem[1]) - 2, 4)), 8), place
        FROM regexp_split_to_table(title, ', ') WITH ORDINALITY AS words (word, place),
            LATERAL (SELECT ts_lexize('finnish_stem', word) AS stem) stems
        WHERE length(stem[1]) >= 4
    ) its
    GROUP BY beginning ORDER BY min(place)
)
"""


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '5s'")
    op.add_column("recurrences", sa.Column("roots", ARRAY(sa.Text()), nullable=True))
    op.execute(OF_TITLES)
    op.alter_column("recurrences", "roots", nullable=False)


def downgrade() -> None:
    op.drop_column("recurrences", "roots")
