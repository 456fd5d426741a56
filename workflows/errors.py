"""The refusals of the engine: one class per cause."""

from typing import Any

from config.errors import Refusal
from config.words import T
from workflows.engine.guards import Reason


class Blocked(Refusal):
    """One or more applications do not meet the guards of a step; nothing was changed."""

    code = "blocked"
    status = 409
    words = T(
        en="“{step}” cannot be done on {count} of {total}: nothing was changed.",
        zh="“{step}”有 {count} 件（共 {total} 件）不能办理，未作任何改动。",
    )

    def __init__(self, *, reasons: dict[int, list[Reason]], **values: Any) -> None:
        super().__init__(**values)
        self.reasons = reasons

    @property
    def sentence(self) -> T:
        """For a single application the reasons themselves."""
        if self.values["total"] == 1 and self.reasons:
            only = next(iter(self.reasons.values()))
            return T(en=" ".join(r.words.en for r in only), zh="".join(r.words.zh for r in only))
        return super().sentence


class ReasonMissing(Refusal):
    code = "reason_missing"
    status = 422
    words = T(en="“{step}” needs a reason: write one sentence.", zh="“{step}”需要写明理由。")


class KeyReused(Refusal):
    code = "key_reused"
    status = 409
    words = T(
        en="This request was already used for something else. Reload the page and try again.",
        zh="这个请求标识已用于另一项操作。请刷新页面后再试。",
    )


class OneByOne(Refusal):
    """A step that needs something said of each case was asked for on many."""

    code = "one_by_one"
    status = 409
    words = T(
        en="“{step}” is done on one case at a time; {count} were named.",
        zh="“{step}”须逐件办理，不能一次办理 {count} 件。",
    )


class UnknownStep(Refusal):
    code = "unknown_step"
    status = 422
    words = T(en="There is no step “{step}” in this programme.", zh="本项目没有“{step}”这一步骤。")


class CalendarUnknown(Refusal):
    """A deadline falls beyond the loaded working-day calendar."""

    code = "calendar_unknown"
    status = 503
    words = T(
        en="The working-day calendar does not reach far enough from {day}. "
        "Ask the administrator to load the next year.",
        zh="工作日历不足以从 {day} 推算期限。请管理员载入下一年度的日历。",
    )


class NothingSelected(Refusal):
    code = "nothing_selected"
    status = 422
    words = T(en="Nothing is selected. Tick at least one item.", zh="未选择任何事项。请至少勾选一项。")


class WindowClosed(Refusal):
    code = "window_closed"
    status = 409
    words = T(en="The window of {round} is closed.", zh="{round}的申报期已结束。")


class AlreadyApplied(Refusal):
    code = "already_applied"
    status = 409
    words = T(
        en="{applicant} already has an application in this round. Open it under “My applications”.",
        zh="{applicant} 在本轮已有申报。请在“我的申报”中打开。",
    )


class NotForThem(Refusal):
    """A firm applies where bureaus do, or a bureau where firms do."""

    code = "not_for_them"
    status = 409
    words = T(
        en="{applicant} cannot apply for “{round}”: it is for another kind of organisation. See its guide.",
        zh="{applicant} 不能申报“{round}”：申报主体类型不符，详见办事指南。",
    )


class Locked(Refusal):
    """Something is changed that is not open for changes in this state."""

    code = "locked"
    status = 409
    words = T(
        en="“{what}” cannot be changed now. Only a draft, and what a correction asks for, can be changed.",
        zh="“{what}”现在不能修改。只有草稿和要求补正的内容可以修改。",
    )


class UnknownProgramme(Refusal):
    code = "unknown_programme"
    status = 422
    words = T(
        en="There is no programme “{programme}”. There are: {known}.",
        zh="没有项目“{programme}”。现有项目：{known}。",
    )


class UnknownVersion(Refusal):
    code = "unknown_version"
    status = 422
    words = T(
        en="“{programme}” declares no policy version {policy}. It declares: {known}.",
        zh="“{programme}”没有政策版本 {policy}。现有版本：{known}。",
    )


class NotPublished(Refusal):
    """A round is to run on a version that nobody has published."""

    code = "not_published"
    status = 409
    words = T(
        en="Policy version {policy} of “{programme}” is not published. "
        "Publish it first: manage.py publish_version {slug} {policy}",
        zh="“{programme}”的政策版本 {policy} 尚未发布。请先发布：manage.py publish_version {slug} {policy}",
    )


class VersionChanged(Refusal):
    """What a published version declares has changed."""

    code = "version_changed"
    status = 409
    words = T(
        en="Policy version {policy} of “{programme}” is published and cannot change ({changed}). "
        "Undo the change, or declare it as a new version.",
        zh="“{programme}”的政策版本 {policy} 已发布，不能更改（{changed}）。请撤销改动，或另立新版本。",
    )


class SearchUnclear(Refusal):
    code = "search_unclear"
    status = 422
    words = T(en="The search is not understood. {problem}", zh="看不懂搜索条件。{problem}")


class SheetFull(Refusal):
    code = "sheet_full"
    status = 422
    words = T(
        en="A sheet of Excel holds {most} rows: take the CSV, or narrow the list.",
        zh="Excel 工作表最多 {most} 行：请下载 CSV，或缩小范围。",
    )


class ManifestMoved(Refusal):
    """Cases of a manifest have changed since it was frozen; nothing was changed."""

    code = "manifest_moved"
    status = 409
    words = T(
        en="{count} of {total} cases have changed since the list was drawn up; nothing was done. Draw it up again.",
        zh="清单形成后，{total} 件中有 {count} 件已有变动，未作任何改动。请重新生成清单。",
    )


class SignatureWrong(Refusal):
    """What was signed is not the manifest as it was frozen."""

    code = "signature_wrong"
    status = 409
    words = T(
        en="What was signed is not this list. Reload the page and sign again.",
        zh="所签的不是这份清单。请刷新页面后重新签署。",
    )


class ManifestBlocked(Refusal):
    """All or nothing was asked for, and something blocks some of the cases."""

    code = "manifest_blocked"
    status = 409
    words = T(
        en="“{step}” cannot be done on {count} of {total}: nothing was changed. "
        "Mend them, or choose to go on without them.",
        zh="“{step}”有 {count} 件（共 {total} 件）不能办理，未作任何改动。请先处理，或选择先办其余的。",
    )


class ManifestSettled(Refusal):
    code = "manifest_settled"
    status = 409
    words = T(
        en="This list was already signed. Look at what became of it, or draw up a new one.",
        zh="这份清单已经签署。请查看办理结果，或重新生成清单。",
    )


class SearchNameTaken(Refusal):
    code = "search_name_taken"
    status = 409
    words = T(
        en="There is already a saved search “{name}” here: choose another name.",
        zh="这里已有名为“{name}”的已存搜索，请换一个名称。",
    )


class SearchNameMissing(Refusal):
    code = "search_name_missing"
    status = 422
    words = T(en="Give the search a name of at most 40 characters.", zh="请为搜索起名，最多 40 个字符。")


class TooManySearches(Refusal):
    code = "too_many_searches"
    status = 409
    words = T(
        en="There are {most} saved searches already: take one away first.",
        zh="已存搜索已有 {most} 条：请先删去一条。",
    )
