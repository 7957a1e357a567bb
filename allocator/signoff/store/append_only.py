"""Triggers that refuse to change or remove what was said, on both databases.

SQLite has a hole: ``INSERT OR REPLACE`` removes a row without its DELETE trigger unless the
connection says ``recursive_triggers``. A trigger before the insert closes it: a row whose key is
there already is refused.
"""

from __future__ import annotations

from collections.abc import Mapping

Keys = Mapping[str, tuple[str, ...]]
"""table -> columns of its primary key"""


def statements(dialect: str, tables: Keys, *, first: bool = True) -> tuple[str, ...]:
    """The DDL for ``sqlite`` or ``postgresql``; ``first``: with what all triggers call."""
    made: list[str] = []
    if dialect == "postgresql" and first:
        made.append(
            "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'rows of % are never changed', TG_TABLE_NAME; END $$"
        )
    for name, key in tables.items():
        made += _sqlite(name, key) if dialect == "sqlite" else _postgresql(name)
    return tuple(made)


def _sqlite(name: str, key: tuple[str, ...]) -> list[str]:
    same = " AND ".join(f'"{column}" = NEW."{column}"' for column in key)
    said = f"SELECT RAISE(ABORT, 'rows of {name} are never changed'); END"
    return [
        f"CREATE TRIGGER {name}_no_update BEFORE UPDATE ON {name} BEGIN {said}",
        f"CREATE TRIGGER {name}_no_delete BEFORE DELETE ON {name} BEGIN {said}",
        f"CREATE TRIGGER {name}_no_replace BEFORE INSERT ON {name} "
        f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {same}) BEGIN {said}",
    ]


def _postgresql(name: str) -> list[str]:
    return [
        f"CREATE TRIGGER {name}_no_change BEFORE UPDATE OR DELETE ON {name} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        f"CREATE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} "
        "FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
    ]
