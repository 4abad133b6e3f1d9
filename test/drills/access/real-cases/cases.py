"""All real cases, in the order of the chain."""

import cases_trust  # noqa: F401
import cases_role  # noqa: F401
import cases_bucket  # noqa: F401
import cases_key  # noqa: F401
import cases_file  # noqa: F401
from case import CASES

__all__ = ["CASES"]
