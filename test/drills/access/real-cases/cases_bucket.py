"""Mistakes of the bucket: its policy, its guards, its name and region, its key."""

from case import GUIDE, IAM_GUIDE, S3_GUIDE, case
from make import FOREIGN_OWNER, operator
from world import ACCOUNT, OTHER, REGION, SERVICE, allow, deny, document

S3_ACCESS = f"{GUIDE}/granting-personalize-s3-access.html"
KEY_ACCESS = f"{GUIDE}/granting-personalize-key-access.html"
#: Not the policy itself: an administrator can still read and repair it.
DATA = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]
CROSS = "https://repost.aws/knowledge-center/s3-cross-account-access-denied"


@case("bucket-without-policy", S3_ACCESS,
      "Attach a bucket policy to the Amazon S3 bucket containing your data files so Amazon Personalize can access them",
      "Only the role has a policy; the bucket has none.",
      [r"bucket.*no (bucket )?policy", r"bucket-policy-missing"], [r"bucket"])
def _(w):
    w.policy = None


@case("bucket-policy-for-the-role", "https://github.com/ministryofjustice/cloud-platform-environments/pull/10505",
      "This needs to reference the role attached to API Gateway not the API Gateway ARN itself.",
      "The bucket policy lets in the role, not the service.",
      [r"bucket policy.*(principal|role|not for|service)"], [r"bucket policy"])
def _(w):
    w.policy = document(*w.service_reads({"AWS": w.arn}, condition=False))


@case("bucket-policy-for-the-service-of-forecast", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "Reused the policy of our Forecast project",
      "The bucket policy lets in forecast.amazonaws.com.",
      [r"bucket policy.*(forecast|principal|another)"], [r"bucket policy"])
def _(w):
    w.policy = document(*w.service_reads({"Service": "forecast.amazonaws.com"}))


@case("bucket-policy-only-get", S3_ACCESS,
      "The policy allows GetObject; what is ListBucket for?",
      "The bucket policy lacks s3:ListBucket.",
      [r"ListBucket"], [r"ListBucket|list"])
def _(w):
    w.policy = document(w.service_reads()[1])


@case("bucket-policy-objects-without-star", S3_ACCESS,
      "Resource: arn:aws:s3:::bucket for both actions",
      "s3:GetObject of the bucket policy names the bucket.",
      [r"GetObject.*(names the bucket|objects|/\*)", r"bucket-object-arn"], [r"bucket policy|GetObject"])
def _(w):
    w.policy = document({"Sid": "P", "Principal": {"Service": SERVICE}, **allow(
        ["s3:GetObject", "s3:ListBucket"], w.bucket_arn)})


@case("bucket-policy-list-on-objects", S3_ACCESS,
      "Resource: arn:aws:s3:::bucket/* for both actions",
      "s3:ListBucket of the bucket policy names the objects.",
      [r"ListBucket.*(names objects|bucket)", r"bucket-bucket-arn"], [r"bucket policy|ListBucket"])
def _(w):
    w.policy = document({"Sid": "P", "Principal": {"Service": SERVICE}, **allow(
        ["s3:GetObject", "s3:ListBucket"], f"{w.bucket_arn}/*")})


@case("bucket-policy-source-account-of-the-guide", f"{GUIDE}/cross-service-confused-deputy-prevention.html",
      "accountNumber copied from the example",
      "aws:SourceAccount of the bucket policy is 111122223333.",
      [r"SourceAccount.*(another|other|111122223333)", r"bucket-account"], [r"SourceAccount|bucket policy"])
def _(w):
    for each in w.policy["Statement"]:
        each["Condition"] = {"StringEquals": {"aws:SourceAccount": OTHER}}


@case("bucket-policy-names-the-guides-prefix", S3_ACCESS,
      "Moved the files into a new folder after the policy was written",
      "The bucket policy allows raw/*, and the file is in movies/.",
      [r"(other keys|prefix|raw)"], [r"bucket policy|keys|prefix"], broad=False)
def _(w):
    lists, gets = w.service_reads()
    gets["Resource"] = f"{w.bucket_arn}/raw/*"
    w.policy = document(lists, gets)


@case("bucket-policy-org-id-condition", "https://github.com/UnitOneAI/SecuritySkills/issues/805",
      "data-perimeter: deny unless aws:PrincipalOrgID is ours",
      "A Deny on other organisations also denies the service, which has no organisation.",
      [r"organi[sz]ation|PrincipalOrgID"], [r"organi[sz]ation|PrincipalOrgID"])
def _(w):
    w.guard({"Sid": "OurOrganisation", **deny(DATA, w.both, Condition={
        "StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})})


@case("bucket-deny-ip", "https://github.com/awsdocs/amazon-s3-developer-guide/issues/67",
      "The bucket policy evaluates to denying all actions from all users except those that originate from the range",
      "A Deny outside the office's addresses also denies the service and its role.",
      [r"\bIPs?\b|SourceIp|address"], [r"\bIPs?\b|SourceIp|address"])
def _(w):
    w.guard({"Sid": "OfficeOnly", **deny("s3:*", w.both, Condition={
        "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24", "127.0.0.0/8"]}})})


@case("bucket-deny-vpc-endpoint", S3_ACCESS,
      "Because Amazon Personalize doesn't communicate with AWS VPCs, it can't interact with buckets that allow only VPC access",
      "A Deny outside one VPC endpoint.",
      [r"VPC"], [r"VPC"])
def _(w):
    w.guard({"Sid": "EndpointOnly", **deny(DATA, w.both, Condition={
        "StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}})})


@case("bucket-deny-vpc-with-break-glass", "https://github.com/ministryofjustice/opg-digideps/pull/2920",
      "role/operator and role/breakglass are excepted; the CI role is absent from the exceptions",
      "A Deny outside one VPC endpoint, except for the operator's and the break-glass role.",
      [r"VPC"], [r"VPC"])
def _(w):
    roles = [f"operator-{w.name}", f"breakglass-{w.name}"]
    reads = document(allow("s3:*", w.both))
    for each in roles:
        w.bystanders[each] = {"trust": document({
            "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"}),
            "inline": {"s3": reads}}
    w.guard({"Sid": "EndpointOnly", **deny("s3:*", w.both, Condition={
        "StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"},
        "ArnNotLike": {"aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/{each}" for each in roles]
                       + [f"arn:aws:iam::{ACCOUNT}:user/caller-{w.name}"]}})})


@case("bucket-deny-source-vpc", "https://github.com/UnitOneAI/SecuritySkills/issues/805",
      "aws:SourceVpce, aws:SourceVpc ... data-perimeter Deny statements",
      "A Deny outside one VPC.",
      [r"VPC"], [r"VPC"])
def _(w):
    w.guard({"Sid": "VpcOnly", **deny(DATA, w.both, Condition={
        "StringNotEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}})})


@case("bucket-deny-without-mfa", f"{S3_GUIDE}/example-bucket-policies.html",
      "Requiring MFA: the policy denies any operation if the request is not authenticated by using MFA",
      "A Deny where aws:MultiFactorAuthAge is null.",
      [r"MFA|MultiFactor"], [r"MFA|MultiFactor"])
def _(w):
    w.guard({"Sid": "MfaOnly", **deny(DATA, w.both, Condition={"Null": {"aws:MultiFactorAuthAge": True}})})


@case("bucket-deny-all-but-listed-roles", "https://www.fogsecurity.io/blog/mistrusted-advisor-public-s3-buckets",
      "if the bucket policy denies access to AWS service roles",
      "A Deny for everyone whose aws:PrincipalArn is not in a list.",
      [r"PrincipalArn|den(y|ies|ied)|principal"], [r"den(y|ies|ied)|PrincipalArn"])
def _(w):
    w.guard({"Sid": "Listed", **deny("s3:*", w.both, Condition={"StringNotLike": {
        "aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/DataEngineers", f"arn:aws:iam::{ACCOUNT}:user/caller-*"]}})})


@case("bucket-deny-wrong-tls", f"{S3_GUIDE}/example-bucket-policies.html",
      "aws:SecureTransport is true, so deny: I had the condition upside down",
      "The Deny on TLS is inverted: it denies requests with TLS.",
      [r"TLS|SecureTransport"], [r"TLS|SecureTransport"])
def _(w):
    w.guard({"Sid": "Tls", **deny("s3:GetObject", w.both[1], Condition={"Bool": {"aws:SecureTransport": "true"}})})


@case("bucket-deny-unencrypted-get", f"{S3_GUIDE}/example-bucket-policies.html",
      "Deny without x-amz-server-side-encryption, with Action s3:* instead of s3:PutObject",
      "A Deny on requests without an encryption header covers reads too.",
      [r"encryption|den(y|ies|ied)"], [r"encryption|den(y|ies|ied)"])
def _(w):
    w.guard({"Sid": "Encrypted", **deny("s3:*", w.both[1], Condition={
        "Null": {"s3:x-amz-server-side-encryption": "true"}})})


@case("bucket-role-recreated", "https://github.com/cloud-custodian/cloud-custodian/issues/9879",
      "if ... that IAM principal is deleted, the string will be converted into a random string: AROA1234567123456D",
      "A Deny excepts the deleted role's id, and the new role of the name is denied.",
      [r"recreated|created again|deleted|AROA|old"], [r"recreated|created again|deleted|AROA|den"])
def _(w):
    w.guard({"Sid": "OnlyTheRole", **deny("s3:GetObject", w.both[1], Condition={"StringNotLike": {
        "aws:userid": ["AROAEXAMPLEOFDELETED1:*", "AIDAEXAMPLE"]}, "Bool": {"aws:PrincipalIsAWSService": "false"}})})


@case("bucket-name-typed-wrong", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "No objects found in s3 path s3://bucket-name/..., please ensure the path is specified correctly.",
      "The location's bucket does not exist.",
      [r"no such bucket", r"bucket.*(not exist|missing)"], [r"bucket"])
def _(w):
    w.location = f"s3://{w.bucket}-data/{w.key}"


@case("bucket-in-another-region", "https://github.com/simonw/s3-ocr/issues/24",
      "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
      "The bucket is in us-east-2, Personalize in eu-central-1.",
      [r"region"], [r"region"])
def _(w):
    w.region = "us-east-2"


@case("kms-key-policy-without-personalize", KEY_ACCESS,
      "If you use AWS KMS for encryption, you must grant Amazon Personalize and your service role permission to use your key",
      "The key's policy has its administrators only.",
      [r"key.*(neither|policy|decrypt)", r"kms"], [r"key|KMS"])
def _(w):
    w.encrypt()


@case("kms-root-removed", "https://github.com/data-dot-all/dataall/issues/1210",
      "if the KMS key ... doesn't not have the :root access then the importing dataset fails ... not authorized to perform: kms:Decrypt",
      "The key's policy has one administrator role and not the account's root.",
      [r"key.*(neither|policy|decrypt)", r"kms"], [r"key|KMS"])
def _(w):
    people = [f"arn:aws:iam::{ACCOUNT}:role/KeyAdmins", f"arn:aws:iam::{ACCOUNT}:user/caller-{w.name}"]
    w.encrypt({"Sid": "Keys", "Principal": {"AWS": people}, **allow("kms:*", "*")}, administrator=False)


@case("kms-encrypt-only", "https://www.repost.aws/knowledge-center/s3-large-file-encryption-kms-key",
      "I gave kms:GenerateDataKey, which was enough for the upload",
      "The key's policy allows the service kms:GenerateDataKey, not kms:Decrypt.",
      [r"decrypt", r"kms-no-grant"], [r"key|KMS|decrypt"])
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE}, {"AWS": w.arn}, actions=("kms:GenerateDataKey", "kms:Encrypt")))


@case("kms-disabled", "https://cloudwithgagan.com/blog/fix-s3-403-access-denied-kms-bucket-policy-errors/",
      "Object is encrypted and the caller cannot use the KMS key",
      "The key is disabled.",
      [r"disabled"], [r"disabled"])
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE}, {"AWS": w.arn}))
    w.kms_state = "Disabled"


@case("kms-pending-deletion", "https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html",
      "is pending deletion",
      "The key is scheduled for deletion.",
      [r"deletion"], [r"deletion"])
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE}, {"AWS": w.arn}))
    w.kms_state = "PendingDeletion"


@case("kms-for-the-uploader-only", "https://www.repost.aws/knowledge-center/cross-account-access-denied-error-s3",
      "Confirm that the AWS KMS key policy grants access to the user: ours names the user, not the service role",
      "The key's policy lets in the uploader and the role of another team.",
      [r"key.*(neither|policy|decrypt)", r"kms"], [r"key|KMS"])
def _(w):
    w.encrypt(*w.key_use({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Uploaders-{w.name}"}), administrator=True)
    w.bystanders[f"Uploaders-{w.name}"] = {"trust": document({
        "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}),
        "inline": {"s3": document(allow("s3:*", w.both), allow("kms:*", "*"))}}


@case("kms-via-another-service", "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
      "kms:ViaService set to sagemaker.*",
      "The key's policy lets the role in through another service than S3.",
      [r"ViaService|via|key"], [r"key|KMS"])
def _(w):
    w.encrypt(*({**each, "Condition": {"StringEquals": {"kms:ViaService": f"sagemaker.{REGION}.amazonaws.com"}}}
                for each in w.key_use({"AWS": w.arn})))


@case("kms-operator-cannot-change-key", "https://github.com/data-dot-all/dataall/issues/614",
      "User can forget to grant ... access ... the key policy cannot be modified [by us]",
      "The key's policy has its administrators only, and the caller may not change it.",
      [r"key.*(neither|policy|decrypt)", r"kms"], [r"key|KMS"], ask=[r"key.*(admin|owner)|(admin|owner).*key|kms:"])
def _(w):
    w.encrypt()
    w.caller = operator(w)


@case("object-of-another-account", CROSS,
      "The object doesn't belong to the AWS account that owns the bucket.",
      "The uploader of another account owns the object, without bucket-owner-full-control.",
      [r"own(er|ed|s)|another account|ACL"], [r"own(er|ed|s)|another account|ACL"],
      ask=[r"upload|owner|own|account"])
def _(w):
    w.ownership = "ObjectWriter"
    w.objects[w.key].owner = FOREIGN_OWNER


@case("organisation-denies-this-bucket", "https://repost.aws/knowledge-center/s3-cross-account-access-denied",
      "The AWS Organizations service control policy is blocking access to the bucket.",
      "A service control policy denies reading objects of buckets that are not tagged as cleared.",
      [r"organi[sz]ation|service control"], [r"organi[sz]ation|service control"],
      ask=[r"organi[sz]ation|management account|service control"])
def _(w):
    w.organisation = document(deny("s3:GetObject", w.both[1]))


@case("organisation-denies-by-region", "https://redlib.dansworld.org/r/devops?after=t3_1tify7t",
      "with an explicit deny in a service control policy ... Missed the SCP explicitly for 2 hours.",
      "A service control policy with a condition, which the simulator leaves out, denies reading in this region.",
      [r"organi[sz]ation|service control"], [r"organi[sz]ation|service control"],
      ask=[r"organi[sz]ation|management account|service control"])
def _(w):
    w.organisation = document(deny("s3:GetObject", w.both[1], Condition={
        "StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}))
