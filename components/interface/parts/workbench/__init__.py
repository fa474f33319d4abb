"""A model's tab: its form, plans, and what a result can be used for."""
