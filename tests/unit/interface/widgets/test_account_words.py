"""The header's words on money: what is known is told, and what is not is not made up."""

import pytest

from components.interface.widgets.templating import render
from components.runs.queries.spending import Spent


def words(balance_usd: float | None, spent: Spent, limit_usd: float | None, sandbox: bool) -> str:
    html = render(
        "account.html",
        balance_usd=balance_usd,
        is_sandbox=sandbox,
        is_halted=False,
        spent=spent,
        limit_usd=limit_usd,
    )
    return " ".join(html.striptags().split())


@pytest.mark.parametrize(
    ("balance_usd", "spent", "limit_usd", "sandbox", "said"),
    [
        (12.5, Spent(0, 0), None, False, "Balance $12.50 Spent today $0.00"),
        (
            50,
            Spent(1.2, 0),
            None,
            True,
            "Balance $50.00 (play money, refills itself) Spent today $1.20",
        ),
        (None, Spent(0.004, 0), 20.0, False, "Balance unknown Spent today $0.0040 of $20.00"),
        (
            1234.5,
            Spent(1.2, 0.59),
            20.0,
            False,
            "Balance $1,234.50 Spent today $1.20 (+ $0.59 set aside) of $20.00",
        ),
    ],
)
def test_balance_and_spending_are_told_as_far_as_they_are_known(
    balance_usd: float | None, spent: Spent, limit_usd: float | None, sandbox: bool, said: str
) -> None:
    assert words(balance_usd, spent, limit_usd, sandbox) == said
