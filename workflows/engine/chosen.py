"""Which applications a command is about: named one by one, or frozen in a manifest. Either is one condition in SQL."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db import connection

# How many ids leave the database at a time, where Python has to see them.
CHUNK = 10_000


class Named(list[int]):
    """Ids that the caller names, in order and each once; they travel as one array."""

    ARE: ClassVar[str] = "{column} = ANY(%(ids)s)"

    def __init__(self, ids: Iterable[int] = ()) -> None:
        super().__init__(sorted(set(ids)))

    @property
    def parameters(self) -> dict[str, Any]:
        return {"ids": self}

    @property
    def identity(self) -> list[Any]:
        """What makes two requests the same."""
        return list(self)

    def as_any(self, column: str) -> tuple[str, tuple[Any, ...]]:
        """The condition with its parameters in a row, for the ORM."""
        return f"{column} = ANY(%s)", (self,)


class One(Named):
    """A single case: compared without an array, so that the server's one plan for all of them is the right one."""

    ARE: ClassVar[str] = "{column} = %(id)s"

    @property
    def parameters(self) -> dict[str, Any]:
        return {"id": self[0]}

    def as_any(self, column: str) -> tuple[str, tuple[Any, ...]]:
        return f"{column} = %s", (self[0],)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The cases of a manifest that nothing blocked when it was frozen: the ids stay in the database.

    Args:
        count: how many they are.
        sha256: of the whole manifest, as signed.
        round: only those of one round, where it is given.
    """

    ARE: ClassVar[str] = (
        "{column} IN (SELECT held.id FROM workflows_manifestpart part, unnest(part.ids, part.unmet, part.rounds)"
        " AS held(id, unmet, round) WHERE part.manifest_id = %(manifest)s AND held.unmet = 0"
        " AND %(round)s::bigint IN (0, held.round))"
    )

    manifest: int
    count: int
    sha256: str
    round: int = 0

    def __len__(self) -> int:
        return self.count

    @property
    def parameters(self) -> dict[str, Any]:
        return {"manifest": self.manifest, "round": self.round}

    @property
    def identity(self) -> list[Any]:
        return ["manifest", self.sha256, self.round]

    def as_any(self, column: str) -> tuple[str, tuple[Any, ...]]:
        sql = self.ARE.replace("%(manifest)s", "%s").replace("%(round)s", "%s")
        return sql.format(column=column), (self.manifest, self.round)

    def __iter__(self) -> Iterator[int]:
        """The ids in order, chunk by chunk."""
        among = self.ARE.format(column="a.id")
        sql = f"""SELECT a.id FROM workflows_application a WHERE a.id > %(after)s AND {among}
                   ORDER BY a.id LIMIT {CHUNK}"""  # noqa: S608
        after = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(sql, {**self.parameters, "after": after})
                ids = [pk for (pk,) in cursor.fetchall()]
            yield from ids
            if len(ids) < CHUNK:
                return
            after = ids[-1]

    def __contains__(self, pk: object) -> bool:
        return any(held == pk for held in self)


Chosen = Named | Frozen


def chosen(cases: "Iterable[int] | Chosen") -> Chosen:
    """`cases` as what a command is about; ids are put in order."""
    if isinstance(cases, Named | Frozen):
        return cases
    named = Named(cases)
    return One(named) if len(named) == 1 else named


def are(column: str, cases: Chosen) -> str:
    """The SQL condition that `column` is one of `cases`; its parameters are `cases.parameters`."""
    return cases.ARE.format(column=column)
