"""Mistakes of the bucket: its policy, its guards, its name and region."""

from case import GUIDE, S3_GUIDE, case
from fixture import ACCOUNT, OTHER, SERVICE, allow, deny, document

S3_ACCESS = f"{GUIDE}/granting-personalize-s3-access.html"
#: Actions on the data only. Actions on the bucket policy are not denied, so that an administrator can repair it.
DATA = ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucket"]


@case("bucket-without-policy", S3_ACCESS,
      "Attach a bucket policy to the Amazon S3 bucket containing your data files so Amazon Personalize can access them",
      "Only the role has a policy; the bucket has none.",
      [r"bucket.*no (bucket )?policy", r"bucket-policy-missing"])
def _(w):
    w.policy = None


@case("bucket-policy-for-the-role", "https://github.com/ministryofjustice/cloud-platform-environments/pull/10505",
      "This needs to reference the role attached to API Gateway not the API Gateway ARN itself.",
      "The bucket policy lets in the role, not the service.",
      [r"bucket policy.*(principal|role|not for|service)"])
def _(w):
    w.policy = document(*w.service_reads({"AWS": w.arn}, condition=False))


@case("bucket-policy-for-the-service-of-forecast", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "I am using a role with this access for Iam: AmazonForecastFullAccess, AmazonS3FullAccess",
      "The bucket policy lets in forecast.amazonaws.com.",
      [r"bucket policy.*(forecast|principal|another)"])
def _(w):
    w.policy = document(*w.service_reads({"Service": "forecast.amazonaws.com"}))


@case("bucket-policy-only-get", S3_ACCESS,
      "~ the guide's bucket policy lists s3:GetObject and s3:ListBucket, and one was left out",
      "The bucket policy lacks s3:ListBucket.",
      [r"ListBucket"])
def _(w):
    w.policy = document(w.service_reads()[1])


@case("bucket-policy-objects-without-star", S3_ACCESS,
      "~ the guide's bucket policy lists the bucket and bucket/*, and the second was left out",
      "s3:GetObject of the bucket policy names the bucket.",
      [r"GetObject.*(names the bucket|objects|/\*)", r"bucket-object-arn"])
def _(w):
    w.policy = document({"Sid": "P", "Principal": {"Service": SERVICE}, **allow(
        ["s3:GetObject", "s3:ListBucket"], w.bucket_arn)})


@case("bucket-policy-list-on-objects", S3_ACCESS,
      "~ the guide's bucket policy lists the bucket and bucket/*, and the first was left out",
      "s3:ListBucket of the bucket policy names the objects.",
      [r"ListBucket.*(names objects|bucket)", r"bucket-bucket-arn"])
def _(w):
    w.policy = document({"Sid": "P", "Principal": {"Service": SERVICE}, **allow(
        ["s3:GetObject", "s3:ListBucket"], f"{w.bucket_arn}/*")})


@case("bucket-policy-source-account-of-the-guide", f"{GUIDE}/cross-service-confused-deputy-prevention.html",
      "\"aws:SourceAccount\": \"111122223333\"",
      "aws:SourceAccount of the bucket policy is 111122223333.",
      [r"SourceAccount.*(another|other|111122223333)", r"bucket-account"])
def _(w):
    for each in w.policy["Statement"]:
        each["Condition"] = {"StringEquals": {"aws:SourceAccount": OTHER}}


@case("bucket-policy-names-the-guides-prefix", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "Can you confirm you are using an IAM role that has permissions to access that bucket?",
      "The bucket policy allows raw/*, and the file is in movies/.",
      [r"other keys|prefix|raw/"], broad=False)
def _(w):
    lists, gets = w.service_reads()
    gets["Resource"] = f"{w.bucket_arn}/raw/*"
    w.policy = document(lists, gets)


@case("bucket-policy-org-id-condition", "https://github.com/UnitOneAI/SecuritySkills/issues/805",
      "distinguish dangerous wildcard Allow statements from data-perimeter Deny statements",
      "A Deny on other organisations also denies the service, which has no organisation.",
      [r"organi[sz]ation|PrincipalOrgID"],
      ask=[r"owner of the bucket .*except .*PrincipalOrgID"])
def _(w):
    w.guard({"Sid": "OurOrganisation", **deny(DATA, w.both, Condition={
        "StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})})


@case("bucket-deny-ip", "https://github.com/awsdocs/amazon-s3-developer-guide/issues/67",
      "The bucket policy evaluates to denying all actions from all users except those that originate from the range",
      "A Deny outside the office's addresses also denies the service and its role.",
      [r"\bIPs?\b|SourceIp|address"],
      ask=[r"owner of the bucket .*except .*SourceIp"])
def _(w):
    w.guard({"Sid": "OfficeOnly", **deny("s3:*", w.both, Condition={
        "NotIpAddress": {"aws:SourceIp": ["192.0.2.0/24", "203.0.113.0/24", "127.0.0.0/8"]}})})


@case("bucket-deny-vpc-endpoint", S3_ACCESS,
      "Because Amazon Personalize doesn't communicate with AWS VPCs, Amazon Personalize can't interact with Amazon S3 buckets that allow only VPC access.",
      "A Deny outside one VPC endpoint.",
      [r"VPC"],
      ask=[r"owner of the bucket .*except .*SourceVpce"])
def _(w):
    w.guard({"Sid": "EndpointOnly", **deny(DATA, w.both, Condition={
        "StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}})})


@case("bucket-deny-vpc-with-break-glass", "https://github.com/ministryofjustice/opg-digideps/pull/2920",
      "role/operator and role/breakglass are excepted; the CI role is absent from the exceptions",
      "A Deny outside one VPC endpoint, except for the operator's and the break-glass role.",
      [r"VPC"],
      ask=[r"owner of the bucket .*except .*SourceVpce"])
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
      [r"VPC"],
      ask=[r"owner of the bucket .*except .*SourceVpc\b"])
def _(w):
    w.guard({"Sid": "VpcOnly", **deny(DATA, w.both, Condition={
        "StringNotEquals": {"aws:SourceVpc": "vpc-0a1b2c3d"}})})


@case("bucket-deny-without-mfa", f"{S3_GUIDE}/example-bucket-policies.html",
      "~ the guide's example: deny where aws:MultiFactorAuthAge is null",
      "A Deny where aws:MultiFactorAuthAge is null.",
      [r"MFA|MultiFactor"],
      ask=[r"owner of the bucket .*except .*MultiFactorAuthAge"])
def _(w):
    w.guard({"Sid": "MfaOnly", **deny(DATA, w.both, Condition={"Null": {"aws:MultiFactorAuthAge": True}})})


@case("bucket-deny-all-but-listed-roles", "https://github.com/FogSecurity/yes3-scanner/issues/21",
      "One use case is if the bucket policy denies access to AWS service roles",
      "A Deny for everyone whose aws:PrincipalArn is not in a list.",
      [r"PrincipalArn|den(y|ies|ied)|principal"],
      ask=[r"owner of the bucket .*except .*PrincipalArn"])
def _(w):
    w.guard({"Sid": "Listed", **deny("s3:*", w.both, Condition={"StringNotLike": {
        "aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:role/DataEngineers", f"arn:aws:iam::{ACCOUNT}:user/caller-*"]}})})


@case("bucket-deny-wrong-tls", f"{S3_GUIDE}/example-bucket-policies.html",
      "~ the guide's statement on aws:SecureTransport, with true and false mixed up",
      "The Deny on TLS is inverted: it denies requests with TLS.",
      [r"TLS|SecureTransport"],
      ask=[r"owner of the bucket .*except .*SecureTransport"])
def _(w):
    w.guard({"Sid": "Tls", **deny("s3:GetObject", w.both[1], Condition={"Bool": {"aws:SecureTransport": "true"}})})


@case("bucket-deny-unencrypted-get", "https://redlib.dansworld.org/r/devops?after=t3_1tify7t",
      "Re-checked s3:x-amz-server-side-encryption condition. Bucket required aws:kms with a specific CMK.",
      "A Deny on requests without an encryption header covers reads too.",
      [r"encryption|den(y|ies|ied)"],
      ask=[r"owner of the bucket .*except .*server-side-encryption"])
def _(w):
    w.guard({"Sid": "Encrypted", **deny("s3:*", w.both[1], Condition={
        "Null": {"s3:x-amz-server-side-encryption": "true"}})})


@case("bucket-role-recreated", "https://github.com/cloud-custodian/cloud-custodian/issues/9879",
      "if ... that IAM principal is deleted, the string will be converted into a random string: AROA1234567123456D",
      "A Deny excepts the deleted role's id, and the new role of the name is denied.",
      [r"recreated|created again|deleted|AROA"],
      ask=[r"owner of the bucket .*except .*userid"])
def _(w):
    w.guard({"Sid": "OnlyTheRole", **deny("s3:GetObject", w.both[1], Condition={"StringNotLike": {
        "aws:userid": ["AROAEXAMPLEOFDELETED1:*", "AIDAEXAMPLE"]}, "Bool": {"aws:PrincipalIsAWSService": "false"}})})


@case("bucket-name-typed-wrong", "https://github.com/aws-samples/amazon-forecast-samples/issues/77",
      "No objects found in s3 path s3://bucket-name/..., please ensure the path is specified correctly.",
      "The location's bucket does not exist.",
      [r"no such bucket", r"bucket.*(not exist|missing)"],
      ask=[r"owner of the data: in which bucket is .*There is no bucket"])
def _(w):
    w.location = f"s3://{w.bucket}-data/{w.key}"


@case("bucket-in-another-region", "https://github.com/simonw/s3-ocr/issues/24",
      "Unable to get object metadata from S3. Check object key, region and/or access permissions.",
      "The bucket is in us-east-2, Personalize in eu-central-1.",
      [r"region|is in us-east-2"],
      ask=[r"owner of the data: copy .* into a bucket in eu-central-1"])
def _(w):
    w.region = "us-east-2"


@case("bucket-deny-ip-of-a-module", "https://github.com/cloudposse/terraform-aws-s3-bucket/pull/216",
      "The reason for the wildcard is that I would like to block any principal to be blocked outside of specified IP.",
      "A Deny of s3:* for everyone outside the module's source_ip_allow_list; the caller's address is in it.",
      [r"\bIPs?\b|SourceIp|address"],
      ask=[r"owner of the bucket .*except .*SourceIp"])
def _(w):
    w.guard({"Sid": "AllowIPPrincipals", **deny("s3:*", w.both, Condition={
        "NotIpAddress": {"aws:SourceIp": ["127.0.0.1/32", "198.51.100.0/24"]}, "Bool": {"aws:ViaAWSService": "false"}})})


@case("bucket-allow-only-from-addresses", "https://github.com/unfor19/aws-build-badges/issues/35",
      "Effect: Allow, Principal: '*', Condition: IpAddress: aws:SourceIp: xx.xx.xx.xx",
      "The bucket policy allows reading from some addresses, which the service's requests do not have.",
      [r"SourceIp|address|principal|not for|service"])
def _(w):
    w.policy = document({"Sid": "PublicReadForGetBucketObjects", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                         **allow(["s3:GetObject", "s3:ListBucket"], w.both),
                         "Condition": {"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}}})


@case("bucket-deny-two-guards", "https://github.com/ministryofjustice/opg-digideps/pull/2920",
      "Because this statement uses s3:*, it denies GetBucketPolicy and PutBucketPolicy as well as object access.",
      "Two denials at once: outside one endpoint, and outside the organisation.",
      [r"VPC|organi[sz]ation"],
      ask=[r"owner of the bucket .*except .*SourceVpce.*PrincipalOrgID"])
def _(w):
    w.guard({"Sid": "Endpoint", **deny(DATA, w.both, Condition={
        "StringNotEquals": {"aws:SourceVpce": "vpce-0123456789abcdef0"}})})
    w.guard({"Sid": "Organisation", **deny(DATA, w.both, Condition={
        "StringNotEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}})})
