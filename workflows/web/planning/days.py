"""A day that a clerk types, as the moment at which the office closes on it."""

from datetime import datetime, time

from django.utils.dateparse import parse_date

from workflows.engine.clock import HERE
from workflows.review.assignment.bidding import BidsDayWrong

END_OF_DAY = time(18, 0)


def day_end(text: str) -> datetime:
    """18:00 of the day that was typed.

    Raises:
        BidsDayWrong: it is no day.
    """
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None:
        raise BidsDayWrong
    return datetime.combine(found, END_OF_DAY, tzinfo=HERE)
