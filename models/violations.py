"""What an account can be accused of, and as what: the codes and roles that leave offbook."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Violation:
    """One violation code: its title in English and Chinese, and whether it only protects."""

    code: str
    title: str
    title_zh: str
    protective: bool = False


_ALL: Final = (
    Violation("V100", "paid resale disguised as a gift", "以赠送为名的有偿转售"),
    Violation("V101", "offering or advertising a trade", "发布或招揽私下交易"),
    Violation("V102", "paying for a disguised transfer", "为变相转让付款"),
    Violation("V103", "barter for value", "以物易物"),
    Violation("V200", "account sale", "出售账号"),
    Violation("V201", "account purchase", "购买账号"),
    Violation("V202", "account rent or loan", "出租或出借账号"),
    Violation("V203", "taking a sold account back", "找回已出售的账号"),
    Violation("V300", "brokering or escrow", "居间撮合或担保交易"),
    Violation("V301", "running an outside market", "经营场外交易市场"),
    Violation("V400", "automated purchase", "使用脚本自动抢购"),
    Violation("V401", "multi-account farm", "多账号囤积"),
    Violation("V500", "circumventing a hold or a limit", "规避持有期或限制"),
    Violation("V501", "evading a ban", "规避处罚"),
    Violation("V900", "suspected takeover of the account", "账号疑似被盗", protective=True),
    Violation("V901", "reporting in bad faith", "恶意举报"),
)

VIOLATIONS: Final[dict[str, Violation]] = {violation.code: violation for violation in _ALL}

ROLES: Final = ("seller", "buyer", "broker", "hub", "farm", "holder", "lender", "victim")
