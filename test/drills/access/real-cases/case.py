"""A real case: its source, the words of the person who had it, the exact mistake, and how its fault may be named."""

from collections.abc import Callable
from dataclasses import dataclass

from fixture import Fixture

GUIDE = "https://docs.aws.amazon.com/personalize/latest/dg"
S3_GUIDE = "https://docs.aws.amazon.com/AmazonS3/latest/userguide"
IAM_GUIDE = "https://docs.aws.amazon.com/IAM/latest/UserGuide"


@dataclass(frozen=True)
class Case:
    name: str
    source: str
    #: A line of the source, shortened. After `~` it is the situation of the source in our words.
    words: str
    mistake: str
    #: Expressions, written from the source. One must match a broken finding, and one the first line of the output.
    named: tuple
    change: Callable
    #: For a mistake that the caller cannot repair: an expression for who can, and what to ask for.
    ask: tuple | None = None
    #: Whether the user means the whole bucket, as the guide's policies do.
    broad: bool = True
    #: Whether the local AWS enforces it. If not, a warning is enough, and there is nothing to repair.
    felt: bool = True

    def fixture(self, name):
        fixture = Fixture(name)
        self.change(fixture)
        return fixture


CASES: list[Case] = []


def case(name, source, words, mistake, named, ask=None, broad=True, felt=True):
    def register(change):
        CASES.append(Case(name, source, words, mistake, tuple(named), change, tuple(ask) if ask else None, broad,
                          felt))
        return change
    return register
