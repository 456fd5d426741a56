"""What the API itself refuses; everything else is refused by the verbs below, in their own words."""

from config.errors import Refusal
from config.words import T


class TokenNeeded(Refusal):
    code = "token_needed"
    status = 401
    words = T(
        en="Send a token: “Authorization: Bearer …”. Make one under “My account”, “Tokens”.",
        zh="请携带令牌：“Authorization: Bearer …”。可在“我的账号”的“令牌”中创建。",
    )


class TokenWrong(Refusal):
    code = "token_wrong"
    status = 401
    words = T(
        en="This token is unknown, expired or revoked. Make a new one under “My account”, “Tokens”.",
        zh="令牌不存在、已过期或已撤销。请在“我的账号”的“令牌”中重新创建。",
    )


class TooManyWrongTokens(Refusal):
    code = "too_many_wrong_tokens"
    status = 429
    words = T(
        en="Too many wrong tokens from this address. Wait {minutes} minutes, and check the token.",
        zh="该地址提交的错误令牌过多。请检查令牌，{minutes} 分钟后再试。",
    )


class ScopeNeeded(Refusal):
    code = "scope_needed"
    status = 403
    words = T(
        en="This token lacks the scope “{scope}”. Make one that has it.",
        zh="该令牌没有“{scope}”权限。请创建带有此权限的令牌。",
    )


class KeyMissing(Refusal):
    code = "key_missing"
    status = 400
    words = T(
        en="Send a header “Idempotency-Key” of 1 to 60 visible characters, a new one for each change.",
        zh="请携带请求头“Idempotency-Key”（1 至 60 个可见字符），每次变更使用新的值。",
    )


class VersionNeeded(Refusal):
    code = "version_needed"
    status = 428
    words = T(
        en="“{step}” moves the case: send “If-Match” with the ETag under which you read it.",
        zh="“{step}”会改变本件状态：请携带“If-Match”，填写读取时的 ETag。",
    )


class VersionStale(Refusal):
    code = "stale"
    status = 412
    words = T(
        en="{number} has changed since you read it: it stands at version {version}. Read it again, then decide.",
        zh="{number} 在您读取之后已有变动，当前版本为 {version}。请重新读取后再办。",
    )


class BadRequest(Refusal):
    code = "bad_request"
    status = 400
    words = T(en="The request cannot be read: {what}", zh="请求无法读取：{what}")


class HasItsOwnAddress(Refusal):
    code = "done_elsewhere"
    status = 409
    words = T(
        en="“{step}” is done on its own object. Use {address}.",
        zh="“{step}”须在相应对象上办理。请使用 {address}。",
    )


class NoSuchTarget(Refusal):
    code = "no_such_target"
    status = 422
    words = T(
        en="Point {n} names no {kind} of this case: “{target}”.",
        zh="第 {n} 项所指的内容（{kind}：“{target}”）不在本件之中。",
    )


class OrganisationNeeded(Refusal):
    code = "organisation_needed"
    status = 422
    words = T(
        en="You apply for several organisations: say for which one in “organisation”.",
        zh="您可为多个单位申报：请在“organisation”中指明单位。",
    )
