"""Mistakes in the role: its ARN, its trust policy, and its own policies."""

import copy

from case import GUIDE, IAM_GUIDE, S3_GUIDE, case
from make import operator
from world import ACCOUNT, OTHER, REGION, allow, deny, document

DEPUTY = f"{GUIDE}/cross-service-confused-deputy-prevention.html"
S3_ACCESS = f"{GUIDE}/granting-personalize-s3-access.html"
PERMISSIONS = f"{GUIDE}/aws-personalize-set-up-permissions.html"


@case("role-without-its-path", "https://github.com/aws/sagemaker-python-sdk/issues/2186",
      "The returned arn will not include \"service-role\" in the path.",
      "The job names role/X, and the role is role/service-role/X.",
      [r"path", r"service-role"])
def _(w):
    w.path = "/service-role/"
    w.role_arn = f"arn:aws:iam::{ACCOUNT}:role/{w.role}"


@case("role-with-a-path-that-it-lacks", "https://github.com/aws/sagemaker-python-sdk/issues/2186",
      "these are hard coded ... unless the role name ... is placed into the \"/service-role/\" path",
      "The job names role/service-role/X, and the role is role/X.",
      [r"path", r"service-role"])
def _(w):
    w.role_arn = f"arn:aws:iam::{ACCOUNT}:role/service-role/{w.role}"


@case("role-of-another-account", f"{IAM_GUIDE}/id_roles_use_passrole.html",
      "You cannot pass a role from another account: copied the tutorial's role ARN with its account id",
      "The role ARN has the account id of the guide's example.",
      [r"another account", r"other account", r"account 111122223333", r"111122223333"],
      ask=None)
def _(w):
    w.role_arn = f"arn:aws:iam::{OTHER}:role/{w.role}"


@case("role-deleted-by-cleanup", "https://github.com/aws-samples/amazon-personalize-samples",
      "I ran the clean up notebook and now the import of the next notebook fails",
      "The role was deleted; the notebook's variable still has its ARN.",
      [r"no such role", r"role .*(does not exist|missing|deleted|is gone)", r"role-missing"])
def _(w):
    w.has_role = False


@case("trust-sagemaker", "https://github.com/aws/amazon-sagemaker-feedback/issues/61",
      "I passed the notebook's execution role to Personalize",
      "The role trusts sagemaker.amazonaws.com only.",
      [r"trust.*(sagemaker|another|other|not .*personalize|does not)", r"trust-wrong-service"],
      [r"trust"])
def _(w):
    w.trust = document({"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"},
                        "Action": "sts:AssumeRole"})


@case("trust-runtime-name", f"{GUIDE}/set-up-required-permissions.html",
      "The service is called personalize-runtime in boto3, so I put that into the trust relationship",
      "The trust policy names personalize-runtime.amazonaws.com.",
      [r"trust.*(personalize-runtime|another|service)"], [r"trust"])
def _(w):
    w.trust = w.trusting("personalize-runtime.amazonaws.com")


@case("trust-british-spelling", "https://github.com/hashicorp/terraform-provider-aws/issues/8905",
      "MalformedPolicyDocument: Invalid principal in policy",
      "The trust policy names personalise.amazonaws.com.",
      [r"trust.*(personalise|another|spel|service)"], [r"trust"])
def _(w):
    w.trust = w.trusting("personalise.amazonaws.com")


@case("trust-regional-name", "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html",
      "Some services have regional principals, so I wrote personalize.eu-central-1.amazonaws.com",
      "The trust policy names a regional service principal that does not exist.",
      [r"trust.*(personalize\.eu|another|region|service)"], [r"trust"])
def _(w):
    w.trust = w.trusting(f"personalize.{REGION}.amazonaws.com")


@case("trust-account-root", f"{IAM_GUIDE}/troubleshoot_roles.html",
      "I chose 'AWS account' instead of 'AWS service' when I created the role",
      "The trust policy trusts the account, not the service.",
      [r"trust.*(another|principal|service|account)"], [r"trust"])
def _(w):
    w.trust = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                        "Action": "sts:AssumeRole"})


@case("trust-source-account-of-the-guide", DEPUTY,
      "Copied the confused deputy example as it is",
      "aws:SourceAccount is 111122223333, the guide's account.",
      [r"SourceAccount.*(another|other|111122223333)", r"trust-source-account"], [r"trust|SourceAccount"])
def _(w):
    w.trust["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"] = OTHER


@case("trust-source-arn-of-the-dataset-group", "https://github.com/prowler-cloud/prowler/issues/4714",
      "when we add either aws:SourceArn or aws:SourceAccount or both. Our process will stop working.",
      "aws:SourceArn names the dataset group, and the request comes from the import job.",
      [r"SourceArn.*(exclude|import job|names|dataset-group|not)"], [r"trust|SourceArn"])
def _(w):
    w.trust["Statement"][0]["Condition"]["ArnLike"] = {
        "aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-group/*"}


@case("trust-source-arn-equals-with-star", "https://github.com/prowler-cloud/prowler/issues/4714",
      "The exact trust relationship policy: StringEquals with arn:aws:...:*",
      "StringEquals compares aws:SourceArn with a star, which matches literally.",
      [r"SourceArn.*(star|wildcard|literal|StringEquals|names|not)"], [r"trust|SourceArn"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {"StringEquals": {
        "aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:*"}}


@case("trust-source-arn-of-another-region", DEPUTY,
      "We moved from us-east-1 and kept the trust policy",
      "aws:SourceArn names us-east-1.",
      [r"SourceArn.*(region|us-east-1|names|not)"], [r"trust|SourceArn"])
def _(w):
    w.trust["Statement"][0]["Condition"]["ArnLike"] = {
        "aws:SourceArn": f"arn:aws:personalize:us-east-1:{ACCOUNT}:*"}


@case("trust-external-id", f"{IAM_GUIDE}/id_roles_create_for-user_externalid.html",
      "Our template puts sts:ExternalId into every trust policy",
      "The trust policy requires sts:ExternalId, which no service sends.",
      [r"ExternalId", r"trust.*condition"], [r"trust|ExternalId"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": "films"}}


@case("trust-mfa", "https://github.com/hashicorp/terraform-provider-aws/issues/8905",
      "condition { test = \"Bool\" variable = \"aws:MultiFactorAuthPresent\" values = [\"true\"] }",
      "The trust policy requires MFA, which a service cannot have.",
      [r"MFA|MultiFactor", r"trust.*condition"], [r"trust|MFA|MultiFactor"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


@case("role-has-the-bucket-policy", "https://github.com/awsdocs/amazon-personalize-developer-guide/issues/2",
      "Incorrectly guide customers to create an IAM policy and apply a bucket policy to an IAM role.",
      "The bucket policy was attempted on the role and never put on the bucket.",
      [r"bucket.*(has no policy|no bucket policy)", r"bucket-policy-missing"], [r"bucket.*policy"])
def _(w):
    w.policy = None


@case("role-has-no-policy", "https://github.com/aws-samples/amazon-personalize-samples/issues/153",
      "S3 error: Access Denied",
      "The role was created without any policy.",
      [r"role.*(no policy|not allow|grants? nothing|allow)", r"role-.*missing"], [r"role"])
def _(w):
    w.inline = {}
    w.inline["logs"] = document(allow("logs:PutLogEvents", "*"))


@case("role-full-access-policy-other-bucket-name", PERMISSIONS,
      "List, read ... all objects in an Amazon S3 bucket that contains Personalize or personalize in the bucket name",
      "AmazonPersonalizeFullAccess is attached, and the bucket's name lacks the word personalize.",
      [r"(AmazonPersonalizeFullAccess|managed policy|bucket.*personalize|names another|not allow|other bucket)"],
      [r"role|polic"])
def _(w):
    w.inline = {}
    w.attached = ["arn:aws:iam::aws:policy/service-role/AmazonPersonalizeFullAccess"]


@case("role-object-arn-without-star", "https://coldfusion-example.blogspot.com/2026/02/debugging-amazon-s3-403-access-denied-5.html",
      "If your policy resource is arn:aws:s3:::my-bucket, you cannot read files. You must include the wildcard /*.",
      "s3:GetObject of the role names the bucket.",
      [r"GetObject.*(names the bucket|objects|/\*)", r"role-object-arn"], [r"role|GetObject"])
def _(w):
    w.inline = {"read": document(allow(["s3:ListBucket", "s3:GetObject"], w.bucket_arn))}


@case("role-list-on-objects", f"{S3_GUIDE}/troubleshoot-403-errors.html",
      "ListBucket is a bucket action: I only gave arn:aws:s3:::bucket/*",
      "s3:ListBucket of the role names the objects.",
      [r"ListBucket.*(names objects|bucket)", r"role-bucket-arn"], [r"role|ListBucket"])
def _(w):
    w.inline = {"read": document(allow(["s3:ListBucket", "s3:GetObject"], f"{w.bucket_arn}/*"))}


@case("role-bucket-name-typed-wrong", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "Looks like your bucket name was not altered, please update it to the bucket you used.",
      "The role's policy still names the example bucket.",
      [r"(another|other) bucket", r"amzn-s3-demo-bucket", r"role-other-bucket"], [r"role|bucket"])
def _(w):
    w.inline = {"read": document(*w.role_reads("arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/*"))}


@case("role-variable-unresolved", "https://github.com/unfor19/aws-build-badges/issues/35",
      "Resource: arn:aws:s3:::${AppName}-... without !Sub",
      "The role's policy has ${BucketName}: the template never filled it in.",
      [r"\$\{BucketName\}", r"variable|placeholder|unresolved|template"], [r"role|variable|placeholder|unresolved"])
def _(w):
    w.inline = {"read": document(*w.role_reads("arn:aws:s3:::${BucketName}", "arn:aws:s3:::${BucketName}/*"))}


@case("role-placeholder-in-angle-brackets", S3_ACCESS,
      "Replace bucket-name with the name of your bucket",
      "The role's policy has <bucket-name>.",
      [r"<bucket-name>", r"placeholder|unresolved|(another|other) bucket"], [r"role|placeholder|bucket"])
def _(w):
    w.inline = {"read": document(*w.role_reads("arn:aws:s3:::<bucket-name>", "arn:aws:s3:::<bucket-name>/*"))}


@case("role-blank-in-arn", "https://repost.aws/knowledge-center/s3-troubleshoot-403",
      "Check for extra spaces in the ARN of the policy",
      "The role's policy has a blank at the end of the bucket's ARN.",
      [r"blank|space"], [r"blank|space|role"])
def _(w):
    w.inline = {"read": document(*w.role_reads(f"{w.bucket_arn} ", f"{w.bucket_arn}/* "))}


@case("role-url-instead-of-arn", f"{IAM_GUIDE}/reference_policies_elements_resource.html",
      "I pasted s3://bucket into the visual editor",
      "The role's policy has arn:aws:s3:::s3://bucket.",
      [r"s3://", r"(another|other) bucket", r"names|not an ARN"], [r"role|bucket|s3://"])
def _(w):
    w.inline = {"read": document(*w.role_reads(f"arn:aws:s3:::s3://{w.bucket}", f"arn:aws:s3:::s3://{w.bucket}/*"))}


@case("role-source-account-condition", DEPUTY,
      "Added the aws:SourceAccount condition to every policy of the role as security asked",
      "The role's policy requires aws:SourceAccount, which its session never sends.",
      [r"(SourceAccount|SourceArn).*(never|session|trust)", r"role-source-arn"], [r"role|SourceA"])
def _(w):
    w.inline = {"read": document(*({**each, "Condition": w.source} for each in w.role_reads()))}


@case("role-prefix-condition-without-star", "https://github.com/pingcap/docs/pull/9459",
      "make sure that the Resource fields in each policy are correctly configured",
      "s3:prefix must equal movies, and the import asks for movies/interactions.csv.",
      [r"s3:prefix|prefix"], [r"prefix|role"], broad=False)
def _(w):
    w.inline = {"read": document(
        {**allow("s3:ListBucket", w.bucket_arn), "Condition": {"StringEquals": {"s3:prefix": "movies"}}},
        allow("s3:GetObject", f"{w.bucket_arn}/movies/*"))}


@case("role-boundary-of-the-platform-team", "https://github.com/awslabs/service-workbench-on-aws/pull/1183",
      "Every role that we create gets the permissions boundary of the platform team",
      "The permissions boundary allows the logs and DynamoDB, and nothing of S3.",
      [r"boundary"], [r"boundary"])
def _(w):
    w.boundary = document(allow(["logs:*", "dynamodb:*"], "*"))


@case("role-deny-outside-office", "https://github.com/awsdocs/iam-user-guide/issues/210",
      "this policy cause problems ... some services ... could have problems to perform some actions if this policy is applied",
      "A policy on the role denies everything from outside the office's addresses.",
      [r"den(y|ies|ial).*(IP|SourceIp|address)", r"(IP|SourceIp|address).*den"], [r"IP|SourceIp|address"])
def _(w):
    w.inline["office-only"] = document(deny("*", "*", Condition={
        "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24"]}, "Bool": {"aws:ViaAWSService": "false"}}))


@case("role-deny-other-regions", "https://redlib.dansworld.org/r/devops?after=t3_1tify7t",
      "Root cause was a newly-attached [policy] ... Enforced data-residency for aws:RequestedRegion",
      "A policy on the role denies every region but us-east-1.",
      [r"region"], [r"region"])
def _(w):
    w.inline["residency"] = document(deny("s3:*", "*", Condition={
        "StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}))


@case("role-deny-without-mfa", f"{IAM_GUIDE}/reference_policies_examples_aws_my-sec-creds-self-manage.html",
      "The DenyAllExceptListedIfNoMFA statement of the guide is attached to all identities",
      "A managed policy denies everything without MFA, on the role too.",
      [r"MFA|MultiFactor"], [r"MFA|MultiFactor"])
def _(w):
    w.managed[f"require-mfa-{w.name}"] = [document(deny("*", "*", Condition={
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}))]


@case("role-five-versions", "https://github.com/99designs/iamy/issues/21",
      "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing version.",
      "The customer managed policy names the old bucket, and has five versions already.",
      [r"(another|other) bucket", r"old-films", r"role-other-bucket"], [r"role|bucket"])
def _(w):
    old = document(*w.role_reads("arn:aws:s3:::old-films", "arn:aws:s3:::old-films/*"))
    w.inline = {"logs": document(allow("logs:PutLogEvents", "*"))}
    w.managed[f"films-{w.name}"] = [old, old, old, old, copy.deepcopy(old)]


@case("role-shared-managed-policy", "https://github.com/99designs/iamy/issues/21",
      "We share one customer managed policy between the loaders",
      "The shared policy reads another bucket, which another role needs.",
      [r"(another|other) bucket", r"warehouse", r"role-other-bucket"], [r"role|bucket"])
def _(w):
    w.inline = {"logs": document(allow("logs:PutLogEvents", "*"))}
    name = f"loaders-{w.name}"
    w.managed[name] = [document(*w.role_reads("arn:aws:s3:::warehouse", "arn:aws:s3:::warehouse/*"))]
    w.bystanders[f"loader-{w.name}"] = {
        "trust": document({"Effect": "Allow", "Principal": {"Service": "glue.amazonaws.com"},
                           "Action": "sts:AssumeRole"}),
        "attached": [f"arn:aws:iam::{ACCOUNT}:policy/{name}"]}


@case("pass-role-missing", f"{S3_GUIDE}/security_iam_troubleshoot.html",
      "User: marymajor is not authorized to perform: iam:PassRole",
      "The caller may start imports, and has no iam:PassRole.",
      [r"PassRole"], [r"PassRole|pass the role"], ask=[r"(admin|who|IAM).*PassRole|PassRole.*(admin|IAM)"])
def _(w):
    w.caller = operator(w, passing=f"arn:aws:iam::{ACCOUNT}:role/another")


@case("pass-role-to-another-service", "https://github.com/awslabs/benchmark-ai/pull/643",
      "Allow sagemaker to pass the role",
      "iam:PassedToService of the caller's policy is sagemaker.amazonaws.com.",
      [r"PassRole.*(sagemaker|service)|PassedToService"], [r"PassRole|pass the role"],
      ask=[r"PassRole"])
def _(w):
    w.caller = operator(w, {**allow("iam:PassRole", "*"), "Condition": {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}},
        passing=f"arn:aws:iam::{ACCOUNT}:role/another")


@case("pass-role-without-path", "https://github.com/aws/sagemaker-python-sdk/issues/2186",
      "not authorized to perform: iam:PassRole on resource: role/service-role/AmazonSageMaker-ExecutionRole",
      "The caller may pass role/X, and the role is role/service-role/X.",
      [r"PassRole"], [r"PassRole|pass the role"], ask=[r"PassRole"])
def _(w):
    w.path = "/service-role/"
    w.caller = operator(w, passing=f"arn:aws:iam::{ACCOUNT}:role/{w.role}")


@case("pass-role-of-the-session-only", "https://github.com/aws/amazon-sagemaker-feedback/issues/61",
      "is not authorized to perform: iam:PassRole on resource ... because no identity-based policy allows the iam:PassRole action",
      "The notebook's user has AmazonPersonalizeFullAccess-like rights of Personalize, and PassRole for the notebook's role.",
      [r"PassRole"], [r"PassRole|pass the role"], ask=[r"PassRole"])
def _(w):
    w.caller = operator(w, allow("personalize:*", "*"), passing=f"arn:aws:iam::{ACCOUNT}:role/notebook-*")


@case("role-operator-cannot-change-it", "https://github.com/aws-samples/simple-forecast-solution/pull/128",
      "added missing iam role permissions",
      "The role lacks s3:ListBucket, and the caller may not change roles.",
      [r"ListBucket"], [r"ListBucket|role"], ask=[r"role|IAM|admin"])
def _(w):
    w.inline = {"read": document(allow("s3:GetObject", f"{w.bucket_arn}/*"))}
    w.caller = operator(w)


@case("role-only-put", "https://github.com/awsdocs/amazon-personalize-developer-guide/issues/3",
      "needs to be updated with PutObject permissions for the Batch recommendation feature",
      "The role has the export's policy: s3:PutObject and s3:ListBucket, and no s3:GetObject.",
      [r"GetObject"], [r"GetObject|role"])
def _(w):
    w.inline = {"write": document(allow(["s3:PutObject", "s3:ListBucket"], w.both))}


@case("role-get-object-version-only", f"{S3_GUIDE}/troubleshoot-403-errors.html",
      "the policy generator gave me GetObjectVersion",
      "The role has s3:GetObjectVersion instead of s3:GetObject.",
      [r"GetObject"], [r"GetObject|role"])
def _(w):
    w.inline = {"read": document(allow("s3:ListBucket", w.bucket_arn), allow("s3:GetObjectVersion", w.both[1]))}


@case("role-misspelt-condition-key", f"{IAM_GUIDE}/reference_policies_condition-keys.html",
      "aws:SourceAcount was accepted without an error",
      "The trust policy's condition key is misspelt, which IAM accepts and never matches.",
      [r"SourceAcount|misspel|does not exist"], [r"SourceAcount|misspel|does not exist|condition"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceAcount": ACCOUNT}}
