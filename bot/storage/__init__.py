"""Where everything is kept: one SQLite file, or PostgreSQL by URL, behind the same unit of work."""
