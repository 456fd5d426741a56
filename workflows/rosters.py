"""The people of an application: deciding, comparing with the tax record, holding and releasing. Effects of steps."""

from collections.abc import Iterable
from datetime import date

from django.db import connection
from django.db.models import Case, QuerySet, Value, When

from config.errors import Refusal
from config.words import T
from workflows.engine.amounts import amount_of
from workflows.engine.chosen import Chosen, are, chosen
from workflows.engine.deadlines import working_days_after_at
from workflows.engine.decide import decide
from workflows.engine.facts import recount_people
from workflows.engine.perform import Move
from workflows.engine.ratios import recount_ratios
from workflows.models import Application, Person
from workflows.programmes import programme as declared


class NoSuchPerson(Refusal):
    code = "no_such_person"
    status = 404
    words = T(en="This person is not on the roster of the case.", zh="该人员不在本件名单中。")


def promised_on(move: Move) -> "date | Case":
    """The promised date: the guide's working days after the day of submission, by the handler's calendar."""
    offices = Application.objects.filter(pk__any=move.ids).order_by().values_list("handler", flat=True)
    days = working_days_after_at(offices.distinct(), move.on, move.programme.guide.promised_days)
    if len(set(days.values())) == 1:
        return next(iter(days.values()))
    return Case(*(When(handler=office, then=Value(day)) for office, day in days.items()))


def decide_people(move: Move) -> None:
    """Effect: apply the decision table to everybody on the rosters and bring the counts up to date."""
    redecide(move.ids)


def redecide(cases: Iterable[int] | Chosen, *, by: str = "") -> None:
    """Apply the decision table to the rosters of `cases`, each by its own policy version, and recount.

    Where a programme has no roster, its amount is worked out for the case itself.

    Args:
        by: the policy version to which all of them are just being taken.
    """
    ids = chosen(cases)
    versions = list(
        Application.objects.filter(pk__any=ids).values_list("programme", "policy").distinct().order_by()
    )
    for slug, policy in versions:
        programme = declared(slug)
        if programme.roster is not None:
            people = Person.objects.filter(
                application_id__any=ids, application__policy=policy, application__programme=slug
            )
            decide(programme, by or policy, people)
        elif programme.amount is not None:
            cases_of = Application.objects.filter(pk__any=ids, policy=policy, programme=slug)
            cases_of.update(amount_fen=amount_of(programme, by or policy))
        if programme.ratios:
            figures = Application.objects.filter(pk__any=ids, policy=policy, programme=slug).only("facts")
            counted = recount_ratios(programme, by or policy, figures)
            Application.objects.bulk_update(counted, ["facts"], batch_size=500)
    recount_people(ids, of={slug for slug, _ in versions})


def redecide_people(case: Application, people: Iterable[int]) -> None:
    """Apply the decision table to some people of one case, and recount the case."""
    chosen = Person.objects.filter(application=case, pk__any=list(people))
    decide(case.declaration, case.policy, chosen)
    recount_people([case.pk])


def compare_people(move: Move) -> None:
    """Effect: set the tax record of each person from an import (`import` in data); who is absent from a file
    that is complete has no tax by the record."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE workflows_person p SET record_tax_fen = s.tax, compared_at = %(at)s
                 FROM (SELECT person.id, sum(r.tax_fen)::bigint AS tax, count(r.id) AS found
                         FROM workflows_person person LEFT JOIN workflows_taxrecord r
                           ON r.id_index = person.id_index AND r.tax_record_import_id = %(import)s
                        WHERE {are("person.application_id", move.ids)} AND person.problems = '[]'::jsonb
                        GROUP BY person.id) s,
                      workflows_taxrecordimport i
                WHERE p.id = s.id AND i.id = %(import)s AND (s.found > 0 OR i.complete)""",  # noqa: S608
            {"at": move.at, "import": move.data["import"], **move.ids.parameters},
        )
    redecide(move.ids)


def hold(move: Move) -> None:
    """Effect: a clerk puts one person on hold by hand (`person` in data)."""
    _one(move).update(held_by_hand=True)
    redecide(move.ids)


def release(move: Move) -> None:
    """Effect: the holds of one person that stand now are released (`person` in data); the table goes on below them."""
    person = _one(move).get()
    released = sorted({*person.released, *([person.rule] if person.result == "held" else [])})
    _one(move).update(released=released, held_by_hand=False)
    move.found["rule"] = person.rule
    redecide(move.ids)


def _one(move: Move) -> "QuerySet[Person]":
    people = Person.objects.filter(application_id__any=move.ids, pk=move.data["person"])
    if not people.exists():
        raise NoSuchPerson
    return people
