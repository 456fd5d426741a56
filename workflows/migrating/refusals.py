"""Why cases do not move to another policy version."""

from typing import TYPE_CHECKING, Any

from config.errors import Refusal
from config.words import T

if TYPE_CHECKING:
    from workflows.migrating.planning import Plan


class NotMigratable(Refusal):
    """Some of the cases could not finish under the other version; nothing was changed."""

    code = "not_migratable"
    status = 409
    words = T(
        en="{blocked} of {total} cases cannot move to {policy}: nothing was changed. {why}",
        zh="{total} 件中有 {blocked} 件不能迁移到 {policy}，未作任何改动。{why}",
    )

    def __init__(self, *, plan: "Plan", **values: Any) -> None:
        super().__init__(**values)
        self.plan = plan


class SameVersion(Refusal):
    code = "same_version"
    status = 422
    words = T(
        en="From and to are both {policy}: name two versions.", zh="起止版本都是 {policy}，请指定两个版本。"
    )


class UnknownState(Refusal):
    code = "unknown_state"
    status = 422
    words = T(
        en="Policy version {policy} has no state “{state}”. It has: {known}.",
        zh="政策版本 {policy} 没有状态“{state}”。现有状态：{known}。",
    )


class NothingToMove(Refusal):
    code = "nothing_to_move"
    status = 409
    words = T(en="No running case stands under {policy}.", zh="没有在办件适用 {policy}。")


class NoSuchMigration(Refusal):
    code = "no_such_migration"
    status = 404
    words = T(en="There is no migration no. {pk} of this programme.", zh="本项目没有编号为 {pk} 的迁移。")
