"""Validates the texts in IAM's requests and escapes the texts in its responses.

MiniStack accepts any name and writes it into XML without escapes. One role `a<b` made every later ListRoles unreadable.
"""

import functools
import re
import types
from xml.sax.saxutils import escape

from ministack.core import iam_actions
from ministack.services import iam


def validate_and_escape() -> None:
    for action, handler in list(iam._IAM_HANDLERS.items()):
        iam._IAM_HANDLERS[action] = functools.partial(checked, action, handler)
    role = readable(iam._role_xml, _roles=Escaped(iam._roles))
    views = {
        "_role_xml": role,
        "_user_xml": readable(iam._user_xml, _users=Escaped(iam._users)),
        "_group_xml": readable(iam._group_xml, _groups=Escaped(iam._groups)),
        "_managed_policy_xml": readable(iam._managed_policy_xml, _lookup_policy=lambda arn: escaped(iam._lookup_policy(arn))),
        "_instance_profile_xml": readable(
            iam._instance_profile_xml, _instance_profiles=Escaped(iam._instance_profiles), _role_xml=role
        ),
    }
    for name, view in views.items():
        setattr(iam, name, view)


def checked(action: str, handler, params):
    failure = next(filter(None, (failed(*each) for each in constrained(action, params))), None)
    return iam._error(400, "ValidationError", failure, ns="iam") if failure else handler(params)


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


def readable(view, **others):
    """Returns a function that writes XML, with other records than MiniStack's."""
    return types.FunctionType(view.__code__, {**vars(iam), **others}, view.__name__, view.__defaults__)


class Escaped:
    """Records by name, whose texts are escaped for XML."""

    def __init__(self, records) -> None:
        self.records = records

    def __getitem__(self, name):
        return escaped(self.records[name])

    def __contains__(self, name) -> bool:
        return name in self.records


def escaped(value, key=None):
    # Policy documents are URL-encoded already, so they need no XML escapes.
    if isinstance(value, str):
        return value if key == "AssumeRolePolicyDocument" else escape(value)
    if isinstance(value, dict):
        return {name: escaped(inner, name) for name, inner in value.items()}
    return [escaped(inner) for inner in value] if isinstance(value, list) else value
