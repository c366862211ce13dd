"""A creator whom the platform has allow-listed gives to the public."""

from models.excuses.base import Excuse

EXCUSE = Excuse(
    id="creator",
    title="Allow-listed creator",
    tells="The account belongs to a creator whom the platform knows.",
    tells_zh="该账号属于平台已认证的创作者。",
    listed="creators",
)
