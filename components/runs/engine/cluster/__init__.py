"""The runs of several machines: Procrastinate on PostgreSQL says who takes which step, and when."""
