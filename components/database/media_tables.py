"""The table of what is kept in an object store."""

import sqlalchemy as sa

from components.database.showcase_tables import SHOWCASES

KEPT_MEDIA = sa.Table(
    "kept_media",
    SHOWCASES.metadata,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("size_bytes", sa.BigInteger, nullable=False),
    sa.Column("kept_at", sa.Float(53), nullable=False),
    sa.Column("is_whole", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("deleted_at", sa.Float(53), index=True),
    sa.Column("removal_at", sa.Float(53)),
)
"""`is_whole` says that the object was found complete; `removal_at` is when the object store was
last asked to remove it. Empty where media are kept in a folder."""
