"""What is kept: SQLite in one file by default, PostgreSQL by URL."""
