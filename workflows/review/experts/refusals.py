"""Why something is not done in the expert database."""

from config.errors import Refusal
from config.words import T


class NotOfOffice(Refusal):
    """Only officials of the office that keeps the database decide."""

    code = "not_of_office"
    status = 403
    words = T(
        en="An official of {office} decides this. Ask one of them.",
        zh="此事由 {office} 的审批人员决定，请与其联系。",
    )


class SamePerson(Refusal):
    """Four eyes: who wrote an application down, or is the expert, does not approve it."""

    code = "same_person"
    status = 409
    words = T(
        en="Somebody else approves {name}: you entered this application, or it is your own.",
        zh="{name} 的入库须由另一人审批：该申请由您录入，或是您本人的申请。",
    )


class WrongStatus(Refusal):
    code = "expert_status"
    status = 409
    words = T(
        en="{name} is “{status}” now: this cannot be done. Open the file again.",
        zh="{name} 目前为“{status}”，不能办理此项。请重新打开档案。",
    )


class ReasonNeeded(Refusal):
    code = "reason_needed"
    status = 422
    words = T(en="Please give the reason; it stays in the file.", zh="请填写原因，原因会保留在档案中。")


class AddressTaken(Refusal):
    """One address, one expert."""

    code = "expert_address_taken"
    status = 409
    words = T(
        en="{email} belongs to expert {code}. Use another address, or that file.",
        zh="{email} 已用于专家 {code}，请换一个邮箱，或使用该档案。",
    )


class NumberTaken(Refusal):
    """The same person is in the database already."""

    code = "expert_number_taken"
    status = 409
    words = T(
        en="The person with this ID number is in the database already, as {code}.",
        zh="该身份证件号码已在专家库中，编号 {code}。",
    )


class AppliedAlready(Refusal):
    code = "applied_already"
    status = 409
    words = T(
        en="There is an application or a file of yours already: {code}.",
        zh="您已有入库申请或专家档案：{code}。",
    )


class NoDatabase(Refusal):
    """Experts are kept by service organisations."""

    code = "no_expert_database"
    status = 422
    words = T(en="{office} keeps no expert database.", zh="{office} 不设专家库。")


class UnknownField(Refusal):
    code = "unknown_field"
    status = 422
    words = T(
        en="“{name}” is not a field of the tree, or it is retired. Choose one of the list.",
        zh="“{name}”不是现用的专业领域，请从列表中选择。",
    )


class FieldCodeTaken(Refusal):
    code = "field_code_taken"
    status = 409
    words = T(en="The code {code} is taken by “{title}”.", zh="代码 {code} 已用于“{title}”。")


class FieldBelowItself(Refusal):
    code = "field_below_itself"
    status = 409
    words = T(
        en="“{title}” cannot stand under itself or under one of its parts.",
        zh="“{title}”不能移到自身或其下级之下。",
    )


class FieldInUse(Refusal):
    """A retired field has no living parts."""

    code = "field_in_use"
    status = 409
    words = T(
        en="“{title}” has parts in use. Move or retire them first.",
        zh="“{title}”下还有现用的领域，请先移走或停用。",
    )


class DatesBackwards(Refusal):
    code = "dates_backwards"
    status = 422
    words = T(en="The end lies before the beginning.", zh="结束日期早于开始日期。")


class EndedLongAgo(Refusal):
    """What one says of oneself cannot undo a tie after the fact."""

    code = "ended_long_ago"
    status = 422
    words = T(
        en="A post that ended before {day} is ended by the office: write to it, with a proof.",
        zh="{day} 以前结束的任职由专家库工作人员登记，请联系并提供证明。",
    )


class NotYours(Refusal):
    """What the office has confirmed, the office takes back."""

    code = "confirmed_by_office"
    status = 403
    words = T(
        en="The office has confirmed this; ask it to take it back.",
        zh="此项已由专家库工作人员确认，如需撤下请与其联系。",
    )


class StillIncomplete(Refusal):
    code = "expert_incomplete"
    status = 422
    words = T(en="{name} cannot be enrolled yet: {missing}.", zh="{name} 暂不能入库：{missing}。")
