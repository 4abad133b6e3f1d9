"""Blocks SSE-C in new buckets, and returns the blocked encryption types (S3 User Guide, "Blocking or unblocking SSE-C for
a general purpose bucket"). MiniStack returns only what PutBucketEncryption stored.

A PutBucketEncryption without this element keeps the blocked types (terraform-provider-aws, issue 47320). Uploads with
SSE-C are not refused.
"""

import re

from ministack.services import s3

BLOCKED = re.compile(r"<BlockedEncryptionTypes>.*?</BlockedEncryptionTypes>", re.DOTALL)
DEFAULT = "<BlockedEncryptionTypes><EncryptionType>SSE-C</EncryptionType></BlockedEncryptionTypes>"


def keep() -> None:
    get, put = s3._get_bucket_encryption, s3._put_bucket_encryption

    def get_with_types(name: str):
        status, headers, body = get(name)
        return status, headers, completed(body, DEFAULT) if status == 200 else body

    def put_with_types(name: str, body: bytes):
        before = BLOCKED.search(s3._bucket_encryption.get(name) or DEFAULT)
        result = put(name, body)
        if result[0] == 200:
            s3._bucket_encryption[name] = completed(s3._bucket_encryption[name], before.group() if before else DEFAULT)
        return result

    s3._get_bucket_encryption, s3._put_bucket_encryption = get_with_types, put_with_types


def completed(config: str, blocked: str) -> str:
    return config if BLOCKED.search(config) else config.replace("</Rule>", f"{blocked}</Rule>")
