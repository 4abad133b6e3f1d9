"""Validates the texts in IAM's requests and escapes the texts in its responses.

MiniStack accepts any name and writes it into XML without escapes. One role `a<b` made every later ListRoles unreadable.
"""

import functools
import re
from xml.sax.saxutils import escape

from ministack.core import iam_actions
from ministack.services import iam


def validate_and_escape() -> None:
    for action, handler in list(iam._IAM_HANDLERS.items()):
        iam._IAM_HANDLERS[action] = functools.partial(checked, action, handler)


def checked(action: str, handler, params):
    given = list(constrained(action, params))
    failure = next(filter(None, (failed(*each) for each in given)), None)
    if failure:
        return iam._error(400, "ValidationError", failure, ns="iam")
    # MiniStack stores each text as it writes the text into XML. It URL-encodes policy documents itself.
    escapes = {name: [escape(value)] for name, value, _ in given if not name.endswith("Document")}
    return handler({**params, **escapes})


def constrained(action: str, params):
    """Yields the name, value and constraints of each text of a call. Members of lists are `Tags.member.1.Key`."""
    shapes = texts(action)
    for name, value in params.items():
        shape = shapes.get(re.sub(r"\.\d+", "", name))
        if shape:
            yield name, iam._p(params, name), shape


@functools.cache
def texts(action: str) -> dict:
    """Returns the constraints of an action's texts in AWS's service model, by their names without numbers."""
    model = iam_actions._load_botocore_model("iam")
    shapes = model["shapes"]
    found = {}

    def walk(name: str, path: str) -> None:
        shape = shapes[name]
        if shape["type"] == "structure":
            for member, reference in shape["members"].items():
                walk(reference["shape"], f"{path}.{member}" if path else member)
        elif shape["type"] == "list":
            walk(shape["member"]["shape"], f"{path}.member")
        elif shape["type"] == "string":
            found[path] = shape

    reference = model["operations"].get(action, {}).get("input")
    if reference:
        walk(reference["shape"], "")
    return found


def failed(name: str, value: str, shape: dict) -> str | None:
    """Returns IAM's message for a text that breaks a constraint."""
    where = name[0].lower() + name[1:]
    pattern = shape.get("pattern")
    if pattern and value and not compiled(pattern).fullmatch(value):
        if pattern == r"[\w+=,.@-]+":
            return (
                f"The specified value for {where} is invalid. "
                "It must contain only alphanumeric characters and/or the following: +=,.@_-"
            )
        constraint = f"Member must satisfy regular expression pattern: {pattern}"
    elif len(value) > shape.get("max", len(value)):
        constraint = f"Member must have length less than or equal to {shape['max']}"
    elif len(value) < shape.get("min", 0):
        constraint = f"Member must have length greater than or equal to {shape['min']}"
    else:
        return None
    return f"1 validation error detected: Value '{escape(value)}' at '{where}' failed to satisfy constraint: {constraint}"


@functools.cache
def compiled(pattern: str) -> re.Pattern:
    """Compiles a pattern of Java, in which \\w is ASCII, and \\p{L}, \\p{Z} and \\p{N} are letters, spaces and digits."""
    if "\\p{" not in pattern:
        return re.compile(pattern, re.ASCII)
    return re.compile(pattern.replace(r"\p{L}", r"\w").replace(r"\p{Z}", r"\s").replace(r"\p{N}", r"\d"))
