"""Decides whether an import could read its files, and whether they suit the dataset's schema."""

import csv
import io
import json
import re

import files

ARCHIVED = ("GLACIER", "DEEP_ARCHIVE")
FEWEST = 1000
#: Rows of the file that `npm run data-prep` wrote on this machine. A fix must not upload it in place of the user's own file.
DECOY = b"1,1,1700000000\n1,1,1700000000\n"


def files_broken(state, keys, fixture):
    if not keys:
        yield "object-missing"
        return
    count, columns = 0, set()
    for key in keys:
        item = state.objects[key]
        if item["class"] in ARCHIVED and not item["restored"]:
            yield "object-archived"
        elif item["foreign"]:
            yield "object-owner"
        else:
            body = state.s3.get_object(Bucket=state.bucket, Key=key)["Body"].read()
            if DECOY in body:
                yield "another's data"
            found, wrong = file_broken(body, fixture)
            count += found
            columns.add(tuple(sorted(body.split(b"\n")[0].strip().split(b","))))
            if wrong:
                yield wrong
    if len(columns) > 1:
        yield "file-headers-differ"
    if fixture.dataset == "interactions" and 0 < count < FEWEST:
        yield "file-too-few"


def file_broken(body, fixture):
    """Rows of a file, and its first fault (Developer Guide, "Preparing and importing bulk data")."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return 0, "file-encoding"
    if text.startswith('"'):
        return 0, "file-header"
    records = [row for row in csv.reader(io.StringIO(text)) if row]
    if not records:
        return 0, "file-empty"
    header, *body_rows = records
    fields = fields_of(fixture)
    if any(name not in header for name in fields):
        return 0, "file-header"
    for row in body_rows:
        if len(row) != len(header):
            return 0, "file-columns"
        for name, kinds in fields.items():
            value = row[header.index(name)]
            if value == "" and "null" not in kinds:
                return 0, "file-value"
            if value != "" and "string" not in kinds and not is_number(value, kinds):
                return 0, "file-value"
            if name == "TIMESTAMP" and int(value) > 99_999_999_999:
                return 0, "file-milliseconds"
    return len(body_rows), None


def fields_of(fixture):
    usual = {"interactions": files.INTERACTIONS, "items": files.ITEMS, "users": files.USERS}
    schema = json.loads(fixture.schema or usual[fixture.dataset])
    return {
        each["name"]: each["type"] if isinstance(each["type"], list) else [each["type"]] for each in schema["fields"]
    }


def is_number(value, kinds):
    pattern = r"[+-]?\d{1,19}" if {"int", "long"} & set(kinds) else r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
    return re.fullmatch(pattern, value) is not None
