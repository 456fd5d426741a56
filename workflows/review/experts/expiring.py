"""Titles that are about to expire: the expert hears of it once, in time to hand in a new paper."""

from datetime import date, timedelta

from django.urls import reverse

from config.words import T
from notifications.messages import tell_all
from notifications.notes import Note
from notifications.topics import optional_mail
from workflows.engine import clock
from workflows.engine.guards import spoken_day
from workflows.models import Expert, ExpertTitle

TOPIC = "expert.title"
optional_mail(TOPIC, T("Titles that expire", "职称到期提醒"))
AHEAD = timedelta(days=60)
SUBJECT = T("Your title “{title}” holds until {until}", "您的职称“{title}”将于 {until} 到期")
BODY = T(
    "After that day it does not count as senior, and you are not drawn any more. Add the new one to your file, with "
    "its paper.",
    "到期后不再按高级职称计算，您将不再参加抽取。请在“我的档案”中补充新的职称及证明材料。",
)


def tell_of_expiring(today: date | None = None) -> int:
    """Tell every enrolled expert whose confirmed senior title expires within 60 days, once for each day of expiry.

    Whoever has another senior title that holds longer is not told. Returns how many titles there are.
    """
    day = today or clock.day_of(clock.now())
    held = ExpertTitle.objects.filter(level=ExpertTitle.Level.SENIOR, verified_at__isnull=False)
    ending = held.filter(
        valid_until__gte=day, valid_until__lte=day + AHEAD, expert__status=Expert.Status.ENROLLED,
        expert__user__isnull=False,
    )  # fmt: skip
    lasting = held.exclude(valid_until__lte=day + AHEAD)
    found = list(
        ending.exclude(expert__in=lasting.values("expert")).select_related("expert__user").order_by("pk")
    )
    tell_all(
        [
            Note(
                recipient=one.expert.user, key=f"title:{one.pk}:{one.valid_until}",
                subject=SUBJECT.format(title=one.name, until=spoken_day(one.valid_until)), body=BODY,
                link=reverse("my_expert"), topic=TOPIC,
            )
            for one in found
            if one.expert.user is not None and one.valid_until is not None
        ]
    )  # fmt: skip
    return len(found)
