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
    #: A shortened quotation of `source`. After `~`, this project describes the situation of the source in its own
    #: words.
    words: str
    mistake: str
    #: Regular expressions that follow `source`. One must match a finding, and one must match the first line of the
    #: output.
    named: tuple
    change: Callable
    #: For a mistake that the caller cannot repair: regular expressions that match the text with which the output asks
    #: another person for help, for example the owner of the bucket.
    ask: tuple | None = None
    #: Whether the user wants to allow the whole bucket, as the policies in the Developer Guide do.
    broad: bool = True
    #: Whether the mistake makes the import on the local AWS fail. If not, a warning is enough and no fix is expected.
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
