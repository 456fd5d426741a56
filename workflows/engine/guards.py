"""A guard is one `Q` and one sentence: the button's state, the reason, the filter and the WHERE at once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from string import Formatter
from typing import Any

from django.db.models import Expression, Q

from accounts.models import User
from config.words import T
from workflows.engine.where import Where, declared_here


@dataclass(frozen=True, slots=True)
class Asking:
    """Who asks whether a step may be done, for whom, and by which clock (`at` is an SQL expression)."""

    actor: User
    at: Expression
    behalf: int | None = None

    @property
    def persons(self) -> tuple[int, ...]:
        """Whose act it would be: the actor's, and that of the absent person for whom they do it."""
        return (self.actor.pk,) if self.behalf is None else (self.actor.pk, self.behalf)


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition on an application's own columns, with the sentence that is read where it is not met.

    Args:
        holds: what must be true, as a `Q` or as a function of who asks and when.
        words: the sentence for the person; its placeholders are columns of the application.
        mend: the name of the place where it can be mended (`roster`, `papers`, …); pages turn it into a link.
        of_actor: whether a function of `holds` asks for the actor alone, so that one compiled lock serves them always.
        versions: policy version → condition and sentence, where they follow its parameters (`by_terms`).
    """

    holds: Q | Callable[[Asking], Q]
    words: T
    mend: str = ""
    code: str = ""
    of_actor: bool = False
    where: Where = field(default_factory=declared_here, compare=False, repr=False)
    versions: Mapping[str, tuple[Q, T]] = field(default_factory=dict, compare=False, repr=False)

    def q(self, asking: Asking) -> Q:
        return self.holds if isinstance(self.holds, Q) else self.holds(asking)

    def q_in(self, policy: str, asking: Asking) -> Q:
        """What it asks of cases of one policy version."""
        return self.versions[policy][0] if policy in self.versions else self.q(asking)

    def words_in(self, policy: str) -> T:
        """Its sentence for cases of one policy version."""
        return self.versions[policy][1] if policy in self.versions else self.words

    @property
    def columns(self) -> frozenset[str]:
        """The columns that the sentence names."""
        return frozenset(name for _, name, _, _ in Formatter().parse(self.words.en) if name)


def by_terms(
    policies: Mapping[str, Any],
    holds: Callable[[Any], Q],
    words: Callable[[Any], T],
    *,
    mend: str = "",
    code: str = "",
) -> Guard:
    """A guard that takes the parameters of each case's own policy version, in its condition and in its sentence.

    >>> by_terms(POLICIES, lambda p: Q(facts__staff__gte=p.staff), lambda p: T(f"Under {p.staff} people.", …))
    """
    versions = {key: (holds(terms), words(terms)) for key, terms in policies.items()}
    joined = Q()
    for key, (q, _) in versions.items():
        joined |= Q(policy=key) & q
    return Guard(joined, next(iter(versions.values()))[1], mend=mend, code=code, versions=versions)


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a step cannot be done on one application: the sentence filled in, and where to mend it."""

    code: str
    words: T
    mend: str = ""

    def __str__(self) -> str:
        return str(self.words)


def filled(words: T, row: dict[str, Any]) -> T:
    """`words` with a row's values: fen as yuan, dates as each language writes them, a dash for what is not known."""
    return words.format(**{name: _shown(name, value) for name, value in row.items()})


def _shown(name: str, value: Any) -> Any:
    if value is None:
        return "—"
    if name.endswith("_fen"):
        return f"{value / 100:,.2f}"
    return spoken_day(value) if isinstance(value, date) else value


def spoken_day(day: date, *, provisional: bool = False) -> T:
    """A day as each language writes it; one that rests on a calendar that is not official says so."""
    en, zh = f"{day.day} {day:%b %Y}", f"{day.year} 年 {day.month} 月 {day.day} 日"
    return T(en=f"{en} (provisional)", zh=f"{zh}（暂定）") if provisional else T(en=en, zh=zh)
