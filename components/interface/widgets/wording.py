"""How times, sizes and amounts of money are written on the page."""

MINUTE_S = 60


def clock_text(seconds: float) -> str:
    """Seconds as "1:05"."""
    whole = max(0, round(seconds))
    return f"{whole // MINUTE_S}:{whole % MINUTE_S:02d}"


def span_text(low_s: float, high_s: float) -> str:
    """A range of seconds as "about 1:20", or "1:20 to 1:50" where the two differ."""
    low, high = clock_text(max(1, low_s)), clock_text(max(1, high_s))
    return f"about {low}" if low == high else f"{low} to {high}"


def ago(seconds: float) -> str:
    """Seconds as "3 hours ago"."""
    for unit_s, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        count = int(seconds // unit_s)
        if count:
            return f"{counted(count, unit)} ago"
    return "just now"


def usd(amount_usd: float) -> str:
    """An amount as "$0.59"; what is less than a cent keeps the digits that say something."""
    if 0 < amount_usd < 0.01:
        return f"${amount_usd:.4f}"
    return f"${amount_usd:,.2f}"


def counted(number: int, noun: str) -> str:
    """A number of things, as "1 run" or "1,200 runs"."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def percent_text(share: float) -> str:
    """A share of 1 as "94.5%"; only nothing is "0%", and only all of it "100%"."""
    if share in (0, 1):
        return f"{100 * share:.0f}%"
    return f"{max(0.1, min(99.9, 100 * share)):.1f}%"
