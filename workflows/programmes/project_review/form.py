"""What project review asks of a bureau: the project, its budget line by line, who presents it; papers; the guide."""

from config.words import T
from forms.fields import BudgetLines, Choice, Email, Integer, LongText, Mobile, Option, Text
from forms.schema import Field, Form, Section
from workflows.engine.declare import Guide, Paper
from workflows.programmes.project_review.terms import ITEMS
from workflows.sections import CONTACT
from workflows.states import REVISING

KINDS = Choice((
    Option("new", T("New project", "新建项目")),
    Option("upgrade", T("Upgrade", "升级改造")),
    Option("extension", T("Extension", "续建项目")),
))  # fmt: skip

FORM = Form(
    slug="project-review",
    sections=(
        Section("project", T("The project", "项目信息"), (
            Field("title", T("Name of the project", "项目名称"), Text(max_length=80)),
            Field("kind", T("Kind of project", "项目类型"), KINDS),
            Field("months", T("Months to build it", "建设周期（月）"), Integer(minimum=1, maximum=60)),
            Field("need", T("Why it is needed", "建设必要性"), LongText(),
                  hint=T("Policy basis, demand, which systems there are already.", "政策依据、业务需求、现有系统情况。")),
            Field("solution", T("Technical solution", "技术方案"), LongText(),
                  hint=T("Architecture, data sharing, cloud, security.", "总体架构、数据共享、上云、安全方案。")),
            Field("effect", T("Expected effect", "预期效果"), LongText(),
                  hint=T("In figures that can be measured.", "请写可量化的指标。")),
        )),
        Section("budget", T("Budget", "项目预算"), (
            Field("budget", T("Lines of the budget", "预算明细"), BudgetLines(ITEMS),
                  hint=T("One line for each thing that is bought. Empty lines do not count.", "每项采购内容一行，空行不计。")),
        ), T("Your unit prices are shown beside the benchmarks, to you and to the panel.", "单价与基准价对照显示，您和专家组均可看到。")),
        Section("presenter", T("Defence", "现场答辩"), (
            Field("presenter", T("Who presents the project", "答辩人"), Text(max_length=60), autocomplete="name"),
            Field("presenter_mobile", T("Mobile", "手机"), Mobile()),
            Field("presenter_email", T("E-mail", "电子邮箱"), Email(), hint=T("Time and place come to this address.", "答辩时间地点发送至此邮箱。")),
        )),
        CONTACT,
    ),
)  # fmt: skip

PAPERS = (
    Paper("application_form", T("Application, sealed", "项目申报书（盖章）"), T("Print it from here, seal it, scan it.", "从本系统打印，盖章后扫描。")),
    Paper("plan", T("Project plan", "项目建设方案")),
    Paper("estimate", T("Estimate of the costs with offers", "投资概算及询价材料")),
    Paper("basis", T("Policy basis", "立项依据文件"), required=False),
    Paper("revised_plan", T("Revised plan with the answer to the panel", "修改后的方案及修改说明"), state=str(REVISING)),
)  # fmt: skip

GUIDE = Guide(
    summary=T(
        "Projects of information technology that the budget of the city pays for are examined by an expert panel before they are approved.",
        "财政性信息化项目立项前，由专家组进行复评。",
    ),
    conditions=(
        T("The applicant is a bureau or another public body of the city.", "申报单位为本市机关、事业单位。"),
        T("The project is in the yearly plan, or a policy asks for it.", "项目已列入年度计划，或有明确的政策依据。"),
        T("It duplicates no system that is there already.", "不与已建系统重复。"),
        T("It has a plan for data sharing and for security.", "有数据共享方案和安全方案。"),
    ),
    promised_days=30,
    fee=T("Free of charge", "不收费"),
    legal_basis=(T("The city's rules for projects of information technology", "市级财政性信息化项目管理办法"),),
    questions=(
        (T("Who comes to the defence?", "谁参加答辩？"),
         T("The presenter whom you name; time and place come by mail.", "由填报的答辩人参加，时间地点另行通知。")),
        (T("What are the benchmarks?", "什么是基准单价？"),
         T("Usual unit prices of the policy version. A higher price is possible where you give the reason.", "为本年度的参考单价。高于基准价的，请在方案中说明理由。")),
        (T("What does “pass after revision” mean?", "“修改后通过”怎么办？"),
         T("You hand in the revised plan by the date given; the chair of the panel confirms it.", "在规定期限内提交修改后的方案，由专家组组长确认。")),
        (T("Who scores?", "谁来评分？"),
         T("At least five experts, drawn at random; nobody with a tie to you.", "随机抽取的不少于五名专家，有利益关系的须回避。")),
        (T("Can the panel cut the budget?", "专家组会核减预算吗？"),
         T("Yes; what is approved is the budget less the cut.", "会。批复金额为申报预算减去核减金额。")),
    ),
    contact=T("Hotline 968119", "咨询热线 968119"),
)  # fmt: skip
