"""How a programme is declared: states, steps, policies, papers, decision table, notice, guide.

A programme is a proxy model of `Application`. Each `step(...)` in its body compiles to a `django_fsm`
transition on that proxy, so the library's own introspection sees the life of a case; the engine reads
the same declarations to build its SQL.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

from django.db.models import Expression
from django_fsm import transition

from accounts.models import APPLICANT_ROLES, OrganisationKind
from config.words import T
from workflows.engine.blind import Blind, Named
from workflows.engine.budget import Benchmarks
from workflows.engine.case_fields import CaseFields, fields
from workflows.engine.guards import Guard
from workflows.engine.implied import imply
from workflows.engine.parts import (
    CertificateRule,
    Guide,
    NoticeRule,
    Notify,
    Paper,
    Question,
    Rule,
    WorkingDays,
    tell,
)
from workflows.engine.ratios import Ratio
from workflows.engine.rubric import Inspection, Rubric
from workflows.engine.spans import holds_in, versions_between
from workflows.engine.state import Holder, State
from workflows.engine.where import Where, declared_here

if TYPE_CHECKING:
    from forms.roster import Roster
    from forms.schema import Form
    from workflows.engine.caps import Cap
    from workflows.engine.decide import Table
    from workflows.engine.perform import Move
    from workflows.models import Application

__all__ = [
    "APP_LABEL", "Blind", "CaseFields", "CertificateRule", "Guide", "Holder", "Named", "NoticeRule", "Notify", "Paper",
    "Programme", "Question", "Resume", "Rule", "Same", "State", "Step", "WorkingDays", "fields", "step", "steps_of",
    "tell",
]  # fmt: skip

# No installed app has this label: Django's migrations do not look for the proxies of programmes, so that a new
# programme is a file and a line of registration.
APP_LABEL = "programmes"


class Same:
    """Target of a step that leaves the state as it is (claiming, holding a person, revealing a number)."""


class Resume:
    """Target of a step that goes back to where the case was before it was set aside."""


# Steps stand in the order in which they were declared, those of a composite stage where the stage stands.
_ORDER = count()


@dataclass(eq=False)
class Step:
    """One legal edge (or several with one meaning), who may take it, and what must hold.

    Args:
        sources, target: from where to where; `Same` stays, `Resume` goes back to where the case was.
        label, done: what the button says, and what the history says.
        by: the roles that may take it.
        when: guards, each with its sentence.
        due: the time limit for it, running from the moment when a case enters one of `sources`.
        lapses: whether it happens by itself when the limit is over.
        sets: column → value, or a function of the `Move` (an SQL expression is written set-based).
        effect: what else it does, for all cases at once, in the same transaction.
        records: columns that the event keeps.
        needs_reason: whether a reason must be given.
        tells: whom it notifies, in which words.
        in_batch: whether one command may take it on many cases; no, where each case needs its own words.
        other_than: four eyes: whoever took one of these steps on the case cannot take this one
            (`batch.prepare`, `batch.verify`, `batch.approve`: the tasks of its batch).
        other_words: what the second person is told, where the general sentence is not enough.
        at_most: how often it can be taken on one case, counted in the column `counted`.
        limit_words: what is said when that is used up.
        place: where it is done when not on the page of the case: `correction`, `batch`, `people`, …
        stage: the kind of composite stage that it belongs to, if any.
    """

    sources: tuple[State, ...]
    target: "State | type[Same] | type[Resume]"
    label: T
    done: T
    by: frozenset[str]
    when: tuple[Guard, ...] = ()
    due: WorkingDays | None = None
    lapses: bool = False
    sets: Mapping[str, Any] = field(default_factory=dict)
    effect: "Callable[[Move], None] | None" = None
    records: tuple[str, ...] = ()
    needs_reason: bool = False
    tells: tuple[Notify, ...] = ()
    asks: T | None = None
    in_batch: bool = True
    other_than: tuple[str, ...] = ()
    other_words: T | None = None
    at_most: int | None = None
    counted: str = ""
    limit_words: T | None = None
    place: str = ""
    stage: str = ""
    # The first and the last policy version that has it; empty: from the beginning, to the end.
    since: str = ""
    until: str = ""
    name: str = ""
    # An operator's step that takes cases to another policy version; no declaration has one.
    to_policy: str = ""
    # The versions between the two, when they are not all.
    policies: tuple[str, ...] | None = None
    order: int = field(default_factory=_ORDER.__next__, repr=False)
    where: Where = field(default_factory=declared_here, repr=False)
    hides: Where | None = field(default=None, repr=False)  # another step of this name: a mistake

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        before = vars(owner).get(name)
        if isinstance(before := getattr(before, "step", before), Step) and before is not self:
            self.hides = before.where
        setattr(owner, name, self._compiled())

    def _compiled(self) -> Callable[..., None]:
        """The `django_fsm` transition of this step: a method of the proxy, named as the step."""

        def move(_case: "Application") -> None:
            """Changes the state in memory only; `perform` writes it."""

        move.__name__ = move.__qualname__ = self.name
        move.__doc__ = self.label.en
        targets = self.targets()
        for source in self.sources:
            move = transition(field="state", source=source, target=targets[source], custom={"step": self})(
                move
            )
        move.step = self  # type: ignore[attr-defined]
        return move

    def targets(self) -> dict[State, "State | None"]:
        """Source → target; None where the state stays or is read from the case (`Resume`)."""
        return {source: self.target if isinstance(self.target, State) else None for source in self.sources}

    @property
    def is_applicants(self) -> bool:
        return bool(self.by & APPLICANT_ROLES)

    @property
    def for_many(self) -> bool:
        """Whether staff take it on a selection of cases by one click: nothing is asked beside the cases."""
        return self.in_batch and self.moves and not self.needs_reason and not self.is_applicants

    @property
    def moves(self) -> bool:
        """Whether it changes the state (or is done on it without changing it)."""
        return self.target is not Same


def step(
    sources: State | Iterable[State],
    target: "State | type[Same] | type[Resume]",
    *,
    label: T,
    done: T | None = None,
    by: str | Iterable[str],
    when: Iterable[Guard] = (),
    **more: Any,
) -> Any:
    """Declare a step in the body of a programme. See `Step` for the rest of the arguments."""
    return Step(
        sources=(sources,) if isinstance(sources, State) else tuple(sources),
        target=target,
        label=label,
        done=done or label,
        by=frozenset([by]) if isinstance(by, str) else frozenset(by),
        when=tuple(when),
        **more,
    )


@dataclass(eq=False)
class Programme:
    """Everything about a policy that enterprises apply for, except its steps (they are on the proxy)."""

    slug: str
    code: str
    title: T
    guide: Guide
    states: tuple[State, ...]
    policies: Mapping[str, Any]
    form: "Form"
    papers: tuple[Paper, ...] = ()
    roster: "Roster | None" = None
    decisions: tuple[Rule, ...] = ()
    award: Callable[[Any], Expression] | None = None
    # Without a roster: what a case comes to, of the policy's parameters, over `engine.amounts.answer(…)`.
    amount: Callable[[Any], Any] | None = None
    # Conditions on figures that the applicant enters; the guard `engine.ratios.all_reached` asks for them.
    ratios: tuple[Ratio, ...] = ()
    # Unit prices that the lines of a budget are held against.
    benchmarks: Benchmarks | None = None
    # Who applies: employers, or authorities (a bureau that applies for a project of its own).
    applicants: str = OrganisationKind.EMPLOYER
    notice: NoticeRule | None = None
    # What the stage `certificate` issues.
    certificate: CertificateRule | None = None
    pre_check: tuple[Question, ...] = ()
    # What experts score by; the data of panels.
    rubric: Rubric | None = None
    # Which fields of the experts' tree its cases are about, said when they are put to a panel.
    about: CaseFields | None = None
    # What experts are told of applicants, and of each other.
    blind: Blind = field(default_factory=Blind)
    # How inspectors look at a firm; a programme with a toured stage `inspection` has it.
    inspection: Inspection | None = None
    # Limits on what is granted, checked when it is.
    caps: "tuple[Cap, ...]" = ()
    # For how long an applicant is barred that handed in false papers.
    barred_years: int = 1
    model: "type[Application] | None" = None
    steps: dict[str, Step] = field(default_factory=dict)
    # What `due_steps` has found; every page of a worklist asks it for every state.
    due: dict[str, dict[str, Step | None]] = field(default_factory=dict, init=False, repr=False)
    # The decision table as SQL, by policy version, with holds and without.
    tables: "dict[tuple[str, bool], Table]" = field(default_factory=dict, init=False, repr=False)
    where: Where = field(default_factory=declared_here, repr=False)

    def on(self, model: "type[Application]") -> "Programme":
        """This programme with the steps that are declared on `model`, its proxy of `Application`.

        Raises:
            ValueError: the proxy would need a migration, or a step names what is not there.
        """
        if not model._meta.proxy or model._meta.app_label != APP_LABEL:
            raise ValueError(f'{model.__name__}: its Meta says `proxy, app_label = True, "{APP_LABEL}"`')
        self.model = model
        return self.with_steps(steps_of(model))

    def with_steps(self, steps: dict[str, Step]) -> "Programme":
        """This programme with `steps`, each told which policy versions have it, and what its other words imply.

        Raises:
            ValueError: a step names a version, or another step, that is not declared.
        """
        self.steps, self.due = steps, {}
        for made in steps.values():
            made.policies = versions_between(
                tuple(self.policies), made.since, made.until, f"step {made.name!r} of {self.slug!r}"
            )
        imply(self)
        return self

    @property
    def pays(self) -> bool:
        """Whether money is granted under it."""
        return self.award is not None or self.amount is not None

    def state(self, slug: str) -> State:
        """The declared state of that slug.

        Raises:
            KeyError: the programme has no such state.
        """
        return next((s for s in self.states if s == slug), None) or _missing(slug)

    def policy(self, key: str) -> Any:
        """The parameters of a policy version."""
        return self.policies[key]

    def rule(self, code: str) -> Rule | None:
        return next((rule for rule in self.decisions if rule.code == code), None)

    def paper(self, slug: str) -> Paper | None:
        return next((paper for paper in self.papers if paper.slug == slug), None)

    def steps_in(self, policy: str) -> dict[str, Step]:
        """The steps that a policy version has."""
        return {
            name: made
            for name, made in self.steps.items()
            if made.policies is None or policy in made.policies
        }

    def states_in(self, policy: str) -> tuple[State, ...]:
        """The states that a case can come to under a policy version."""
        reached = self._reached(self.steps_in(policy).values())
        return tuple(state for state in self.states if state in reached)

    def rules_in(self, policy: str) -> tuple[Rule, ...]:
        """The rows of the decision table that a policy version has."""
        order = tuple(self.policies)
        return tuple(r for r in self.decisions if holds_in(policy, order, r.since, r.until))

    def papers_in(self, policy: str) -> tuple[Paper, ...]:
        """The entries of the checklist that a policy version has."""
        order = tuple(self.policies)
        return tuple(p for p in self.papers if holds_in(policy, order, p.since, p.until))

    def path(self) -> list[State]:
        """The states of the path strip, in order."""
        return [s for s in self.states if s.on_path]

    def edges(self, policy: str = "") -> list[tuple[str, str, str]]:
        """(source, step, target) of every declared edge, of one policy version or of all; the first entries,
        from "", are the ways in."""
        edges: list[tuple[str, str, str]] = [("", "create", self.states[0])]
        steps = (self.steps_in(policy) if policy else self.steps).values()
        every = {s for made in steps for s in made.sources}
        here = every & self._reached(steps) if policy else every
        for made in steps:
            for source in (s for s in made.sources if s in here):
                if isinstance(made.target, State):
                    edges.append((source, made.name, made.target))
                elif made.target is Resume:
                    edges += [(source, made.name, back) for back in self._set_aside_from(source, steps, here)]
        return edges

    @staticmethod
    def _set_aside_from(state: State, steps: Iterable[Step], here: set[State]) -> list[str]:
        """From where cases are set aside in `state`: where `Resume` brings them back to."""
        into = [made for made in steps if state.stops_clock and made.target == state]
        return sorted({str(source) for made in into for source in made.sources if source in here})

    def _reached(self, steps: Iterable[Step]) -> set[State]:
        """The states that a case can come to by `steps`: what other versions alone have is left out."""
        reached, left = {self.states[0]}, [s for s in steps if isinstance(s.target, State)]
        while more := {s.target for s in left if reached & set(s.sources)} - reached:
            reached |= more  # type: ignore[arg-type]
        return reached

    def due_step(self, state: str, policy: str = "") -> Step | None:
        """The step whose time limit starts when a case enters `state`, under one policy version or any."""
        steps = (self.steps_in(policy) if policy else self.steps).values()
        return next((s for s in steps if s.due and state in s.sources), None)

    def due_steps(self, state: str) -> dict[str, Step | None]:
        """Policy version → the step whose time limit starts when a case of it enters `state`."""
        if state not in self.due:
            self.due[state] = {policy: self.due_step(state, policy) for policy in self.policies}
        return self.due[state]


def _missing(slug: str) -> State:
    raise KeyError(slug)


def steps_of(model: type) -> dict[str, Step]:
    """The steps declared on a programme's proxy, by name, in the order of declaration."""
    found = [m.step for m in vars(model).values() if isinstance(getattr(m, "step", None), Step)]
    return {made.name: made for made in sorted(found, key=lambda made: made.order)}
