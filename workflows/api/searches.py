"""Searches: what the search of the worklist understands, and searches kept under a name."""

from typing import Annotated, Literal

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Schema
from pydantic import StringConstraints

from accounts.models import Scope
from workflows import saved_searches as verbs
from workflows.api.bearer import asker
from workflows.api.kinds import Done, Id, Ref
from workflows.api.routes import DESK, Routes, put_header
from workflows.models import SavedSearch
from workflows.search import hints, offers
from workflows.search.parsing import LONGEST
from workflows.web.desk.saved import offices_of

routes = Routes("Searches")
Query = Annotated[str, StringConstraints(max_length=LONGEST)]
Name = Annotated[str, StringConstraints(max_length=120)]


class SearchValueOut(Schema):
    """Something that can be typed, and what it means."""

    typed: str
    meaning: str


class KeywordOut(Schema):
    """One keyword of the search: its other names, what it means, examples."""

    name: str
    also: list[str]
    meaning: str
    examples: list[str]


class SyntaxOut(Schema):
    """What `q` of the worklist understands. `values`: what one can type, with names that one's offices have."""

    keywords: list[KeywordOut]
    values: list[SearchValueOut]


class SearchOut(Schema):
    """A search under a name, one's own or an office's. `count` where the counters know it, else null."""

    id: int
    name: str
    q: str
    office: Ref | None
    count: int | None


class SearchIn(Schema):
    """A name for a search; `office` to share it with its people."""

    name: Name
    q: Query
    office: Id | None = None


class SearchChangeIn(Schema):
    """Another name, or a place up or down in its list."""

    name: Name | None = None
    move: Literal["up", "down"] | None = None


@routes.get("/worklist/syntax", SyntaxOut, scope=Scope.CASES_READ, by=DESK)
def worklist_syntax(request: HttpRequest) -> SyntaxOut:
    """What can be asked for in `q` of the worklist, of a manifest's `query`, and of a saved search."""
    return SyntaxOut(
        keywords=[
            KeywordOut(name=h.name, also=list(h.also), meaning=str(h.words), examples=list(h.examples))
            for h in hints()
        ],
        values=[SearchValueOut(typed=typed, meaning=str(words)) for typed, words in offers(asker(request))],
    )


@routes.get("/searches", list[SearchOut], scope=Scope.CASES_READ, by=DESK)
def searches(request: HttpRequest) -> list[SearchOut]:
    """One's own saved searches and those of one's offices, in their order; at most thirty of each."""
    user = asker(request)
    found = list(verbs.visible_to(user).kept().select_related("office"))
    counted = verbs.counts(found, user)
    return [_out(one, counted.get(one.pk)) for one in found]


@routes.change("POST", "/searches", SearchOut, scope=Scope.CASES_WRITE, by=DESK, status=201)
def search_save(request: HttpRequest, asked: SearchIn) -> SearchOut:
    """Keep a search under a name, for oneself or for the people of an office of one's own."""
    user = asker(request)
    office = next((one for one in offices_of(user) if one.pk == asked.office), None)
    if asked.office is not None and office is None:
        raise Http404
    made = verbs.save(user, asked.name, asked.q, office=office)
    put_header(request, "Location", f"/api/v1/searches/{made.pk}")
    return _out(made, verbs.counts([made], user).get(made.pk))


@routes.change("PATCH", "/searches/{pk}", SearchOut, scope=Scope.CASES_WRITE, by=DESK)
def search_change(request: HttpRequest, pk: Id, asked: SearchChangeIn) -> SearchOut:
    """Give it another name, or change places with the one before or after it."""
    user = asker(request)
    found = get_object_or_404(verbs.visible_to(user).kept(), pk=pk)
    if asked.name is not None:
        verbs.rename(found, asked.name)
    if asked.move is not None:
        verbs.move(found, up=asked.move == "up")
    return _out(found, verbs.counts([found], user).get(pk))


@routes.change("DELETE", "/searches/{pk}", Done, scope=Scope.CASES_WRITE, by=DESK)
def search_remove(request: HttpRequest, pk: Id) -> Done:
    """Take it away; for an hour whoever did it can bring it back."""
    user = asker(request)
    found = get_object_or_404(verbs.visible_to(user).kept(), pk=pk)
    verbs.remove(found, by=user)
    return Done(done=found.name)


@routes.change("POST", "/searches/{pk}/restore", SearchOut, scope=Scope.CASES_WRITE, by=DESK)
def search_restore(request: HttpRequest, pk: Id) -> SearchOut:
    """Bring back what one took away within the last hour."""
    user = asker(request)
    found = get_object_or_404(verbs.undoable(user).select_related("office"), pk=pk)
    verbs.restore(found)
    return _out(found, verbs.counts([found], user).get(pk))


def _out(one: SavedSearch, count: int | None) -> SearchOut:
    office = Ref(id=one.office_id, name=str(one.office)) if one.office_id else None
    return SearchOut(id=one.pk, name=one.name, q=one.query, office=office, count=count)
