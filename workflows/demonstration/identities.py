"""Made-up people and numbers: valid by every rule, and nobody's (area 350299)."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from accounts.identifiers import ALPHABET, InvalidIdentifier, credit_code
from forms.fields.resident_id import check_character

AREA = "350299"
SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁"
    "任卢姚沈钟姜崔谭陆范汪廖石金贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙史陶黎贺顾毛郝龚邵万钱严赖覃洪武"
    "莫孔"
)
GIVEN = (
    "嘉伟芳娜敏静磊军洋勇艳杰娟涛明超秀霞平刚桂文辉玲鹏华红玉兰飞凤英健俊帆雪倩宁琳晨宇浩凯欣怡子涵梓"
    "轩思远志强建国海燕晓东春梅立新永康家豪雅婷佳颖诗雨博文瑞泽一鸣天佑承恩若溪清源慕白望舒知行"
)
# Candidates for the inner check character of a credit code; the rule itself picks the right one.
INNER_CHECKS = "0123456789X"


@dataclass
class Identities:
    """Names and numbers, in an order that the seed alone decides; no number comes twice."""

    random: Random
    used: set[str] = field(default_factory=set)

    def name(self) -> str:
        """A name of two or three characters."""
        given = "".join(self.random.choice(GIVEN) for _ in range(self.random.choice((1, 2, 2, 2))))
        return self.random.choice(SURNAMES) + given

    def resident_id(self) -> str:
        """A number by GB 11643 of somebody born between 1962 and 1993."""
        while True:
            born = date(1962, 1, 1) + timedelta(days=self.random.randrange(32 * 365))
            first = f"{AREA}{born:%Y%m%d}{self.random.randrange(1, 999):03d}"
            number = first + check_character(first)
            if self._is_new(number):
                return number

    def document(self) -> tuple[str, str]:
        """(kind, number): mostly a resident ID, sometimes a travel permit or a passport."""
        drawn = self.random.random()
        if drawn < 0.94:
            return "resident_id", self.resident_id()
        while True:
            kind, number = (
                ("taiwan", f"99{self.random.randrange(10**6):06d}")
                if drawn < 0.98
                else ("passport", f"X{self.random.randrange(10**8):08d}")
            )
            if self._is_new(number):
                return kind, number

    def mobile(self) -> str:
        return f"1380000{self.random.randrange(10**4):04d}"

    def account(self) -> str:
        return f"3510{self.random.randrange(10**12):012d}"

    def _is_new(self, number: str) -> bool:
        fresh = number not in self.used
        self.used.add(number)
        return fresh


def made_up_credit_code(n: int) -> str:
    """The `n`th credit code of the area 350299, by GB 32100: the check characters are those that the rule takes.

    >>> made_up_credit_code(1)[:8]
    '91350299'
    """
    stem = f"91{AREA}MA1{n:05d}"
    for digit in INNER_CHECKS:
        for last in ALPHABET:
            try:
                return credit_code(f"{stem}{digit}{last}")
            except InvalidIdentifier as flaw:
                if flaw.code == "inner_check":
                    break
    raise AssertionError("every number has its check characters")
