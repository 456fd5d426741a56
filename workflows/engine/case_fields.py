"""What the cases of a programme are about, in fields of the experts' tree, until somebody of the office says better."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection

from workflows.engine.chosen import Chosen, are

if TYPE_CHECKING:
    from workflows.engine.declare import Programme

# So many fields can be said of a case.
MOST = 2

# Who has some already keeps them, whoever said them; a code that is retired, or unknown here, is passed over.
_SAY = """
    INSERT INTO workflows_casefield (application_id, field_id)
    SELECT a.id, f.id
      FROM workflows_application a
           JOIN unnest(%(answers)s::text[], %(codes)s::text[]) WITH ORDINALITY AS said(answer, code, place)
             ON said.answer = '' OR said.answer = a.facts ->> %(by)s
           JOIN workflows_expertfield f ON f.code = said.code AND f.retired_at IS NULL
     WHERE {cases}
       AND NOT EXISTS (SELECT 1 FROM workflows_casefield c WHERE c.application_id = a.id)
     ORDER BY a.id, said.place
    ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class CaseFields:
    """Codes that hold for every case, and one more for each answer to the field `by` of the form."""

    always: tuple[str, ...] = ()
    by: str = ""
    where: Mapping[str, str] = field(default_factory=dict)

    @property
    def said(self) -> list[tuple[str, str]]:
        """(answer, code), the special ones first; "" is every case."""
        return [*self.where.items(), *(("", code) for code in self.always)]


def fields(*codes: str, by: str = "", where: Mapping[str, str] | None = None) -> CaseFields:
    """The fields that a case is about: `codes`, and what `where` says of the answer to the field `by`.

    >>> fields("IT01", "FN01")
    CaseFields(always=('IT01', 'FN01'), by='', where={})
    >>> fields("FN04", by="industry", where={"software": "IT01", "biomedicine": "BM"}).said
    [('software', 'IT01'), ('biomedicine', 'BM'), ('', 'FN04')]
    """
    return CaseFields(codes, by, {str(answer): code for answer, code in (where or {}).items()})


def say_fields(programme: "Programme", cases: Chosen) -> int:
    """Those of `cases` that have no field yet get what `programme` declares; how many rows that were. One statement."""
    if programme.about is None:
        return 0
    answers, codes = zip(*programme.about.said, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(
            _SAY.format(cases=are("a.id", cases)),
            {**cases.parameters, "answers": list(answers), "codes": list(codes), "by": programme.about.by},
        )
        return int(cursor.rowcount)
