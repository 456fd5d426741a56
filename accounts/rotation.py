"""Bring every sealed value under the first key, in chunks, so that an old key can be taken away."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, models, transaction
from psycopg import sql

from accounts.sealing import SealedField, key_id_of, seal, sealed_fields, unseal

CHUNK_ROWS = 2_000


@dataclass(frozen=True, slots=True)
class Rotated:
    """One sealed column and how many of its values were sealed anew."""

    column: str
    resealed: int


def rotate_all(*, chunk_rows: int = CHUNK_ROWS) -> Iterator[Rotated]:
    """Seal anew, column by column, what is not under the first key; each chunk is a transaction of its own.

    It can be stopped and started again at any time: what is done is not found again. Values that are
    written meanwhile are under the first key already.

    Raises:
        UnknownKey: a value's key is not among FIELD_KEYS; the chunk it is in stays as it was.
    """
    for model, field in sealed_fields():
        yield Rotated(f"{model._meta.label}.{field.name}", _rotate(model, field, chunk_rows))


def _rotate(model: type[models.Model], field: SealedField, chunk_rows: int) -> int:
    present = key_id_of(seal("x")).encode() + b"\0"
    pk = model._meta.pk
    assert pk.column and field.column
    names = {
        "table": sql.Identifier(model._meta.db_table),
        "pk": sql.Identifier(pk.column),
        "pk_type": sql.SQL(pk.rel_db_type(connection) or "bigint"),
        "value": sql.Identifier(field.column),
    }
    old = sql.SQL(
        "select {pk}, {value} from {table}"
        " where {value} <> '' and substring({value} from 1 for %(length)s) <> %(present)s"
        " order by {pk} limit %(rows)s for update"
    ).format(**names)
    new = sql.SQL(
        "update {table} t set {value} = n.value"
        " from unnest(%(pks)s::{pk_type}[], %(values)s::bytea[]) as n(pk, value) where t.{pk} = n.pk"
    ).format(**names)
    done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(old, {"length": len(present), "present": present, "rows": chunk_rows})
            rows = cursor.fetchall()
            if not rows:
                return done
            pks, values = zip(*((key, seal(unseal(value))) for key, value in rows), strict=True)
            cursor.execute(new, {"pks": list(pks), "values": list(values)})
            done += len(rows)
