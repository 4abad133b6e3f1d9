"""Returns condition keys of DynamoDB calls: partition keys, written attributes and ReturnValues (DynamoDB Developer Guide,
"Using IAM policy conditions for fine-grained access control"). MiniStack only returns keys of reads.
Fails without it: enforcement/edge.spec.ts: a policy with dynamodb:LeadingKeys limits every item call to the …
"""

import re

from ministack.services import dynamodb


# Matches the first name of an attribute path, but no value (`:v`), nested name or function.
NAME = re.compile(r"(?<![:\w#.\]])(#?[A-Za-z_]\w*)\b(?!\s*\()")
KEYWORDS = {"SET", "REMOVE", "ADD", "DELETE", "AND", "OR", "NOT", "BETWEEN", "IN"}


def condition_keys(given: dict, read: dict) -> dict:
    """Returns a call's condition keys. `read` has those that MiniStack found."""
    written = written_attributes(given)
    attributes = [*read.get("dynamodb:Attributes", []), *written]
    returned = given.get("ReturnValues") or ("NONE" if written or "Key" in given else None)
    return {
        **read,
        **leading_keys(given),
        **({"dynamodb:Attributes": sorted(set(attributes))} if attributes else {}),
        **({"dynamodb:ReturnValues": returned} if returned else {}),
    }


def written_attributes(given: dict) -> list[str]:
    aliases = given.get("ExpressionAttributeNames") or {}
    names = NAME.findall(given.get("UpdateExpression") or "")
    named = [aliases.get(name, name) for name in names if name.upper() not in KEYWORDS]
    items = [given.get("Item"), given.get("AttributeUpdates"), named and given.get("Key")]
    return named + [name for item in items if isinstance(item, dict) for name in item]


def leading_keys(given: dict) -> dict:
    """Returns the condition keys for a call's partition keys; empty for a call without keys, such as Scan."""
    requests = [(given.get("TableName"), given)]
    for table, items in (given.get("RequestItems") or {}).items():
        each = items.get("Keys", []) if isinstance(items, dict) else [next(iter(item.values()), {}) for item in items]
        requests += [(table, item if "Key" in item or "Item" in item else {"Key": item}) for item in each]
    requests += [(item.get("TableName"), item) for one in given.get("TransactItems") or [] for item in one.values()]
    keys = [key for table, request in requests for key in keys_of(table, request)]
    return {"dynamodb:LeadingKeys": keys} if keys else {}


def keys_of(table: str | None, request: dict) -> list[str]:
    schema = (dynamodb._tables.get((table or "").rsplit("/", 1)[-1]) or {}).get("KeySchema") or []
    name = next((part["AttributeName"] for part in schema if part["KeyType"] == "HASH"), None)
    value = (request.get("Key") or request.get("Item") or {}).get(name) or asked_for(name, request)
    return [str(text) for text in (value or {}).values()]


def asked_for(name: str | None, query: dict) -> dict | None:
    """Returns the partition key's value in a query's key condition."""
    named = {"#" + alias.removeprefix("#"): real for alias, real in (query.get("ExpressionAttributeNames") or {}).items()}
    for left, right in re.findall(r"(#?[\w.-]+)\s*=\s*(:\w+)", query.get("KeyConditionExpression") or ""):
        if named.get(left, left) == name:
            return (query.get("ExpressionAttributeValues") or {}).get(right)
    return None
