"""Mistakes of the key, the object's owner, and the organisation."""

from case import GUIDE, case
from make import FOREIGN_OWNER, operator
from fixture import ACCOUNT, REGION, SERVICE, allow, deny, document

KEY_ACCESS = f"{GUIDE}/granting-personalize-key-access.html"
CROSS = "https://repost.aws/knowledge-center/s3-cross-account-access-denied"


@case("kms-key-policy-without-personalize", KEY_ACCESS,
      "If you use AWS KMS for encryption, you must grant Amazon Personalize and your service role permission to use your key",
      "The key's policy has its administrators only.",
      [r"key.*(neither|policy|decrypt)", r"kms"])
def _(w):
    w.encrypt()


@case("kms-root-removed", "https://github.com/data-dot-all/dataall/issues/1210",
      "if the KMS key ... doesn't not have the :root access then the importing dataset fails ... not authorized to perform: kms:Decrypt",
      "The key's policy has one administrator role and not the account's root.",
      [r"key.*(neither|policy|decrypt)", r"kms"])
def _(w):
    w.bystanders[f"KeyAdmins-{w.name}"] = {"trust": document({
        "Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "sts:AssumeRole"})}
    people = [f"arn:aws:iam::{ACCOUNT}:role/KeyAdmins-{w.name}", f"arn:aws:iam::{ACCOUNT}:user/caller-{w.name}"]
    w.encrypt({"Sid": "Keys", "Principal": {"AWS": people}, **allow("kms:*", "*")}, administrator=False)


@case("kms-encrypt-only", "https://www.repost.aws/knowledge-center/s3-large-file-encryption-kms-key",
      "The kms:GenerateDataKey permission allows you to initiate the upload.",
      "The key's policy allows the service kms:GenerateDataKey, not kms:Decrypt.",
      [r"decrypt", r"kms-no-grant"])
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE}, {"AWS": w.arn}, actions=("kms:GenerateDataKey", "kms:Encrypt")))


@case("kms-disabled", "https://github.com/localstack/localstack/issues/8422",
      "should throw either KMS.DisabledException or KMS.KMSInvalidStateException when KeyState is Disabled or PendingDeletion",
      "The key is disabled.",
      [r"disabled"],
      ask=[r"administrator of the key .*usable again"])
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE}, {"AWS": w.arn}))
    w.kms_state = "Disabled"


@case("kms-pending-deletion", "https://github.com/kubernetes-sigs/aws-encryption-provider/issues/25",
      "Marking a key for deletion renders it unavailable and all kms:Encrypt and kms:Decrypt operations will fail",
      "The key is scheduled for deletion.",
      [r"deletion"],
      ask=[r"administrator of the key .*usable again"])
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE}, {"AWS": w.arn}))
    w.kms_state = "PendingDeletion"


@case("kms-for-the-uploader-only", "https://www.repost.aws/knowledge-center/cross-account-access-denied-error-s3",
      "The AWS KMS key policy in Account A must grant access to the user in Account B.",
      "The key's policy lets in the uploader and the role of another team.",
      [r"key.*(neither|policy|decrypt)", r"kms"])
def _(w):
    w.encrypt(*w.key_use({"AWS": f"arn:aws:iam::{ACCOUNT}:role/Uploaders-{w.name}"}), administrator=True)
    w.bystanders[f"Uploaders-{w.name}"] = {"trust": document({
        "Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}),
        "inline": {"s3": document(allow("s3:*", w.both), allow("kms:*", "*"))}}


@case("kms-without-grants", KEY_ACCESS,
      "Decrypt, GenerateDataKey, DescribeKey, CreateGrant (only required in key policy), ListGrants",
      "The key's policy lets role and service decrypt, and not create or list grants.",
      [r"CreateGrant|ListGrants|grants"], felt=False)
def _(w):
    w.encrypt(*w.key_use({"Service": SERVICE}, {"AWS": w.arn}, actions=("kms:Decrypt", "kms:DescribeKey")))


@case("kms-via-another-service", "https://docs.aws.amazon.com/kms/latest/developerguide/conditions-kms.html",
      "~ kms:ViaService limits a key to requests of one service",
      "The key's policy lets the role in through another service than S3.",
      [r"ViaService|via (S3|another)|condition"], ask=[r"administrator of the key .*except .*ViaService"])
def _(w):
    w.encrypt(*({**each, "Condition": {"StringEquals": {"kms:ViaService": f"sagemaker.{REGION}.amazonaws.com"}}}
                for each in w.key_use({"AWS": w.arn})))


@case("kms-operator-cannot-change-key", "https://github.com/data-dot-all/dataall/issues/614",
      "User can forget to grant the pivotRole access to modify the key policy -> All folder/bucket shares will fail",
      "The key's policy has its administrators only, and the caller may not change it.",
      [r"key.*(neither|policy|decrypt)", r"kms"], ask=[r"key.*(admin|owner)|(admin|owner).*key|kms:"])
def _(w):
    w.encrypt()
    w.caller = operator(w)


@case("object-of-another-account", CROSS,
      "The object doesn't belong to the AWS account that owns the bucket.",
      "The uploader of another account owns the object, without bucket-owner-full-control.",
      [r"\bown(er|ed|s)\b|another account|\bACL"],
      ask=[r"upload|owner|own|account"])
def _(w):
    w.ownership = "ObjectWriter"
    w.objects[w.key].owner = FOREIGN_OWNER


@case("organisation-denies-this-bucket", "https://repost.aws/knowledge-center/s3-cross-account-access-denied",
      "The AWS Organizations service control policy is blocking access to the bucket.",
      "A service control policy denies reading objects of buckets that are not tagged as cleared.",
      [r"organi[sz]ation|service control"],
      ask=[r"organi[sz]ation|management account|service control"])
def _(w):
    w.organisation = document(deny("s3:GetObject", w.both[1]))


@case("organisation-denies-by-region", "https://redlib.dansworld.org/r/devops?after=t3_1tify7t",
      "User: ... is not authorized to perform: s3:PutObject ... with an explicit deny in a service control policy",
      "A service control policy with a condition, which the simulator leaves out, denies reading in this region.",
      [r"organi[sz]ation|service control"],
      ask=[r"organi[sz]ation|management account|service control"])
def _(w):
    w.organisation = document(deny("s3:GetObject", w.both[1], Condition={
        "StringNotEquals": {"aws:RequestedRegion": "us-east-1"}}))
