"""Cases of the programme that docs/declare-a-programme.md declares, moved by the real verbs."""

from accounts.models import Organisation, User
from tests.workflows.conftest import fresh
from tests.world import document
from workflows import approvals, batches, drafts
from workflows.engine.perform import perform
from workflows.models import Application, ApplicationPaper, Batch, Round

ANSWERS = {
    "damage": {
        "loss_fen": "90,000", "insured_fen": "30000.00", "trading": "yes", "account_of_it": "屋顶漏水，货品受损。",
    },
    "contact": {
        "contact_name": "林小鹭", "contact_id_kind": "resident_id", "contact_id_number": "350299199001150013",
        "contact_mobile": "13800138000", "contact_email": "lin@example.test",
    },
    "account": {
        "account_name": "示例小店", "bank_name": "示例银行厦门分行", "bank_code": "102393000012",
        "account": "1234567890123456",
    },
}  # fmt: skip


def filled_in(call: Round, employer: Organisation, owner: User, **other: str) -> Application:
    """A draft with everything in it, through the verbs that its pages use."""
    case = drafts.start(call, employer, by=owner)
    for section, answers in ANSWERS.items():
        drafts.save_section(case, section, {**answers, **other})
    held = document(owner, employer, "paper", f"受灾照片{case.pk}.jpg")
    ApplicationPaper.objects.create(application=case, paper="pictures", document=held, added_by=owner)
    drafts.recount_papers(case.pk)
    drafts.declare(case, made=True)
    return fresh(case)


def visited(case: Application, owner: User, clerk: User) -> Application:
    perform("submit", [case.pk], actor=owner, key=f"submit{case.pk}")
    perform("accept", [case.pk], actor=clerk, key=f"accept{case.pk}")
    perform("visit", [case.pk], actor=clerk, key=f"visit{case.pk}")
    return fresh(case)


def approved(cases: list[Application], call: Round, clerk: User, second: User, official: User) -> Batch:
    batch = approvals.open_batch(call, by=clerk)
    approvals.consolidate(batch, [case.pk for case in cases], by=clerk, key="c")
    approvals.hand_in(batch, by=clerk, key="h")
    approvals.verify(batch, by=second, key="v")
    return approvals.approve(batch, by=official, key="a", signed=batches.manifest_sha256(batch))
