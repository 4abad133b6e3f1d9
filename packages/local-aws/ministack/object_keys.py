"""Rejects object keys over 1,024 bytes (S3 User Guide, "Naming Amazon S3 objects"). MiniStack stores such keys."""

from ministack.services import s3

MOST_BYTES = 1024


def refuse_long_ones() -> None:
    for name in ("_put_object", "_copy_object", "_create_multipart_upload"):
        setattr(s3, name, refusing(getattr(s3, name)))


def refusing(create):
    def checked(bucket_name: str, key: str, *rest):
        size = len(key.encode())
        if size > MOST_BYTES:
            sizes = {"Size": str(size), "MaxSizeAllowed": str(MOST_BYTES)}
            return s3._error("KeyTooLongError", "Your key is too long", 400, f"/{bucket_name}/{key}", sizes)
        return create(bucket_name, key, *rest)

    return checked
