"""What forms show, so that no file goes under a form that lives on in a browser.

A form is a holder: it names itself with every look, and holds exactly what it showed then.
"""

from collections.abc import Collection

import sqlalchemy as sa

from components.database.engine import reading
from components.database.schema import FORM_FILES

HOLD_S = 30 * 86_400.0
"""A draft that nobody looked at for so long is forgotten."""
HOLD_AGAIN_S = 86_400.0
"""A form is looked at with every letter; that much of a hold may be gone before it is renewed."""
LET_GO_S = 3_000.0
"""What a form no longer shows can be brought back for so long, and is gone within the hour."""


def hold(engine: sa.Engine, holder: str, names: Collection[str], now: float) -> None:
    """Let files stay that a form shows; those it showed before go in `LET_GO_S`."""
    shown, mine = set(names), FORM_FILES.c.holder == holder
    with reading(engine) as connection:
        rows = connection.execute(sa.select(FORM_FILES).where(mine)).all()
    fresh = {row.name for row in rows if row.until > now + HOLD_S - HOLD_AGAIN_S}
    if fresh == shown:
        return
    with engine.begin() as connection:
        too_long = FORM_FILES.c.until > now + LET_GO_S
        let_go = FORM_FILES.update().where(mine, too_long, FORM_FILES.c.name.not_in(shown))
        connection.execute(let_go.values(until=now + LET_GO_S))
        connection.execute(FORM_FILES.delete().where(mine, FORM_FILES.c.name.in_(shown)))
        if shown:
            until = now + HOLD_S
            held = [{"holder": holder, "name": it, "until": until} for it in sorted(shown)]
            connection.execute(FORM_FILES.insert(), held)
