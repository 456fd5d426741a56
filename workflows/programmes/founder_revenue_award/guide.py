"""What the founder award tells and wants: its service guide, its papers, what inspectors and experts score by."""

from decimal import Decimal

from accounts.models import Industry
from config.words import T
from workflows.engine.declare import Guide, Paper
from workflows.engine.rubric import Criterion, Inspection, Rubric, Veto

# The field of the experts' tree in which a firm's industry lies; the catalogue's four.
SECTORS: dict[str, str] = {
    Industry.SOFTWARE: "IT",
    Industry.ELECTRONICS: "EL",
    Industry.BIOMEDICINE: "BM",
    Industry.NEW_MATERIALS: "NM",
}

PAPERS = (
    Paper("application_form", T("Application form, sealed", "申报表（盖章）"), T("Print it from here, seal it, scan it.", "从本系统打印，盖章后扫描。")),
    Paper("selection_notice", T("Notice of the founder's selection", "创业人才入选文件")),
    Paper("shareholders", T("Register of shareholders at the end of the prior year", "上年末股东名册"), T("With the seal of the registry.", "加盖登记机关查询章。")),
    Paper("audit_report", T("Audit report with a breakdown of revenue", "审计报告（含收入明细）")),
    Paper("tax_returns", T("Tax returns of the prior year", "上年度纳税申报表")),
    Paper("declaration_of_truth", T("Declaration of truth", "真实性声明"), T("Signed by the legal representative, sealed.", "法定代表人签字并盖章。")),
    Paper("investor_record", T("Record of the registered investor", "投资机构备案材料"), required=False),
    Paper("intellectual_property", T("Intellectual property and R&D account", "知识产权及研发费用材料"), required=False),
)  # fmt: skip

GUIDE = Guide(
    summary=T(
        "Firms founded by selected entrepreneurs are awarded a part of their main revenue above CNY 30 million.",
        "对入选“双百计划”的领军型创业人才创办的企业，按其业务收入超过 3000 万元的部分给予奖励。",
    ),
    conditions=(
        T("The firm was founded by a selected entrepreneur.", "企业由入选的领军型创业人才创办。"),
        T("Its industry is in the catalogue, or it is part of a major project.", "所属行业在重点产业目录内，或属于重大项目。"),
        T("The founder holds enough of the shares at the end of the prior year.", "上年末创业人才持股达到规定比例。"),
        T("At most three claims within five years from the year in which main revenue first came to CNY 30 million.",
          "自业务收入首次达到 3000 万元当年起，五年内最多申报三次。"),
        T("Inspectors find the firm at work as it says: 70 points of 100, and no veto.", "现场考察达到 70 分且无否决项。"),
        T("A panel of experts then finds it worth the award: 60 points of 100.", "现场考察后经专家组评审，达到 60 分。"),
    ),
    promised_days=90,
    fee=T("Free of charge", "不收费"),
    legal_basis=(T("“Double hundred” plan for entrepreneurs", "“双百计划”领军型创业人才政策"),),
    questions=(
        (T("Do we hear of the inspection beforehand?", "现场考察会提前通知吗？"),
         T("Yes, with day and hour; have books and contracts at hand.", "会提前通知日期和时间，请备好账册和合同。")),
        (T("Who signs the report of the inspection?", "考察报告由谁签字？"),
         T("The inspectors, and somebody of the firm.", "考察人员和企业代表签字。")),
    ),
    contact=T("Hotline 968119", "咨询热线 968119"),
)  # fmt: skip


INSPECTION = Inspection(Rubric(
    pass_at=Decimal(70),
    criteria=(
        Criterion("operation", T("Genuine operation", "真实经营"), 25, (
            Criterion("premises", T("Premises", "经营场所"), 8),
            Criterion("equipment", T("Equipment", "设备"), 7),
            Criterion("staff", T("Staff and social insurance", "人员与社保"), 10),
        )),
        Criterion("revenue", T("Revenue", "业务收入"), 30, (
            Criterion("sampling", T("Contracts, invoices and receipts sampled", "合同、发票、回款抽查"), 15),
            Criterion("audit", T("Agrees with the audit", "与审计报告一致"), 10),
            Criterion("related", T("Related-party trade", "关联交易"), 5),
        )),
        Criterion("innovation", T("Innovation", "创新能力"), 20, (
            Criterion("property", T("Intellectual property", "知识产权"), 8),
            Criterion("research", T("R&D", "研发投入"), 7),
            Criterion("team", T("Team", "团队"), 5),
        )),
        Criterion("growth", T("Growth", "成长性"), 15),
        Criterion("compliance", T("Compliance", "合规"), 10),
    ),
    vetoes=(
        Veto("not_operating", T("Not operating", "未实际经营")),
        Veto("small_share", T("The founder's share is too small", "创业人才持股不足")),
        Veto("false_data", T("False data", "提供虚假材料")),
        Veto("dishonesty", T("Record of dishonesty", "有失信记录")),
    ),
))  # fmt: skip
# An assumption of the demonstration: experts judge what the firm is worth, inspectors whether it is so.
RUBRIC = Rubric(
    pass_at=Decimal(60),
    criteria=(
        Criterion("technology", T("Technology and products", "技术与产品"), 40),
        Criterion("market", T("Market and growth", "市场与成长"), 35),
        Criterion("contribution", T("Contribution to the industry", "产业贡献"), 25),
    ),
)
