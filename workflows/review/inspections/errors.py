"""Why an act of an inspection is refused; each names what and the next step."""

from config.errors import Refusal
from config.words import T


class TooFewInspectors(Refusal):
    """Four eyes: nobody inspects alone."""

    code = "too_few_inspectors"
    status = 422
    words = T(
        en="A tour needs at least {least} inspectors: choose one more.",
        zh="现场考察至少 {least} 人：请再选一人。",
    )


class NotAnInspector(Refusal):
    """Somebody is named who does not work on these cases."""

    code = "not_an_inspector"
    status = 422
    words = T(
        en="{name} does not work in the offices of this round: choose from the list.",
        zh="{name} 不是本轮受理单位或主管部门的工作人员，请从名单中选择。",
    )


class OnAnotherTour(Refusal):
    code = "on_another_tour"
    status = 409
    words = T(
        en="{number} stands on tour {tour} already: put that visit off first.",
        zh="{number} 已列入考察 {tour}，请先取消该次考察。",
    )


class NoStops(Refusal):
    code = "no_stops"
    status = 422
    words = T(en="Choose at least one firm to visit.", zh="请至少选择一家要考察的企业。")


class SameHour(Refusal):
    code = "same_hour"
    status = 422
    words = T(
        en="Two firms are planned for {time}: give each its own time.",
        zh="{time} 安排了两家企业，请错开时间。",
    )


class NoInspection(Refusal):
    """A step of the inspection was asked for outside its page."""

    code = "no_inspection"
    status = 409
    words = T(
        en="This is done on the page of the visit: open the tour there.",
        zh="这一步在考察页面办理，请从考察安排进入。",
    )


class NotOnTheTour(Refusal):
    """Only those who went there note, report and sign."""

    code = "not_on_the_tour"
    status = 403
    words = T(
        en="Only the inspectors of tour {tour} can do this: {names}.",
        zh="只有考察 {tour} 的考察人员可以办理：{names}。",
    )


class ReportIsIn(Refusal):
    code = "report_is_in"
    status = 409
    words = T(
        en="The report of this visit is handed in: open it again with a reason, then change it.",
        zh="本次考察报告已提交；如需修改，请先说明理由重新打开。",
    )


class NoReportYet(Refusal):
    code = "no_report_yet"
    status = 409
    words = T(
        en="The report is not handed in yet: hand it in, then sign.",
        zh="考察报告尚未提交，请先提交再签字。",
    )


class ReportChanged(Refusal):
    """What was signed on the phone is not what is here."""

    code = "report_changed"
    status = 409
    words = T(
        en="The report has changed since it was shown for signing: read it again, then sign.",
        zh="报告在出示签字后有变动，请重新阅读后再签字。",
    )


class SheetIncomplete(Refusal):
    code = "sheet_incomplete"
    status = 409
    words = T(en="Not scored yet: {names}.", zh="尚未评分：{names}。")


class PhotosMissing(Refusal):
    code = "photos_missing"
    status = 409
    words = T(
        en="The report needs at least {least} photograph that has arrived: there are {count}.",
        zh="报告至少需要 {least} 张已上传的照片，现有 {count} 张。",
    )


class NotAHalf(Refusal):
    code = "not_a_half"
    status = 422
    words = T(
        en="“{name}” is scored in half points, not “{points}”.",
        zh="“{name}”以 0.5 分为单位，不能是“{points}”。",
    )


class UnknownField(Refusal):
    code = "unknown_field"
    status = 422
    words = T(en="The checklist has no field “{name}”.", zh="检查表没有“{name}”这一项。")


class SignedAlready(Refusal):
    code = "signed_already"
    status = 409
    words = T(en="{name} has signed already.", zh="{name} 已经签过字。")


class SignatureMissing(Refusal):
    code = "signature_missing"
    status = 422
    words = T(
        en="Draw the signature or type the name of who signs; for a refusal give its reason.",
        zh="请手写签名或填写签字人姓名；拒绝签字的须写明理由。",
    )


class NoSuchPhoto(Refusal):
    code = "no_such_photo"
    status = 404
    words = T(
        en="This photograph was not begun here: choose it again.",
        zh="没有找到这张照片的上传记录，请重新选择。",
    )
