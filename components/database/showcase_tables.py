"""The tables of showcases: what is shown, the links that lead to it, and what guests said.

An item keeps a copy of what it shows of its runs, so that it stays whole when they are deleted.
"""

import sqlalchemy as sa

from components.database.schema import METADATA

SHOWCASES = sa.Table(
    "showcases",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("introduction", sa.Text, nullable=False, server_default=""),
    sa.Column("accent", sa.String(7), nullable=False, server_default=""),
    sa.Column("logo", sa.String(80), nullable=False, server_default=""),
    sa.Column("cover_item", sa.String(64), nullable=False, server_default=""),
    sa.Column("shown", sa.JSON, nullable=False),
    sa.Column("version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("content_version", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", sa.Float(53), nullable=False),
    sa.Column("changed_at", sa.Float(53), nullable=False),
    sa.Column("deleted_at", sa.Float(53)),
)
"""`version` grows with every write, `content_version` is the version of the last one by the maker
that a page of it would have to be drawn anew for."""
SHOWCASE_ITEMS = sa.Table(
    "showcase_items",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("showcase_id", sa.String(64), nullable=False, index=True),
    sa.Column("position", sa.Integer, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("caption", sa.Text, nullable=False, server_default=""),
    sa.Column("text", sa.Text, nullable=False, server_default=""),
    sa.Column("media", sa.JSON, nullable=False),
    sa.Column("runs", sa.JSON, nullable=False),
    sa.Column("without_runs", sa.JSON, nullable=False),
    sa.Column("removed_at", sa.Float(53)),
)
"""`without_runs` are the ids of runs that were taken out again, which can still be undone."""
SHOWCASE_MEDIA = sa.Table(
    "showcase_media",
    METADATA,
    sa.Column("owner", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(80), primary_key=True, index=True),
)
"""The files that are needed: `owner` is an item, or a showcase for its logo."""
SHOWCASE_RUNS = sa.Table(
    "showcase_runs",
    METADATA,
    sa.Column("item_id", sa.String(64), primary_key=True),
    sa.Column("run_id", sa.String(64), primary_key=True, index=True),
    sa.Column("showcase_id", sa.String(64), nullable=False, index=True),
)
SHOWCASE_LINKS = sa.Table(
    "showcase_links",
    METADATA,
    sa.Column("token", sa.String(64), primary_key=True),
    sa.Column("showcase_id", sa.String(64), nullable=False, index=True),
    sa.Column("created_at", sa.Float(53), nullable=False),
    sa.Column("expires_at", sa.Float(53)),
    sa.Column("revoked_at", sa.Float(53)),
    sa.Column("passphrase_hash", sa.String(200), nullable=False, server_default=""),
    sa.Column("opened_count", sa.Integer, nullable=False, server_default="0"),
    sa.Column("opened_at", sa.Float(53)),
)
SHOWCASE_GUESTS = sa.Table(
    "showcase_guests",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("showcase_id", sa.String(64), nullable=False, index=True),
    sa.Column("display_name", sa.Text, nullable=False),
    sa.Column("secret_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("created_at", sa.Float(53), nullable=False),
)
SHOWCASE_COMMENTS = sa.Table(
    "showcase_comments",
    METADATA,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("showcase_id", sa.String(64), nullable=False),
    sa.Column("item_id", sa.String(64), nullable=False, index=True),
    sa.Column("guest_id", sa.String(64)),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("place", sa.JSON(none_as_null=True)),
    sa.Column("answers", sa.String(64)),
    sa.Column("is_resolved", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("is_deleted", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("created_at", sa.Float(53), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("showcase_comments_changed", "showcase_id", "version"),
)
"""One without a guest is the maker's. `version` is the showcase's when it last changed."""
SHOWCASE_VERDICTS = sa.Table(
    "showcase_verdicts",
    METADATA,
    sa.Column("item_id", sa.String(64), primary_key=True),
    sa.Column("guest_id", sa.String(64), primary_key=True),
    sa.Column("showcase_id", sa.String(64), nullable=False),
    sa.Column("verdict", sa.String(8), nullable=False, server_default=""),
    sa.Column("is_favourite", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("changed_at", sa.Float(53), nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Index("showcase_verdicts_changed", "showcase_id", "version"),
)
RUN_REVIEWS = sa.Table(
    "run_reviews",
    METADATA,
    sa.Column("run_id", sa.String(64), primary_key=True),
    sa.Column("approvals", sa.Integer, nullable=False),
    sa.Column("change_requests", sa.Integer, nullable=False),
    sa.Column("rejections", sa.Integer, nullable=False),
    sa.Column("comments", sa.Integer, nullable=False),
)
"""What guests said of a run in all showcases, counted whenever they say something."""
