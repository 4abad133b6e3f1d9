"""Setups that work but look unusual, seen by root, an owner, an operator or an auditor: none may be called broken."""

from collections.abc import Callable
from dataclasses import dataclass

import files
from make import operator
from fixture import ACCOUNT, REGION, SERVICE, Item, Fixture, allow, deny, document


@dataclass(frozen=True)
class Sound:
    name: str
    change: Callable
    #: Exit codes of a correct diagnosis. For an auditor with few permissions, 4 (unknown) is also correct.
    exits: tuple
    #: Whether the import succeeds. If the import fails, the caller cannot see the cause, so the diagnosis must be "unknown".
    passes: bool = True

    def fixture(self, name):
        fixture = Fixture(name)
        self.change(fixture)
        return fixture


SOUND: list[Sound] = []


def sound(name, exits=(0,), passes=True):
    def register(change):
        SOUND.append(Sound(name, change, exits, passes))
        return change
    return register


def file_of(body):
    """A fixture with another file."""
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
