"""PostgreSQL: opened for several processes, its clock, its errors in words."""
