"""What cannot be done with organisations and their members, and what to do instead."""

from config.errors import Refusal
from config.words import T


class LastManager(Refusal):
    """The last owner (or administrator) may not go: nobody could let anybody in any more."""

    code = "last_manager"
    status = 409
    words = T(
        en="{name} is the last {role} of {organisation}. Give somebody else this role first.",
        zh="{name} 是 {organisation} 的最后一位{role}。请先让另一位成员担任此角色。",
    )


class MembersAreManagedByOwners(Refusal):
    """A member who may see the members, but not change them."""

    code = "members_managed_by_owner"
    status = 403
    words = T(
        en="Only an owner or administrator of {organisation} can change its members. Ask one of them.",
        zh="只有 {organisation} 的负责人或管理员可以变更成员，请与其联系。",
    )


class RoleNotHere(Refusal):
    """A role that this kind of organisation does not have."""

    code = "role_not_here"
    status = 422
    words = T(
        en="{organisation} has no such role. Choose one from the list.",
        zh="{organisation} 没有该角色，请从列表中选择。",
    )


class AlreadyMember(Refusal):
    """The address belongs to somebody who holds the role already."""

    code = "already_member"
    status = 409
    words = T(en="{email} holds this role already.", zh="{email} 已担任该角色。")


class InvitationOver(Refusal):
    """The link is too old, was used, or was withdrawn."""

    code = "invitation_over"
    status = 409
    words = T(
        en="This invitation is no longer valid. Ask the person who invited you for a new one.",
        zh="该邀请已失效，请联系邀请人重新发送。",
    )


class InvitationForAnother(Refusal):
    """Signed in with another address than the invited one."""

    code = "invitation_for_another"
    status = 403
    words = T(
        en="This invitation is for {email}. Sign out, and sign in with that e-mail.",
        zh="该邀请发给 {email}。请退出登录，再用该邮箱登录。",
    )


class CodeTaken(Refusal):
    """Another organisation with this credit code was registered a moment ago."""

    code = "code_taken"
    status = 409
    words = T(
        en="The code {credit_code} is registered already. Ask that organisation's owner for an invitation.",
        zh="统一社会信用代码 {credit_code} 已注册，请向该单位负责人申请邀请。",
    )
