"""Setups that work but look unusual, seen by root, an owner, an operator or an auditor: none may be called broken."""

from collections.abc import Callable
from dataclasses import dataclass

import files
from make import operator
from world import ACCOUNT, REGION, SERVICE, Item, World, allow, deny, document


@dataclass(frozen=True)
class Sound:
    name: str
    change: Callable
    #: Exit codes of a right diagnosis. An auditor's may be 4: unknown.
    exits: tuple

    def world(self, name):
        world = World(name)
        self.change(world)
        return world


SOUND: list[Sound] = []


def sound(name, exits=(0,)):
    def register(change):
        SOUND.append(Sound(name, change, exits))
        return change
    return register


def file_of(body):
    """A world with another file."""
    def change(w):
        w.objects[w.key] = Item(body)
    return change


def seen_with(*actions):
    """An auditor's view, with these rights only, of an import that its owner started."""
    def change(w):
        w.viewer = document(allow(["sts:GetCallerIdentity", "personalize:Describe*", *actions], "*"))
    return change


HEADER = ("TIMESTAMP", "EVENT_TYPE", "ITEM_ID", "USER_ID")
TURNED = [[stamp, "watch, then rate" if number % 2 else "watch", item, user]
          for number, (user, item, stamp) in enumerate(files.rows())]
TURNED_FILE = files.table([[row[0], f'"{row[1]}"', *row[2:]] for row in TURNED], HEADER)

for name, body in {
    "file-with-crlf": files.csv(end="\r\n"),
    "file-without-last-line-end": files.csv().rstrip(b"\n"),
    "file-with-blank-lines-at-its-end": files.csv() + b"\n\n",
    "file-with-other-order-more-columns-and-commas-in-quotes": TURNED_FILE.encode(),
    "file-with-exactly-1000-rows": files.csv(1000),
    "file-with-ids-in-many-scripts": files.csv().decode().replace("u7,", "Jürgen 映画,").encode(),
    "file-with-old-timestamps": files.csv(stamp=lambda seconds: str(seconds - 1_600_000_000)),
}.items():
    sound(name)(file_of(body))

for name, actions in {
    "auditor-without-iam": ["s3:Get*", "s3:List*", "kms:DescribeKey", "kms:GetKeyPolicy"],
    "auditor-without-s3": ["iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy"],
    "auditor-without-the-file": ["iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy", "s3:GetBucket*",
                                 "s3:ListBucket"],
    "auditor-without-simulator": ["iam:Get*", "iam:List*", "s3:Get*", "s3:List*", "kms:Describe*", "kms:Get*"],
    "auditor-who-may-only-describe-the-job": [],
    "auditor-with-all-reads-and-no-pass-role": [
        "iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy", "s3:Get*", "s3:List*", "kms:Describe*", "kms:Get*"],
}.items():
    sound(name, exits=(0, 4))(seen_with(*actions))


@sound("as-the-guide-has-it-without-conditions")
def _(w):
    w.trust = document({"Effect": "Allow", "Principal": {"Service": SERVICE}, "Action": "sts:AssumeRole"})
    w.inline = {"read": document(allow(["s3:GetObject", "s3:ListBucket"], w.both))}
    w.policy = document({"Sid": "PersonalizeS3BucketAccessPolicy", "Principal": {"Service": SERVICE},
                         **allow(["s3:GetObject", "s3:ListBucket"], w.both)})


@sound("seen-by-root")
def _(w):
    w.caller = None


@sound("seen-by-an-operator")
def _(w):
    w.caller = operator(w)


@sound("role-with-a-path")
def _(w):
    w.path = "/service-role/"
    w.caller = operator(w)


@sound("pass-role-by-wildcard-and-service")
def _(w):
    w.caller = operator(w, {**allow("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/Personalize*"), "Condition": {
        "StringLike": {"iam:PassedToService": "personalize.*"}}}, passing=f"arn:aws:iam::{ACCOUNT}:role/other")


@sound("trust-of-two-services-and-a-person")
def _(w):
    w.trust = w.trusting(["sagemaker.amazonaws.com", SERVICE])
    w.trust["Statement"].append({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                                 "Action": ["sts:AssumeRole", "sts:TagSession"]})


@sound("trust-with-like-and-list")
def _(w):
    w.trust["Statement"][0]["Condition"] = {
        "StringLike": {"aws:SourceArn": f"arn:aws:personalize:*:{ACCOUNT}:*"},
        "StringEquals": {"AWS:SourceAccount": ["111122223333", ACCOUNT]}}


@sound("trust-for-import-jobs-of-one-name")
def _(w):
    w.trust["Statement"][0]["Condition"]["ArnLike"] = {
        "aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-import-job/real-*"}


@sound("trust-with-a-denial-for-people")
def _(w):
    w.trust["Statement"].append({"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": {
        "StringNotEqualsIfExists": {"aws:SourceAccount": ACCOUNT}, "Null": {"aws:SourceAccount": "false"}}})


@sound("role-reads-everything")
def _(w):
    w.inline = {"read": document(allow(["s3:Get*", "s3:List*"], "*"))}


@sound("role-allows-all-but-iam")
def _(w):
    w.inline = {"most": document({"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"})}


@sound("role-prefix-condition")
def _(w):
    w.inline = {"read": document(
        {**allow("s3:ListBucket", w.bucket_arn), "Condition": {"StringLike": {"s3:prefix": ["movies/*", "music/*"]}}},
        allow("s3:GetObject", f"{w.bucket_arn}/movies/*"))}


@sound("role-actions-in-other-letters")
def _(w):
    w.inline = {"read": document(allow(["S3:listbucket", "s3:GETOBJECT"], w.both))}


@sound("role-policies-in-three-places")
def _(w):
    lists, gets = w.role_reads()
    w.inline = {"list": document(lists), "nothing": document(allow("logs:PutLogEvents", "*"))}
    w.managed[f"gets-{w.name}"] = [document(allow("s3:GetObject", "arn:aws:s3:::old/*")), document(gets)]


@sound("role-managed-policy-with-five-versions")
def _(w):
    w.inline = {}
    w.managed[f"five-{w.name}"] = [document(allow("s3:GetObject", "arn:aws:s3:::old/*"))] * 4 + [
        document(*w.role_reads())]


@sound("role-with-policy-of-aws")
def _(w):
    w.inline = {}
    w.attached = ["arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"]


@sound("role-full-access-policy-and-bucket-of-that-name")
def _(w):
    w.__init__(w.name, bucket=f"personalize-films-{w.name}")
    w.inline = {}
    w.attached = ["arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess"]


@sound("role-boundary-that-allows")
def _(w):
    w.boundary = document(allow(["s3:*", "kms:*"], "*"), deny("s3:DeleteObject", "*"))


@sound("role-denies-other-things")
def _(w):
    w.inline["no-deletes"] = document(
        deny(["s3:Delete*", "s3:Put*"], "*"), deny("s3:*", f"{w.bucket_arn}/private/*"),
        deny("s3:*", "*", Condition={"StringNotEquals": {"aws:RequestedRegion": [REGION, "us-east-1"]}}))


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
