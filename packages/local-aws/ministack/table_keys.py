"""The partition keys in a call of DynamoDB, by which a policy may limit it (DynamoDB Developer Guide, "Using IAM policy
conditions for fine-grained access control": `dynamodb:LeadingKeys`)."""

import re

from ministack.services import dynamodb


def leading_keys(given: dict) -> dict:
    """The condition keys for a call's partition keys; empty for a call without them, such as Scan."""
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
    """The key's value in a query's condition."""
    named = {"#" + alias.removeprefix("#"): real for alias, real in (query.get("ExpressionAttributeNames") or {}).items()}
    for left, right in re.findall(r"(#?[\w.-]+)\s*=\s*(:\w+)", query.get("KeyConditionExpression") or ""):
        if named.get(left, left) == name:
            return (query.get("ExpressionAttributeValues") or {}).get(right)
    return None
