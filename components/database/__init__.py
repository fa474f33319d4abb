"""The database: opened, checked, brought up to date; what SQLite says, in plain words."""
