"""Sound setups of the bucket, the key and the location."""

import files
from sound import sound
from fixture import ACCOUNT, REGION, SERVICE, Item, allow, deny, document


@sound("bucket-policy-of-one-statement-without-a-list")
def _(w):
    w.policy = {"Version": "2012-10-17", "Statement": {
        "Effect": "Allow", "Principal": {"Service": [SERVICE]}, "Action": ["s3:GetObject", "s3:ListBucket"],
        "Resource": w.both}}


@sound("bucket-policy-with-wildcards")
def _(w):
    w.policy = document({"Principal": {"Service": SERVICE}, "Condition": w.source, **allow(
        ["s3:Get*", "s3:List*"], [w.bucket_arn[:-2] + "??", w.bucket_arn + "/m*.csv"])})


@sound("bucket-policy-with-the-import-job-as-source")
def _(w):
    for each in w.policy["Statement"]:
        each["Condition"] = {"ArnEquals": {
            "aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-import-job/*"}}


@sound("bucket-policy-requires-tls")
def _(w):
    w.guard({"Sid": "Tls", **deny("s3:*", w.both, Condition={"Bool": {"aws:SecureTransport": "false"}})})


@sound("bucket-policy-denies-writes-without-encryption")
def _(w):
    w.guard({"Sid": "Encrypted", **deny("s3:PutObject", w.both[1], Condition={
        "StringNotEquals": {"s3:x-amz-server-side-encryption": "aws:kms"}})})


@sound("bucket-policy-denies-deletes-without-mfa")
def _(w):
    w.guard({"Sid": "Mfa", **deny("s3:DeleteObject", w.both[1], Condition={
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}})})


@sound("bucket-policy-closes-another-folder")
def _(w):
    w.guard({"Sid": "Private", **deny("s3:*", f"{w.bucket_arn}/private/*", Condition={
        "StringNotLike": {"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/HumanResources"}})})


def exceptions(w):
    """The exceptions of a guard that knows about services and the role."""
    return {"Bool": {"aws:PrincipalIsAWSService": "false"},
            "ArnNotLike": {"aws:PrincipalArn": [w.arn, f"arn:aws:iam::{ACCOUNT}:user/caller-*"]}}


@sound("bucket-guard-of-addresses-with-exceptions")
def _(w):
    w.guard({"Sid": "Office", **deny("s3:*", w.both, Condition={
        **exceptions(w), "NotIpAddress": {"aws:SourceIp": "192.0.2.0/24"}})})


@sound("bucket-guard-of-an-endpoint-with-exceptions")
def _(w):
    w.guard({"Sid": "Endpoint", **deny("s3:*", w.both, Condition={
        **exceptions(w), "StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}})})


@sound("bucket-guard-of-an-organisation-with-exceptions")
def _(w):
    w.guard({"Sid": "Organisation", **deny("s3:*", w.both, Condition={
        **exceptions(w), "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})})


@sound("bucket-policy-with-an-old-role-beside")
def _(w):
    w.policy["Statement"].append({"Sid": "Old", "Principal": {"AWS": "AROAEXAMPLEOFDELETED1"},
                                  **allow("s3:GetObject", w.both[1])})


@sound("key-for-role-and-service")
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE, "AWS": w.arn}))


@sound("key-by-the-role-policy")
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE}))
    w.inline["key"] = document(allow(["kms:Decrypt", "kms:DescribeKey"], "*"))


@sound("key-with-via-service")
def _(w):
    w.encrypt(*({**each, "Condition": {"StringEquals": {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}}}
                for each in w.key_use({"AWS": w.arn}, {"Service": SERVICE})))


@sound("folder-of-files-with-a-marker-and-a-sub-folder")
def _(w):
    w.objects = {"movies/part-0.csv": Item(files.csv(700)), "movies/part-1.csv": Item(files.csv(700, start=700)),
                 "movies/_SUCCESS": Item(b""), "movies/old/part-0.csv": Item(b"not,a,table\n")}
    w.location = f"s3://{w.bucket}/movies/"


@sound("key-with-blanks-and-accents")
def _(w):
    w.objects["movies/mes données 2024 (1).csv"] = w.objects.pop(w.key)
    w.key = "movies/mes données 2024 (1).csv"


@sound("key-without-an-ending")
def _(w):
    w.objects["export"] = w.objects.pop(w.key)
    w.key = "export"


@sound("items-with-empty-categories")
def _(w):
    w.dataset = "items"
    w.objects[w.key] = Item(files.items() + b"m900,\n")


@sound("users-in-few-rows")
def _(w):
    w.dataset = "users"
    w.objects[w.key] = Item(files.users(3))


@sound("file-in-infrequent-access")
def _(w):
    w.objects[w.key].storage = "STANDARD_IA"


@sound("file-in-glacier-instant-retrieval")
def _(w):
    w.objects[w.key].storage = "GLACIER_IR"


@sound("bucket-with-acls-and-own-objects")
def _(w):
    w.ownership = "ObjectWriter"


@sound("bucket-without-public-access-block")
def _(w):
    w.block = False


@sound("unseen-fault-of-the-bucket-policy", exits=(4,), passes=False)
def _(w):
    w.policy = None
    w.viewer = document(allow(["sts:GetCallerIdentity", "personalize:Describe*", "iam:Get*", "iam:List*",
                               "iam:SimulatePrincipalPolicy"], "*"))


@sound("unseen-fault-of-the-trust", exits=(4,), passes=False)
def _(w):
    w.trust = w.trusting("sagemaker.amazonaws.com")
    w.viewer = document(allow(["sts:GetCallerIdentity", "personalize:Describe*", "s3:Get*", "s3:List*",
                               "kms:Describe*"], "*"))


@sound("unseen-fault-behind-a-guard-that-stops-the-viewer-too", exits=(4,), passes=False)
def _(w):
    w.guard({"Sid": "EndpointOnly", **deny("s3:*", w.both, Condition={
        "StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}})})


@sound("unseen-everything-but-the-job", exits=(4,), passes=False)
def _(w):
    w.inline = {"logs": document(allow("logs:PutLogEvents", "*"))}
    w.viewer = document(allow(["sts:GetCallerIdentity", "personalize:Describe*"], "*"))
