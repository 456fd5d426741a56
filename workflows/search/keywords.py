"""The keywords of the search: what each means as a condition on cases, in the words of either language."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_

from django.db.models import Q, QuerySet

from accounts.models import Membership, Organisation, User
from config.words import T
from workflows.absences import covered_people
from workflows.models import Round
from workflows.programmes import registry
from workflows.queries import OFFICE_ROLES, waiting_for
from workflows.search.terms import Term, Unreadable, no_such
from workflows.search.values import NO_SIGN, compared, days, fen, year

NONE = ("@none", "none", "无", "没有")
# So many employers of one word are looked up; a word of more is common, and is looked for in the cases.
MOST_EMPLOYERS = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """Who searches, on which day."""

    user: User
    today: date


@dataclass(frozen=True, slots=True)
class Found:
    """What a term means.

    Attributes:
        counted: the same as a condition on the counters, where they can answer it.
        states: the only states of such cases, None for any.
        whole: the states all of whose cases are such.
    """

    q: Q
    counted: Q | None = None
    states: frozenset[str] | None = None
    whole: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Keyword:
    """One keyword: its names, its sentence for the help, examples, and how its values are read."""

    name: str
    also: tuple[str, ...]
    words: T
    examples: tuple[str, ...]
    read: "Callable[[str, Term, Asked], Found]"
    # Values worth offering while typing: what is typed, and what it means.
    offers: "Callable[[Asked], list[tuple[str, T]]]" = field(default=lambda _: [])
    # Whether `a,b` means a or b, and whether <, >, = and a..b are understood.
    lists: bool = True
    ordered: bool = False


def values_of(keyword: Keyword, term: Term) -> list[str]:
    """The values of a term: those between its commas, or the one."""
    if term.sign and not keyword.ordered:
        raise Unreadable(NO_SIGN.format(word=keyword.name))
    if term.quoted or not keyword.lists:
        return [term.value]
    return [value for value in term.value.split(",") if value] or [term.value]


# ── is:


def every_state() -> frozenset[str]:
    return frozenset(str(state) for programme in registry().values() for state in programme.states)


def _standing(wanted: dict[str, list[str]]) -> Found:
    """Cases that stand in one of the states wanted of each programme (slug → states)."""
    q = reduce(or_, (Q(programme=slug, state__in=states) for slug, states in wanted.items()))
    some = frozenset(state for states in wanted.values() for state in states)
    left = {str(s) for slug, p in registry().items() for s in p.states if str(s) not in wanted.get(slug, ())}
    return Found(q, q, some, some - left)


def _running(*, over: bool) -> Found:
    return _standing(
        {slug: [str(s) for s in p.states if bool(s.outcome) is over] for slug, p in registry().items()}
    )


@dataclass(frozen=True, slots=True)
class Is:
    """One value of `is:`."""

    name: str
    also: tuple[str, ...]
    words: T
    found: Callable[[Asked], Found]


def _both(q: Q) -> Found:
    return Found(q, q)


IS = (
    Is("overdue", ("逾期", "超期"), T("past their deadline", "已超过期限"),
       lambda a: Found(Q(due_on__lt=a.today, stopped_on=None))),
    Is("waiting", ("待办", "等我"), T("waiting for me", "等我办理"), lambda a: Found(waiting_for(a.user))),
    Is("open", ("在办", "未办结"), T("not finished", "尚未办结"), lambda _: _running(over=False)),
    Is("closed", ("办结", "已办结"), T("finished, whatever the result", "已办结，不论结果"),
       lambda _: _running(over=True)),
    Is("mine", ("我的",), T("handled by me, or by whom I stand in for", "由我或我代办的同事经办"),
       lambda a: Found(Q(assigned_to=a.user) | Q(assigned_to__in=covered_people(a.user)))),
    Is("unclaimed", ("无人", "未认领"), T("handled by nobody yet", "尚无人经办"), lambda _: Found(Q(assigned_to=None))),
    Is("stopped", ("停表", "中止计时"), T("whose time limit stands still", "期限中止计算"),
       lambda _: Found(Q(stopped_on__isnull=False))),
    Is("held", ("暂缓",), T("with people on hold", "名单中有人暂缓"), lambda _: Found(Q(rows_held__gt=0))),
    Is("disputed", ("有出入", "不一致"), T("whose people differ from the tax record", "名单与税务记录不一致"),
       lambda _: Found(Q(rows_in_dispute__gt=0))),
    Is("frozen", ("冻结", "异议"), T("with people frozen by an objection", "名单中有人因异议冻结"),
       lambda _: Found(Q(rows_frozen__gt=0) | Q(objections_open__gt=0))),
)  # fmt: skip
_IS_BY_NAME = {name: kind for kind in IS for name in (kind.name, *kind.also)}


def _is(value: str, _term: Term, asked: Asked) -> Found:
    kind = _IS_BY_NAME.get(value.casefold())
    if kind is None:
        raise no_such(T("kind", "类别"), value, _IS_BY_NAME)
    return kind.found(asked)


# ── who


def _lead(value: str, _term: Term, asked: Asked) -> Found:
    if value.casefold() in ("@me", "me", "我"):
        return Found(Q(assigned_to=asked.user))
    if value.casefold() in NONE:
        return Found(Q(assigned_to=None))
    people = _colleagues(asked.user)
    named = people.filter(Q(name__icontains=value) | Q(email__istartswith=value))
    ids = list(named.values_list("pk", flat=True)[:100])
    if not ids:
        raise no_such(T("colleague", "同事"), value, people.values_list("name", flat=True))
    return Found(Q(assigned_to__any=ids))


def _colleagues(user: User) -> QuerySet[User]:
    """The staff of the offices that share a round with one of the user's: those who may handle what they see."""
    mine = sorted(user.organisations_as(*OFFICE_ROLES))
    rounds = Round.objects.filter(Q(handler__in=mine) | Q(authority__in=mine))
    members = Membership.objects.in_force().filter(
        Q(organisation__in=rounds.values("handler")) | Q(organisation__in=rounds.values("authority"))
    )
    return User.objects.filter(pk__in=members.values("user")).order_by("name")


def employers(word: str) -> Q:
    """Cases of the employers with `word` in their name, or whose credit code begins with it."""
    ids = list(Organisation.objects.named(word).values_list("pk", flat=True)[: MOST_EMPLOYERS + 1])
    if len(ids) <= MOST_EMPLOYERS:
        return Q(applicant__any=ids)
    return Q(applicant__in=Organisation.objects.named(word))


def _applicant(value: str, _term: Term, _asked: Asked) -> Found:
    return Found(employers(value))


# ── what


def _programme(value: str, _term: Term, _asked: Asked) -> Found:
    names = {
        name.casefold(): slug
        for slug, declared in registry().items()
        for name in (slug, declared.code, declared.title.en, declared.title.zh)
    }
    slug = names.get(value.casefold())
    if slug is None:
        raise no_such(
            T("programme", "事项"), value, [*registry(), *(str(p.title) for p in registry().values())]
        )
    return _both(Q(programme=slug))


def _state(value: str, _term: Term, _asked: Asked) -> Found:
    named = value.casefold()
    found = {
        slug: [str(s) for s in p.states if named in (str(s), s.label.en.casefold(), s.label.zh)]
        for slug, p in registry().items()
    }
    if not any(found.values()):
        labels = [n for p in registry().values() for s in p.states for n in (str(s), s.label.en, s.label.zh)]
        raise no_such(T("state", "状态"), value, labels)
    return _standing({slug: states for slug, states in found.items() if states})


def _year(value: str, term: Term, _asked: Asked) -> Found:
    return Found(compared("year", term.sign, value, year), compared("round__year", term.sign, value, year))


def _round(value: str, _term: Term, _asked: Asked) -> Found:
    """A round is named by its year, or by programme/year."""
    slug, slash, which = value.rpartition("/")
    q = compared("round__year", "", which, year)
    if slash:
        q &= _programme(slug, _term, _asked).q
    return _both(q)


def _batch(value: str, _term: Term, _asked: Asked) -> Found:
    if value.casefold() in NONE:
        return Found(Q(batch=None))
    return Found(Q(batch__number__startswith=value.upper()))


def _amount(value: str, term: Term, _asked: Asked) -> Found:
    return Found(compared("amount_fen", term.sign, value, fen))


def _due(value: str, term: Term, asked: Asked) -> Found:
    if value.casefold() in NONE and not term.sign:
        return Found(Q(due_on=None))
    return Found(compared("due_on", term.sign, value, days(asked.today)))


def _submitted(value: str, term: Term, asked: Asked) -> Found:
    return Found(compared("submitted_at__date", term.sign, value, days(asked.today)))


# ── offered while typing


def _offer_is(_: Asked) -> list[tuple[str, T]]:
    return [(kind.name, kind.words) for kind in IS]


def _offer_states(_: Asked) -> list[tuple[str, T]]:
    # Not the first state of each programme: a draft is on nobody's desk.
    return list({str(s): s.label for p in registry().values() for s in p.states[1:]}.items())


def _offer_programmes(_: Asked) -> list[tuple[str, T]]:
    return [(slug, programme.title) for slug, programme in registry().items()]


def _offer_lead(_: Asked) -> list[tuple[str, T]]:
    return [("@me", T("handled by me", "由我经办")), ("@none", T("handled by nobody yet", "尚无人经办"))]


KEYWORDS = (
    Keyword("is", ("是",), T("a kind of case", "一类申报"), ("is:overdue", "is:open"), _is, _offer_is),
    Keyword("state", ("状态",), T("where it stands", "所处状态"), ("state:checked", "state:初审"),
            _state, _offer_states),
    Keyword("lead", ("经办", "经办人"), T("who handles it", "经办人员"), ("lead:@me", "lead:@none"),
            _lead, _offer_lead),
    Keyword("applicant", ("单位", "企业"),
            T("part of the employer's name, or its credit code", "单位名称的一部分或信用代码"),
            ("applicant:软件",), _applicant, lists=False),
    Keyword("programme", ("事项", "项目"), T("the programme", "申报事项"), ("programme:talent-tax-rebate",), _programme,
            _offer_programmes),
    Keyword("year", ("年度",), T("the policy year", "政策年度"), ("year:2019", "year:2018..2020"), _year, ordered=True),
    Keyword("round", ("轮次",), T("the round, by its year", "轮次（写年度）"), ("round:2019",), _round),
    Keyword("batch", ("批次",), T("the batch", "批次编号"), ("batch:none",), _batch),
    Keyword("amount", ("金额",), T("the sum in yuan", "金额（元）"), ("amount:>1e6", "amount:1万..100万"), _amount,
            lists=False, ordered=True),
    Keyword("due", ("期限", "到期"), T("the deadline", "办理期限"), ("due:<=today", "due:2026-11", "due:none"),
            _due, lists=False, ordered=True),
    Keyword("submitted", ("提交", "申报日期"), T("when it was submitted", "提交日期"), ("submitted:>=2026-10-01",),
            _submitted, lists=False, ordered=True),
)  # fmt: skip
BY_NAME = {name: keyword for keyword in KEYWORDS for name in (keyword.name, *keyword.also)}
