"""Files of an import, as people have them: byte for byte, by Python's own csv, codecs and gzip."""

import gzip
import json

BEGIN = 1_700_000_000
FIELDS = ("USER_ID", "ITEM_ID", "TIMESTAMP")
TYPES = {"USER_ID": "string", "ITEM_ID": "string", "TIMESTAMP": "long"}


def schema(name, fields):
    """An Avro schema of a dataset; a list of types may be null."""
    return json.dumps({
        "type": "record", "name": name, "namespace": "com.amazonaws.personalize.schema", "version": "1.0",
        "fields": [{"name": field, "type": kind, **more} for field, kind, more in fields],
    })


INTERACTIONS = schema("Interactions", [(field, TYPES[field], {}) for field in FIELDS])
ITEMS = schema("Items", [("ITEM_ID", "string", {}), ("GENRES", ["null", "string"], {"categorical": True})])
USERS = schema("Users", [("USER_ID", "string", {}), ("AGE", ["null", "int"], {})])


def rows(count=1200, stamp=str, start=0):
    """Rows of interactions; `stamp` writes the time from seconds."""
    return [
        [f"u{number % 61}", f"m{number * 7 % 113}", stamp(BEGIN + 60 * number)] for number in range(start, start + count)
    ]


def table(records, header=FIELDS, separator=",", end="\n"):
    lines = ([separator.join(header)] if header else []) + [separator.join(row) for row in records]
    return end.join(lines) + end


def csv(count=1200, **more):
    """A sound file of interactions."""
    stamp, start = more.pop("stamp", str), more.pop("start", 0)
    return table(rows(count, stamp, start), **more).encode()


def items(count=40):
    return table([[f"m{number}", "Comedy|Drama"] for number in range(count)], ("ITEM_ID", "GENRES")).encode()


def users(count=40):
    return table([[f"u{number}", str(20 + number)] for number in range(count)], ("USER_ID", "AGE")).encode()


def zipped(body):
    return gzip.compress(body, mtime=0)
