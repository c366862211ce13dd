"""A moderator whom the platform has allow-listed talks to everybody and helps with gifts."""

from models.excuses.base import Excuse

EXCUSE = Excuse(
    id="moderator",
    title="Allow-listed moderator",
    tells="The account belongs to a moderator whom the platform knows.",
    tells_zh="该账号属于平台已备案的管理员。",
    listed="moderators",
)
