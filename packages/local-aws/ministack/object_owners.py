"""Lists each object's owner from its ACL. MiniStack lists the bucket's owner for all objects."""

import re

from ministack.services import s3

CONTENTS = re.compile(rb"<Contents>.*?</Contents>", re.DOTALL)
KEY = re.compile(rb"<Key>(.*?)</Key>", re.DOTALL)
OWNER = re.compile(rb"(<Owner>\s*<ID>)(.*?)(</ID>)", re.DOTALL)


def list_owners() -> None:
    listing = s3._list_objects_v2

    def with_owners(bucket_name: str, query_params: dict):
        status, headers, body = listing(bucket_name, query_params)
        bucket = s3._buckets.get(bucket_name)
        if status != 200 or not bucket or s3._bucket_owner_enforced(bucket) or b"<Owner>" not in body:
            return status, headers, body
        owners = {form: owner_of(bucket_name, bucket, key) for key in bucket["objects"] for form in forms_of(key)}
        return status, headers, CONTENTS.sub(lambda found: owned(found.group(), owners), body)

    s3._list_objects_v2 = with_owners


def owner_of(bucket_name: str, bucket: dict, key: str) -> bytes | None:
    acl = s3._object_acl.get((bucket_name, key, s3._resolve_subresource_version({}, bucket, key))) or ""
    found = OWNER.search(acl if isinstance(acl, bytes) else acl.encode())
    return found and found.group(2)


def owned(entry: bytes, owners: dict) -> bytes:
    owner = owners.get(KEY.search(entry).group(1))
    return OWNER.sub(lambda found: found.group(1) + owner + found.group(3), entry) if owner else entry


def forms_of(key: str) -> tuple[bytes, ...]:
    """Escapes a key for XML, or URL-encodes it if the request asks for this encoding."""
    escaped = key.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.encode(), s3._url_encode(key).encode()
