"""The rooms in which panels meet: an office opens them and closes them."""

from django.db import IntegrityError, transaction

from config.words import T
from workflows.engine import clock
from workflows.models import Room
from workflows.review.sessions.refusals import NotUnderstood, RoomNameTaken

MOST_SEATS = 9999


def open_room(office: int, *, name: str, place: str, seats: int) -> Room:
    """A new room of an office.

    Raises:
        NotUnderstood: it has no name.
        RoomNameTaken: the office has one of this name.
    """
    name = name.strip()[:80]
    if not name:
        raise NotUnderstood(what=T("name of the room", "会议室名称"))
    try:
        with transaction.atomic():
            return Room.objects.create(
                office_id=office, name=name, place=place.strip()[:200], seats=min(seats, MOST_SEATS)
            )
    except IntegrityError:
        raise RoomNameTaken(name=name) from None


def close_room(room: Room) -> None:
    """No session can be put into the room any more; those that are there stay."""
    Room.objects.filter(pk=room.pk, closed_at=None).update(closed_at=clock.now())
