"""Alembic's scripts, one for every released change of the schema."""
