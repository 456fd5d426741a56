"""What the storage refuses, one class per cause."""

from config.errors import Refusal
from config.words import T


class StoreAway(Refusal):
    """The document store cannot be reached or does not do its work."""

    code = "store_away"
    status = 503
    words = T(
        en="The document store does not answer. Nothing that you typed is lost; try again in a minute.",
        zh="文件存储暂时没有响应。您填写的内容不会丢失，请稍后再试。",
    )


class ScannerAway(Refusal):
    """The malware scanner cannot be reached; the document waits and is checked later."""

    code = "scanner_away"
    status = 503
    words = T(
        en="The malware scanner does not answer. The file waits and will be checked as soon as it does.",
        zh="病毒扫描服务暂时没有响应。文件已排队，恢复后自动检查。",
    )


class NoSuchObject(Refusal):
    """The store answers, but holds nothing under this key."""

    code = "no_such_object"
    status = 404
    words = T(
        en="This file is not in the document store. Please upload it again.",
        zh="文件存储中没有这份文件，请重新上传。",
    )


class EmptyFile(Refusal):
    """A file of no bytes."""

    code = "empty_file"
    status = 422
    words = T(
        en="“{filename}” is empty (0 bytes). Choose the file with its content.",
        zh="“{filename}”是空文件（0 字节），请选择有内容的文件。",
    )


class TooLarge(Refusal):
    """A file over the limit of its place."""

    code = "too_large"
    status = 413
    words = T(
        en="“{filename}” is {size}; at most {limit} is allowed. Make it smaller or split it, then try again.",
        zh="“{filename}”大小为 {size}，超过上限 {limit}。请压缩或拆分后重新上传。",
    )


class WrongType(Refusal):
    """A file of a kind that its place does not take."""

    code = "wrong_type"
    status = 415
    words = T(
        en="“{filename}” ({size}) is not a {kinds} file. Save it as one of these, then try again.",
        zh="“{filename}”（{size}）不是 {kinds} 文件。请另存为其中一种格式后重新上传。",
    )


class BadName(Refusal):
    """A file name that cannot be kept or shown."""

    code = "bad_name"
    status = 422
    words = T(
        en="The name of the file “{filename}” cannot be used: it has no ending such as .pdf, or is longer "
        "than {longest} characters. Rename the file, then try again.",
        zh="文件名“{filename}”无法使用：缺少 .pdf 之类的扩展名，或超过 {longest} 个字。请改名后重新上传。",
    )


class BadDigest(Refusal):
    """A finish without a SHA-256 of the file."""

    code = "bad_digest"
    status = 422
    words = T(
        en="The check sum of “{filename}” is missing. Load the page again and upload the file once more.",
        zh="“{filename}”缺少校验值。请刷新页面后重新上传。",
    )


class PolicyRefused(Refusal):
    """An upload that its policy does not cover: altered, late, or for another key."""

    code = "policy_refused"
    status = 403
    words = T(
        en="This upload is not covered by its permission, or the permission has run out. "
        "Choose the file again.",
        zh="本次上传与许可不符，或许可已过期。请重新选择文件。",
    )


class NotVerified(Refusal):
    """A document that has not passed its checks is asked for."""

    code = "not_verified"
    status = 409
    words = T(
        en="“{filename}” has not passed its checks and cannot be opened. Wait for them, or upload it again.",
        zh="“{filename}”尚未通过检查，暂时不能打开。请等待检查完成，或重新上传。",
    )


class Expired(Refusal):
    """A document whose retention is over."""

    code = "expired"
    status = 410
    words = T(
        en="“{filename}” was removed when its retention period ended. Its record is kept.",
        zh="“{filename}”保存期满，文件已删除，仅保留记录。",
    )


class CannotMask(Refusal):
    """A document whose properties cannot be taken out, for a reader who is not to know whose it is."""

    code = "cannot_mask"
    status = 409
    words = T(
        en="This file cannot be freed of what it says of its maker, so it is not shown in a blind review. "
        "Ask the office for a PDF of it.",
        zh="该文件无法去除作者等信息，匿名评审中不予提供。请联系受理单位换成 PDF。",
    )


class CopyNotReady(Refusal):
    """The masked copy is being made."""

    code = "copy_not_ready"
    status = 409
    words = T(
        en="The copy without names is being made. Please open it again in a moment.",
        zh="正在生成去除身份信息的副本，请稍后再打开。",
    )
