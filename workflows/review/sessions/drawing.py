"""The draw of a session's panel: the pool is frozen and its hash published, then the seed, then the panel."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from accounts.models import Role, User
from config.errors import Refusal
from config.words import T, listed
from workflows.models import Expert, ExpertField, ReviewSession, SessionItem, SessionNote
from workflows.review.draw.announcement import Announcement, freeze
from workflows.review.draw.drawing import Draw, certificate
from workflows.review.draw.moments import moment
from workflows.review.draw.pool import Panel, Quota
from workflows.review.draw.reading import announcement_of, read_reveals
from workflows.review.draw.seeds import CommitReveal, NamedSeed, Seed, commitment_of, new_secret
from workflows.review.experts.eligible import with_parts
from workflows.review.sessions import redraw
from workflows.review.sessions.chairs import choose_chair
from workflows.review.sessions.eligibility import Terms, pool_of
from workflows.review.sessions.places import place
from workflows.review.sessions.refusals import NotDrawnYet, ReasonNeeded, SessionEmpty
from workflows.review.sessions.turns import Stage, Turn, turn


class NotAnOfficial(Refusal):
    code = "not_a_draw_official"
    status = 403
    words = T(
        en="{name} is not among the officials who were announced for this draw.",
        zh="{name} 不在本次抽取公布的工作人员之中。",
    )


class SecretOrder(Refusal):
    """Something about the secrets comes too early, or a second time."""

    code = "draw_secret_order"
    status = 409
    words = T(en="This cannot be done now: {what}.", zh="现在不能这样办理：{what}。")


def announce(
    session: ReviewSession,
    *,
    by: User,
    in_field: Iterable[str],
    seed: NamedSeed | Sequence[User],
    terms: Terms | None = None,
    quotas: Mapping[str, Quota] | None = None,
    per_employer: int = 1,
    reason: str = "",
    salt: str = "",
    at: datetime | None = None,
) -> str:
    """Freeze pool, exclusions and quotas; the hash, which is public from now on.

    Args:
        in_field: codes of the fields in whose field two thirds of the panel are.
        seed: public numbers named in advance, or two officials of the authority who commit and reveal.
        quotas: how many of the panel sit for a field, by its code, beside the two thirds.
        per_employer: how many one employer may send.
        reason: why it is announced anew.
        salt: of a past that is being replayed; a random one otherwise.

    Raises:
        SessionEmpty: no cases, so nobody can say who has a conflict.
        PoolFault, DrawInfeasible, SeedFault: no panel can be drawn like that; each shortage by its name.
    """
    with turn(session, by=by, at=at) as taken:
        taken.require(Stage.PLANNED, Stage.DRAWING)
        if not SessionItem.objects.filter(session=taken.session, removed_at=None).exists():
            raise SessionEmpty(number=taken.session.number)
        times = SessionNote.objects.filter(session=taken.session, what="announced").count()
        if times and not reason.strip():
            raise ReasonNeeded
        officials = {} if isinstance(seed, NamedSeed) else _labels(taken.session, seed)
        title = taken.session.round.title
        frozen = freeze(
            Announcement(
                title=T(en=f"{title.en}, {taken.session.number}", zh=f"{title.zh} {taken.session.number}"),
                number=taken.session.ordinal * 100 + times,
                salt=salt or secrets.token_hex(16),
                frozen_at=taken.at,
                panel=Panel(
                    seats=taken.session.seats_wanted,
                    in_field=_with_parts(in_field),
                    per_employer=per_employer,
                    fields=dict(quotas or {}),
                ),
                pool=pool_of(taken.session, terms),
                method=seed if isinstance(seed, NamedSeed) else CommitReveal(tuple(officials)),
            )
        )
        taken.session.announcement, taken.session.announced_sha256 = frozen.as_json(), frozen.sha256
        taken.session.announced_at, taken.session.stage = taken.at, Stage.DRAWING
        taken.note("announced", reason, sha256=frozen.sha256, officials=officials)
    return frozen.sha256


def commit(session: ReviewSession, *, by: User, secret: str = "", at: datetime | None = None) -> str:
    """An official binds themselves to a secret; the secret, which nothing keeps: they show it when all have committed.

    Raises:
        NotAnOfficial, SecretOrder: they cannot, or have done so.
    """
    with turn(session, by=by, at=at, own=False) as taken:
        label, said = _secrets(taken, by)
        if label in said["committed"]:
            raise SecretOrder(what=T("you have committed already", "您已提交承诺"))
        secret = secret or new_secret()
        taken.note(
            "committed", announced=taken.session.announced_sha256, official=label, committed_at=moment(taken.at),
            commitment=commitment_of(taken.session.announced_sha256, label, secret),
        )  # fmt: skip
    return secret


def reveal(session: ReviewSession, secret: str, *, by: User, at: datetime | None = None) -> None:
    """An official shows the secret that they committed to, once all have committed.

    Raises:
        NotAnOfficial, SecretOrder: not theirs, too early, or another secret.
    """
    with turn(session, by=by, at=at, own=False) as taken:
        label, said = _secrets(taken, by)
        missing = _officials(taken.session).keys() - said["committed"].keys()
        if missing:
            names = listed(sorted(missing))
            raise SecretOrder(
                what=T("{names} has not committed yet", "{names} 尚未提交承诺").format(names=names)
            )
        if label in said["revealed"]:
            raise SecretOrder(what=T("you have revealed your secret already", "您已公开密值"))
        given = secret.strip().lower()
        if (
            commitment_of(taken.session.announced_sha256, label, given)
            != said["committed"][label]["commitment"]
        ):
            raise SecretOrder(what=T("this is not the secret that you committed to", "与您承诺的密值不符"))
        taken.note(
            "revealed", announced=taken.session.announced_sha256, official=label, secret=given,
            revealed_at=moment(taken.at),
        )  # fmt: skip


def draw(
    session: ReviewSession,
    *,
    by: User,
    numbers: Mapping[str, Sequence[int]] | None = None,
    at: datetime | None = None,
) -> dict[str, Any]:
    """Draw the panel: its seats, planned; the first in the field chairs. The certificate.

    Who was drawn and cannot sit by now is followed at once, with the reason in the certificate.

    Args:
        numbers: of each named source; without them what the officials have revealed.

    Raises:
        NotDrawnYet: nothing is announced.
        SeedFault: the seed is not known yet, or not the one that was announced.
    """
    with turn(session, by=by, at=at) as taken:
        if taken.session.announcement is None:
            raise NotDrawnYet(number=taken.session.number)
        taken.require(Stage.DRAWING)
        seed: Seed = numbers if numbers is not None else _revealed(taken)
        found = certificate(Draw(announcement_of(taken.session.announcement), seed, taken.at))
        taken.session.certificate, taken.session.stage = found, Stage.INVITING
        experts = Expert.objects.select_related("user").in_bulk(found["panel"], field_name="code")
        taken.note("drawn", panel=found["panel"])
        for code in found["panel"]:
            try:
                place(taken, experts[code], in_field=redraw.in_field(found, code))
            except redraw.CANNOT as refusal:
                taken.note("passed_over", refusal.sentence.zh, expert=code)
                redraw.successor(taken, code, redraw.why_left(refusal))
        choose_chair(taken)
        taken.finish("draw")
        drawn: dict[str, Any] = taken.session.certificate
    return drawn


def _with_parts(codes: Iterable[str]) -> tuple[str, ...]:
    """A field stands for everything below it."""
    fields = ExpertField.objects.filter(code__in=list(codes))
    below = ExpertField.objects.filter(pk__in=with_parts(list(fields)))
    return tuple(sorted(below.values_list("code", flat=True)))


def _labels(session: ReviewSession, officials: Sequence[User]) -> dict[str, int]:
    """The names under which officials commit; namesakes get their number.

    Raises:
        NotAnOfficial: one is no official of the authority.
    """
    found: dict[str, int] = {}
    for one in officials:
        if session.round.authority_id not in one.organisations_as(Role.OFFICIAL):
            raise NotAnOfficial(name=str(one))
        found[f"{one}#{one.pk}" if str(one) in found else str(one)] = one.pk
    return found


def _officials(session: ReviewSession) -> dict[str, int]:
    note = SessionNote.objects.filter(session=session, what="announced").order_by("pk").last()
    return dict(note.data["officials"]) if note else {}


def secrets_said(session: ReviewSession) -> dict[str, dict[str, Any]]:
    """`committed` and `revealed` of the draw as it is announced now: official → what they said."""
    said: dict[str, dict[str, Any]] = {"committed": {}, "revealed": {}}
    notes = SessionNote.objects.filter(session=session, what__in=list(said)).order_by("pk")
    for note in notes:
        if note.data["announced"] == session.announced_sha256:
            said[note.what][note.data["official"]] = note.data
    return said


def _secrets(taken: Turn, by: User) -> tuple[str, dict[str, dict[str, Any]]]:
    taken.require(Stage.DRAWING)
    mine = [label for label, pk in _officials(taken.session).items() if pk == by.pk]
    if not mine:
        raise NotAnOfficial(name=str(by))
    return mine[0], secrets_said(taken.session)


def _revealed(taken: Turn) -> Seed:
    said = secrets_said(taken.session)
    kept = ("official", "commitment", "committed_at", "secret", "revealed_at")
    return read_reveals(
        [
            {name: value for name, value in (said["committed"][label] | one).items() if name in kept}
            for label, one in said["revealed"].items()
        ]
    )
