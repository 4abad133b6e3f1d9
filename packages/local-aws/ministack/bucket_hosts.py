"""Reads the whole name of a bucket from the host of a request. MiniStack takes the part before the first dot.

A bucket's name can contain dots, and its host is then <bucket>.localhost or <bucket>.s3.<region>.localhost, as on AWS
without TLS (S3 User Guide, "Virtual hosting of general purpose buckets").
"""

import re

from ministack import app

HOST = re.compile(r"(.+?)(\.s3(-[a-z]+)?(\.[a-z0-9-]+)*)?\.localhost(:\d+)?")


def read_dots() -> None:
    first_label = app._extract_s3_vhost_bucket

    def bucket(host: str):
        label = first_label(host)
        # The first label of another service's host is no bucket.
        if label is None or label in app._NON_S3_VHOST_NAMES or app._S3_VHOST_EXCLUDE_RE.search(host):
            return label
        found = HOST.fullmatch(host.strip().lower())
        return found[1] if found else label

    app._extract_s3_vhost_bucket = bucket
