"""What the talent tax rebate tells and wants before anything else: its service guide and its papers."""

from config.words import T
from workflows.engine.declare import Guide, Paper

PAPERS = (
    Paper("application_form", T("Application form, sealed", "申报表（盖章）"), T("Print it from here, seal it, scan it.", "从本系统打印，盖章后扫描。")),
    Paper("tax_certificate", T("Tax payment certificates after annual reconciliation", "完税证明（汇算清缴后）"), T("One file for all people.", "全部人员合并为一个文件。")),
    Paper("pay_summary", T("Pay summary", "薪酬汇总表"), T("As of the year of the claim.", "申报年度口径。")),
    Paper("identity_documents", T("Identity documents", "身份证件"), T("Resident ID, passport or Taiwan travel permit.", "身份证、护照或台胞证。")),
    Paper("employment_certificate", T("Certificates of employment and achievements", "在职证明及业绩材料")),
    Paper("declaration_of_truth", T("Declaration of truth", "真实性声明"), T("Signed by the legal representative, sealed.", "法定代表人签字并盖章。")),
    Paper("payment_letter", T("Payment letter", "拨款函"), T("With the account of the employer.", "写明单位收款账户。")),
    Paper("labour_contracts", T("Labour contracts or appointments", "劳动合同或任职文件"), required=False),
    Paper("insurance_record", T("Social-insurance record", "社保缴费记录"), required=False),
    Paper("onward_receipt", T("Receipt of the onward payment", "转付回执"), T("Bank receipts of the payments to each person.", "向个人转付的银行回单。"), state="paid"),
)  # fmt: skip

GUIDE = Guide(
    summary=T(
        "Part of the income tax of middle and senior staff in key industries is paid back, for three years.",
        "对重点发展产业企业中层以上人才，按其缴纳个人所得税的地方留成部分给予奖励，连续三年。",
    ),
    conditions=(
        T("The employer's industry is in the city's catalogue of key industries.", "单位所属行业在本市重点产业目录内。"),
        T("In post for at least a year and still employed.", "在岗满一年且仍在职。"),
        T("Pre-tax yearly pay of at least CNY 300,000.", "税前年薪不低于 30 万元。"),
        T("A middle or higher technical post; management posts from 2019 on.", "中层以上技术岗位；2019 年起含管理岗位。"),
        T("At most three consecutive years from the first claim.", "自首次申报起连续不超过三年。"),
        T("Only the higher of two income-tax awards in a year.", "同一年度就高不重复。"),
    ),
    promised_days=60,
    fee=T("Free of charge", "不收费"),
    legal_basis=(T("Municipal policy 2016 no. 4", "厦委发〔2016〕4 号"),),
    questions=(
        (T("Who receives the money?", "奖励资金付给谁？"),
         T("The employer, who pays it on to each person and sends a receipt.", "付给单位，由单位转付个人并上传回执。")),
        (T("Does a missed year count?", "漏报的年度算不算？"),
         T("Yes: a missed or ineligible year uses up one of the three.", "算。漏报或不符合条件的年度也计入三年。")),
        (T("What if something is wrong in my papers?", "材料有误怎么办？"),
         T("All points are named at once; only those unlock, and the clock stands still.", "一次性告知全部问题；仅所列内容可修改，期间时限暂停。")),
    ),
    contact=T("Hotline 968119", "咨询热线 968119"),
)  # fmt: skip
