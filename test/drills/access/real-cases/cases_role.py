"""Mistakes in the role's own policies and its boundary."""

import copy

from case import GUIDE, IAM_GUIDE, S3_GUIDE, case
from make import operator
from fixture import ACCOUNT, allow, deny, document

DEPUTY = f"{GUIDE}/cross-service-confused-deputy-prevention.html"
S3_ACCESS = f"{GUIDE}/granting-personalize-s3-access.html"
PERMISSIONS = f"{GUIDE}/aws-personalize-set-up-permissions.html"


@case("role-has-the-bucket-policy", "https://github.com/awsdocs/amazon-personalize-developer-guide/issues/2",
      "Incorrectly guide customers to create an IAM policy and apply a bucket policy to an IAM role.",
      "The bucket policy was attempted on the role and never put on the bucket.",
      [r"bucket.*(has no policy|no bucket policy)", r"bucket-policy-missing"])
def _(w):
    w.policy = None


@case("role-has-no-policy", "https://github.com/aws-samples/simple-forecast-solution/pull/128",
      "added missing iam role permissions",
      "The role was created without any policy.",
      [r"role.*(no policy|not allow|grants? nothing|allow)", r"role-.*missing"])
def _(w):
    w.inline = {}
    w.inline["logs"] = document(allow("logs:PutLogEvents", "*"))


@case("role-full-access-policy-other-bucket-name", PERMISSIONS,
      "List, read ... all objects in an Amazon S3 bucket that contains Personalize or personalize in the bucket name",
      "AmazonPersonalizeFullAccess is attached, and the bucket's name lacks the word personalize.",
      [r"AmazonPersonalizeFullAccess|(another|other) bucket|buckets? (names|with)|the bucket is"])
def _(w):
    w.inline = {}
    w.attached = ["arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess"]


@case("role-object-arn-without-star", "https://coldfusion-example.blogspot.com/2026/02/debugging-amazon-s3-403-access-denied-5.html",
      "If your policy resource is arn:aws:s3:::my-bucket, you cannot read files. You must include the wildcard /*.",
      "s3:GetObject of the role names the bucket.",
      [r"GetObject.*(names the bucket|objects|/\*)", r"role-object-arn"])
def _(w):
    w.inline = {"read": document(allow(["s3:ListBucket", "s3:GetObject"], w.bucket_arn))}


@case("role-list-on-objects", "https://coldfusion-example.blogspot.com/2026/02/debugging-amazon-s3-403-access-denied-5.html",
      "s3:ListBucket applies to the bucket resource. s3:GetObject applies to the objects inside the bucket.",
      "s3:ListBucket of the role names the objects.",
      [r"ListBucket.*(names objects|bucket)", r"role-bucket-arn"])
def _(w):
    w.inline = {"read": document(allow(["s3:ListBucket", "s3:GetObject"], f"{w.bucket_arn}/*"))}


@case("role-bucket-name-typed-wrong", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "Looks like your bucket name was not altered, please update it to the bucket you used.",
      "The role's policy still names the example bucket.",
      [r"(another|other) bucket|example|placeholder|the bucket is", r"role-other-bucket"])
def _(w):
    w.inline = {"read": document(*w.role_reads("arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"))}


@case("role-variable-unresolved", "https://github.com/unfor19/aws-build-badges/issues/35",
      "Resource: !Sub 'arn:aws:s3:::${AppName}-badges-images-${Stage}/*' [without !Sub]",
      "The role's policy has ${BucketName}: the template never filled it in.",
      [r"variable|placeholder|unresolved|template|filled in"])
def _(w):
    w.inline = {"read": document(*w.role_reads("arn:aws:s3:::${BucketName}", "arn:aws:s3:::${BucketName}/*"))}


@case("role-placeholder-in-angle-brackets", S3_ACCESS,
      "update the policy as follows. Replace bucket-name with the name of your bucket.",
      "The role's policy has <bucket-name>.",
      [r"placeholder|unresolved|example|template|filled in"])
def _(w):
    w.inline = {"read": document(*w.role_reads("arn:aws:s3:::<bucket-name>", "arn:aws:s3:::<bucket-name>/*"))}


@case("role-blank-in-arn", "https://github.com/aws/aws-cdk/issues/9510",
      "When there is a trailing space at the end of an ARN that is used by some newly created resources, it causes [...] a cryptic error.",
      "The role's policy has a blank at the end of the bucket's ARN.",
      [r"blank|space"])
def _(w):
    w.inline = {"read": document(*w.role_reads(f"{w.bucket_arn} ", f"{w.bucket_arn}/* "))}


@case("role-url-instead-of-arn", "https://github.com/felipefrizzo/terraform-aws-transfer-server/issues/6",
      "MalformedPolicyDocument: Resource must be in ARN format or \"*\".",
      "The role's policy has arn:aws:s3:::s3://bucket.",
      [r"\bURL\b|(another|other) bucket|not an ARN|the bucket is"])
def _(w):
    w.inline = {"read": document(*w.role_reads(f"arn:aws:s3:::s3://{w.bucket}", f"arn:aws:s3:::s3://{w.bucket}/*"))}


@case("role-source-account-condition", DEPUTY,
      "We recommend using the aws:SourceArn and aws:SourceAccount global condition context keys in resource policies [put into the role's]",
      "The role's policy requires aws:SourceAccount, which its session never sends.",
      [r"(SourceAccount|SourceArn).*(never|session|trust)", r"role-source-arn"])
def _(w):
    w.inline = {"read": document(*({**each, "Condition": w.source} for each in w.role_reads()))}


@case("role-prefix-condition-without-star", "https://github.com/pingcap/docs/pull/9459",
      "Check each policy and make sure that the Resource fields in each policy is correctly configured.",
      "s3:prefix must equal movies, and the import asks for movies/interactions.csv.",
      [r"s3:prefix|prefix"], broad=False)
def _(w):
    w.inline = {"read": document(
        {**allow("s3:ListBucket", w.bucket_arn), "Condition": {"StringEquals": {"s3:prefix": "movies"}}},
        allow("s3:GetObject", f"{w.bucket_arn}/movies/*"))}


@case("role-boundary-of-the-platform-team", "https://github.com/awslabs/service-workbench-on-aws/pull/1183",
      "Added aws:SourceVpce check onto SageMaker cloud formation template's permission boundary.",
      "The permissions boundary allows the logs and DynamoDB, and nothing of S3.",
      [r"boundary"])
def _(w):
    w.boundary = document(allow(["logs:*", "dynamodb:*"], "*"))


@case("role-deny-outside-office", "https://github.com/awsdocs/iam-user-guide/issues/210",
      "this policy cause problems ... some services ... could have problems to perform some actions if this policy is applied",
      "A policy on the role denies everything from outside the office's addresses.",
      [r"den(y|ies|ial).*(IP|SourceIp|address)", r"(IP|SourceIp|address).*den"],
      ask=[r"owner of the role .*except .*SourceIp"])
def _(w):
    w.inline["office-only"] = document(deny("*", "*", Condition={
        "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]}, "Bool": {"aws:ViaAWSService": "false"}}))


@case("role-deny-other-regions", "https://redlib.dansworld.org/r/devops?after=t3_1tify7t",
      "Root cause was a newly-attached [policy] ... Enforced data-residency for aws:RequestedRegion",
      "A policy on the role denies every region but us-east-1.",
      [r"region"],
      ask=[r"owner of the role .*except .*RequestedRegion"])
def _(w):
    w.inline["residency"] = document(deny("s3:*", "*", Condition={
        "StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}))


@case("role-deny-without-mfa", f"{IAM_GUIDE}/reference_policies_examples_aws_my-sec-creds-self-manage.html",
      "~ the guide's statement DenyAllExceptListedIfNoMFA, attached to a role too",
      "A managed policy denies everything without MFA, on the role too.",
      [r"MFA|MultiFactor"],
      ask=[r"owner of the role .*except .*MultiFactor"])
def _(w):
    w.managed[f"require-mfa-{w.name}"] = [document(deny("*", "*", Condition={
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}))]


@case("role-five-versions", "https://github.com/99designs/iamy/issues/21",
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
      "The customer managed policy names the old bucket, and has five versions already.",
      [r"(another|other) bucket|the bucket is", r"role-other-bucket"])
def _(w):
    old = document(*w.role_reads("arn:aws:s3:::old-films", "arn:aws:s3:::old-films/*"))
    w.inline = {"logs": document(allow("logs:PutLogEvents", "*"))}
    w.managed[f"films-{w.name}"] = [old, old, old, old, copy.deepcopy(old)]


@case("role-shared-managed-policy", "https://github.com/99designs/iamy/issues/21",
      "customer-managed policies come with a pretty low service limit of 5",
      "The shared policy reads another bucket, which another role needs.",
      [r"(another|other) bucket|the bucket is", r"role-other-bucket"])
def _(w):
    w.inline = {"logs": document(allow("logs:PutLogEvents", "*"))}
    name = f"loaders-{w.name}"
    w.managed[name] = [document(*w.role_reads("arn:aws:s3:::warehouse", "arn:aws:s3:::warehouse/*"))]
    w.bystanders[f"loader-{w.name}"] = {
        "trust": document({"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"},
                           "Action": "sts:AssumeRole"}),
        "attached": [f"arn:aws:iam::{ACCOUNT}:policy/{name}"]}


@case("role-operator-cannot-change-it", "https://github.com/aws-samples/simple-forecast-solution/pull/128",
      "added missing iam role permissions",
      "The role lacks s3:ListBucket, and the caller may not change roles.",
      [r"ListBucket"], ask=[r"role|IAM|admin"])
def _(w):
    w.inline = {"read": document(allow("s3:GetObject", f"{w.bucket_arn}/*"))}
    w.caller = operator(w)


@case("role-only-put", "https://github.com/awsdocs/amazon-personalize-developer-guide/issues/3",
      "needs to be updated with PutObject permissions for the Batch recommendation feature",
      "The role has the export's policy: s3:PutObject and s3:ListBucket, and no s3:GetObject.",
      [r"GetObject"])
def _(w):
    w.inline = {"write": document(allow(["s3:PutObject", "s3:ListBucket"], w.both))}


@case("role-get-object-version-only", f"{S3_GUIDE}/troubleshoot-403-errors.html",
      "~ GetObjectVersion is another action than GetObject",
      "The role has s3:GetObjectVersion instead of s3:GetObject.",
      [r"GetObject"])
def _(w):
    w.inline = {"read": document(allow("s3:ListBucket", w.bucket_arn), allow("s3:GetObjectVersion", w.both[1]))}


@case("role-colon-before-the-star", "https://github.com/duo-labs/parliament/issues/167",
      "\"Resource\": [\"arn:aws:s3:::bucket1:*\"] Which should have been arn:aws:s3:::bucket1/* instead of :* at the end",
      "s3:GetObject of the role names bucket:* instead of bucket/*.",
      [r"GetObject.*(:\*|objects|/\*|the bucket is|(another|other) bucket)"])
def _(w):
    w.inline = {"read": document(allow("s3:ListBucket", w.bucket_arn), allow("s3:GetObject", f"{w.bucket_arn}:*"))}


@case("role-slash-after-the-bucket", "https://github.com/lakekeeper/lakekeeper/pull/1230",
      "Bucket-level ARNs must not include a trailing \"/\".",
      "s3:ListBucket of the role names bucket/ with its slash.",
      [r"ListBucket.*(slash|names objects|instead of the bucket|the bucket is|own ARN|(another|other) bucket)"])
def _(w):
    w.inline = {"read": document(allow("s3:ListBucket", f"{w.bucket_arn}/"), allow("s3:GetObject", w.both[1]))}
