"""A run's life: kept in a database, taken forward step by step."""
