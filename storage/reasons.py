"""Why a document was refused after its upload: the code kept in its row, and the sentence a person reads."""

from config.words import T

MISSING = "missing"
SIZE_DIFFERS = "size_differs"
DIGEST_DIFFERS = "digest_differs"
WRONG_CONTENT = "wrong_content"
BROKEN = "broken"
PASSWORD = "password"  # noqa: S105 - a reason
MACROS = "macros"
MALWARE = "malware"

SENTENCES = {
    MISSING: T(
        en="“{filename}” did not arrive. Please upload it again.",
        zh="“{filename}”没有传到，请重新上传。",
    ),
    SIZE_DIFFERS: T(
        en="“{filename}” arrived with {finding} instead of {size}. Please upload it again.",
        zh="“{filename}”应为 {size}，实际收到 {finding}，请重新上传。",
    ),
    DIGEST_DIFFERS: T(
        en="“{filename}” changed on its way: its check sum differs. Please upload it again.",
        zh="“{filename}”在传输中发生改变，校验值不一致，请重新上传。",
    ),
    WRONG_CONTENT: T(
        en="“{filename}” is not a {kind} file: its content is that of another kind of file ({finding}). "
        "Open it in the program that made it, save it as {kind}, then upload that.",
        zh="“{filename}”不是真正的 {kind} 文件，内容属于其他类型（{finding}）。"
        "请用原程序打开，另存为 {kind} 后重新上传。",
    ),
    BROKEN: T(
        en="“{filename}” is damaged or incomplete and does not open as {kind}. "
        "Save it anew, then upload that.",
        zh="“{filename}”已损坏或不完整，无法作为 {kind} 打开。请重新保存后上传。",
    ),
    PASSWORD: T(
        en="“{filename}” is protected by a password or against printing, so it cannot be checked "
        "or archived. Save it without protection, then upload that.",
        zh="“{filename}”设有密码或权限保护，无法核对和归档。请取消保护后重新上传。",
    ),
    MACROS: T(
        en="“{filename}” contains macros, which are not accepted. "
        "Save it as a workbook without macros, then upload that.",
        zh="“{filename}”含有宏，不能接收。请另存为不含宏的工作簿后重新上传。",
    ),
    MALWARE: T(
        en="“{filename}” was refused because malware was found in it ({finding}). Check your computer, "
        "then upload a clean file.",
        zh="“{filename}”中发现恶意代码（{finding}），已拒收。请先检查电脑，再上传安全的文件。",
    ),
}
