"""Words for actions, approvals, durations and dates, in English and Chinese."""

import datetime
from typing import Final

from models.policy import Action, Approval

ACTIONS: Final[dict[Action, tuple[str, str]]] = {
    "watch": ("the account is watched", "观察账号"),
    "educate": ("a reminder of the rules", "规则提醒"),
    "hold_pending_gift": ("pending gifts are held back", "暂缓处理中的赠送"),
    "warn_and_reverify": (
        "a warning, and your identity is verified again",
        "警告并重新进行身份核验",
    ),
    "restrict_gifting": ("gifting is restricted", "限制赠送功能"),
    "restrict_gifting_and_purchase": (
        "gifting and purchasing are restricted",
        "限制赠送和购买功能",
    ),
    "close_gifting": ("gifting is closed", "关闭赠送功能"),
    "close_account": ("the account is closed", "关闭账号"),
}

APPROVALS: Final[dict[Approval, tuple[str, str]]] = {
    "none": ("nobody's approval", "无须审批"),
    "batch": ("a reviewer, for many cases at once", "审核人员批量审批"),
    "one_reviewer": ("one reviewer", "一名审核人员"),
    "two_reviewers": ("two reviewers", "两名审核人员"),
    "two_reviewers_and_senior": ("two reviewers and a senior", "两名审核人员及一名主管"),
    "two_reviewers_and_legal": ("two reviewers and legal counsel", "两名审核人员及法务"),
}

# What lasts for good where the ladder names no days; the other actions are over when done.
LASTING: Final[tuple[Action, ...]] = (
    "restrict_gifting",
    "restrict_gifting_and_purchase",
    "close_gifting",
    "close_account",
)


def moment(ts: int) -> str:
    """A time for people: ISO date and time to the minute, in UTC."""
    when = datetime.datetime.fromtimestamp(ts // 1000, tz=datetime.UTC)
    return f"{when.isoformat(' ', 'minutes')[:16]} UTC"
