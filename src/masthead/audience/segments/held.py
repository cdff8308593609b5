"""The values of attributes as SQL, for both databases. The key is always a parameter, and always that of a definition."""

from __future__ import annotations

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, F, FloatField, Func, Value
from django.db.models.sql.compiler import SQLCompiler


class Held(Func):
    """The value of an attribute; NULL where a reader has none, or has one of another kind. The templates are constants."""

    sqlite = ""
    postgresql = ""

    def __init__(self, key: str) -> None:
        # Both are needed: the key for PostgreSQL, the path for SQLite's JSON functions.
        super().__init__(F("attributes"), Value(key, output_field=CharField()), output_field=self.type_of_value)

    @property
    def type_of_value(self) -> Any:
        """The type that the database compares with."""
        return CharField()

    def as_sql(  # type: ignore[override]  # Django's own answer lists, too
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any
    ) -> tuple[str, list[Any]]:
        """As this database says it."""
        column, key = self.source_expressions
        held, _none = compiler.compile(column)
        postgresql = connection.vendor == "postgresql"
        _sql, params = compiler.compile(key)
        parameter = params[0] if postgresql else f'$."{params[0]}"'
        text = self.postgresql if postgresql else self.sqlite
        return text.replace("COLUMN", held).replace("KEY", "%s"), [parameter] * text.count("KEY")


class Text(Held):
    """A text, a date, a choice, a country, a language."""

    sqlite = "json_extract(COLUMN, KEY)"
    postgresql = "(COLUMN ->> KEY)"


class Number(Held):
    """A number; texts that were never converted are none."""

    sqlite = "(CASE WHEN json_type(COLUMN, KEY) IN ('integer', 'real') THEN json_extract(COLUMN, KEY) END)"
    postgresql = "(CASE WHEN jsonb_typeof(COLUMN -> KEY) = 'number' THEN (COLUMN ->> KEY)::double precision END)"

    @property
    def type_of_value(self) -> Any:
        """As JSON has them."""
        return FloatField()


class Truth(Held):
    """Of yes and no: 'true' or 'false'."""

    sqlite = "json_type(COLUMN, KEY)"
    postgresql = "(COLUMN ->> KEY)"


class Among(Func):
    """Whether one of several choices is among those a reader made."""

    sqlite = "EXISTS (SELECT 1 FROM json_each(COLUMN, %s) one WHERE one.value = %s)"
    postgresql = "coalesce(jsonb_exists(COLUMN -> %s, %s), false)"
    conditional = True

    def __init__(self, key: str, choice: str) -> None:
        words = (Value(each, output_field=CharField()) for each in (key, choice))
        super().__init__(F("attributes"), *words, output_field=BooleanField())

    def as_sql(  # type: ignore[override]  # Django's own answer lists, too
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **more: Any
    ) -> tuple[str, list[Any]]:
        """As this database says it."""
        column, key, choice = self.source_expressions
        held, _none = compiler.compile(column)
        (name,), (word,) = compiler.compile(key)[1], compiler.compile(choice)[1]
        if connection.vendor == "postgresql":
            return self.postgresql.replace("COLUMN", held), [name, word]
        return self.sqlite.replace("COLUMN", held), [f'$."{name}"', word]
