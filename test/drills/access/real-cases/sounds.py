"""All sound setups."""

import sound_bucket  # noqa: F401
from sound import SOUND

__all__ = ["SOUND"]
