"""What software filing asks: the business, its staff, its figures of the last closed year; the papers; the guide."""

from config.words import T
from forms.fields import Integer, LongText, Money, YesNo
from forms.schema import Field, Form, Section
from workflows.engine.declare import Guide, Paper
from workflows.sections import CONTACT

STAFF = Integer(minimum=0, maximum=1_000_000)

FORM = Form(
    slug="software-filing",
    sections=(
        Section("business", T("The business", "企业业务"), (
            Field("products", T("Main software products or services", "主要软件产品或服务"), LongText(),
                  hint=T("Name them as in the copyright certificates.", "名称与软件著作权证书一致。")),
            Field("embedded", T("Embedded software or system integration?", "是否为嵌入式软件或系统集成？"), YesNo(),
                  hint=T("Then lower shares of software revenue are required.", "如是，软件收入占比要求较低。")),
        )),
        Section("staff", T("Staff", "职工"), (
            Field("staff_total", T("Staff in all", "职工总数"), Integer(minimum=1, maximum=1_000_000),
                  hint=T("Monthly average of those with a labour contract and social insurance.", "签订劳动合同并缴纳社保的月平均人数。")),
            Field("staff_degree", T("With the required degree", "其中：学历达标人数"), STAFF, at_most="staff_total",
                  hint=T("Rules of 2016: college and above; rules of 2021: bachelor’s and above.", "2016 年规定：大专以上；2021 年规定：本科以上。")),
            Field("staff_rd", T("R&D staff", "其中：研发人员"), STAFF, at_most="staff_total"),
        )),
        Section("figures", T("Figures of the last closed year", "上一会计年度数据"), (
            Field("revenue_fen", T("Total revenue", "企业收入总额"), Money(minimum_fen=1),
                  hint=T("Above zero: the shares are counted of it.", "须大于零，各项占比以此计算。")),
            Field("software_fen", T("Software revenue", "其中：软件开发销售（营业）收入"), Money(), at_most="revenue_fen"),
            Field("own_fen", T("Revenue of software of own development", "其中：自主开发软件收入"), Money(), at_most="software_fen"),
            Field("rd_spend_fen", T("R&D spend", "研究开发费用总额"), Money()),
            Field("rd_domestic_fen", T("R&D spend in the country", "其中：境内研发费用"), Money(), at_most="rd_spend_fen"),
        ), T("In yuan, as in the audit report.", "单位为元，与审计报告一致。")),
        CONTACT,
    ),
)  # fmt: skip

PAPERS = (
    Paper("application_form", T("Application form, sealed", "备案申请表（盖章）"), T("Print it from here, seal it, scan it.", "从本系统打印，盖章后扫描。")),
    Paper("copyrights", T("Software copyrights or patents", "软件著作权证书或专利证书"), T("One file.", "合并为一个文件。")),
    Paper("audit_report", T("Audit report with a breakdown of revenue", "审计报告（含收入明细）"), T("With software revenue and revenue of own software apart.", "须单列软件收入和自主开发软件收入。")),
    Paper("staff_list", T("Staff list with degrees and social insurance", "职工名单（含学历及社保缴纳情况）")),
    Paper("rd_account", T("R&D account", "研发费用辅助账"), T("With spend in the country apart.", "须单列境内研发费用。")),
    Paper("own_proof", T("Proof of own development", "自主开发证明材料"), T("Such as test reports, contracts, source registers.", "如测试报告、合同、源代码登记等。")),
)  # fmt: skip

GUIDE = Guide(
    summary=T(
        "Software and information service enterprises that meet the conditions are put on file, as tax policy asks.",
        "对符合条件的软件和信息服务企业予以备案，作为落实相关税收政策的依据。",
    ),
    conditions=(
        T("Registered in the city as a legal person, with software as main business.", "在本市依法登记的法人企业，以软件开发及相关信息服务为主营业务。"),
        T("Software copyrights or patents of its own, and the means to develop.", "拥有自主知识产权，具备相应的开发环境和能力。"),
        T("Its figures reach every share that the rules ask for.", "各项数据占比达到规定条件。"),
        T("No serious offence in the year: safety, quality, environment.", "汇算清缴年度未发生重大安全、质量事故或严重环境违法行为。"),
    ),
    promised_days=60,
    fee=T("Free of charge", "不收费"),
    legal_basis=(T("Cai Shui [2016] no. 49", "财税〔2016〕49 号"), T("Announcement 2021 no. 10", "工业和信息化部等四部门公告 2021 年第 10 号")),
    questions=(
        (T("Which year do the figures stand for?", "数据填报哪一年度？"),
         T("The last closed accounting year, as in the audit report.", "上一会计年度，与审计报告一致。")),
        (T("What is embedded software?", "什么是嵌入式软件？"),
         T("Software sold as a part of hardware, and system integration; the shares of software revenue are then lower.", "随硬件一并销售的软件及系统集成产品；其软件收入占比要求较低。")),
        (T("Which degree counts?", "学历如何认定？"),
         T("Under the rules of 2016 college and above, under those of 2021 bachelor’s and above.", "按 2016 年规定为大专以上，按 2021 年规定为本科以上。")),
        (T("Can I apply if a share is not reached?", "有一项占比未达到可以申报吗？"),
         T("You can send it; the preliminary check cannot be passed until the figures reach every share.", "可以提交，但各项占比全部达到前不能通过初审。")),
        (T("When does the panel meet?", "专家组何时评审？"),
         T("Filings are reviewed in batches; you hear when yours is put to the panel.", "备案分批评审，提交专家组时会通知您。")),
        (T("How can somebody check the certificate?", "他人如何核验备案证书？"),
         T("By the check code or the QR code printed on it.", "凭证书上的校验码或二维码查询。")),
    ),
    contact=T("Hotline 968119", "咨询热线 968119"),
)  # fmt: skip
