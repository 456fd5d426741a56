"""What the outbox delivers for this room, beyond the messages of the steps."""

import pytest

from notifications.models import OutboxRow
from notifications.outbox import deliver_due
from tests.workflows.web.batch_ways import awaiting_signature, noticed, verified
from workflows.objections import decide_objection, object_to

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(many_drafts, open_round, clerk, official, second_official):
    batch = awaiting_signature(open_round, verified(many_drafts(1), clerk), clerk, second_official)
    return noticed(batch, official, second_official).notice.lines.get(position=1)


def answered(line, official, contact):
    objection = object_to(line, name="反对者王五", contact=contact, statement="此人去年已离职", key="k1")
    decide_objection(objection, verdict="dismissed", answer="经查在职。", actor=official, key="k2")
    deliver_due()
    return objection


def test_answer_goes_to_the_mail_that_the_objector_left(line, official, mailoutbox):
    objection = answered(line, official, "电话 13900001234，邮箱 wang.wu@example.test")
    (letter,) = [mail for mail in mailoutbox if mail.to == ["wang.wu@example.test"]]
    assert letter.subject == f"异议 {objection.number} 的答复 / Your objection {objection.number}: the answer"
    assert "处理结果：异议不成立，维持公示结果。\n\n经查在职。" in letter.body
    assert "Result: dismissed; the award stands." in letter.body
    deliver_due()
    assert len([mail for mail in mailoutbox if mail.to == ["wang.wu@example.test"]]) == 1


def test_objector_with_a_telephone_alone_gets_no_mail(line, official, mailoutbox):
    objection = answered(line, official, "13900001234")
    assert OutboxRow.objects.filter(key=f"objection:{objection.pk}:decided", delivered_at=None).count() == 0
    assert [mail.to for mail in mailoutbox if objection.number in mail.subject] == []
