"""Prices, quotes, charges, and the limit on a day's spending."""
