"""Makes a fixture on the local AWS, and starts its import as its caller."""

import json
import time
from urllib.request import Request, urlopen

from botocore.exceptions import ClientError

from fixture import ACCOUNT, IMPORTING, Aws, document, quiet, text_of

FOREIGN_OWNER = "b7" * 32


def make(root, fixture):
    """Makes everything of the fixture; afterwards `fixture.made` has the key's ARN and the caller's access keys."""
    if fixture.has_role:
        make_role(root, fixture)
    for name, parts in fixture.bystanders.items():
        root.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(parts["trust"]))
        for policy, text in parts.get("inline", {}).items():
            root.iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(text))
        for policy in parts.get("attached", []):
            root.iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    if fixture.exists:
        make_bucket(root, fixture)
    if fixture.organisation:
        put_organisation(root, fixture.organisation)
    fixture.made["keys"] = make_user(root, f"caller-{fixture.name}", fixture.caller) if fixture.caller else ("test", "test")
    if fixture.viewer:
        fixture.made["viewer"] = make_user(root, f"viewer-{fixture.name}", fixture.viewer)
    for step in fixture.after:
        step(root, fixture)


def make_role(root, fixture):
    more = {}
    if fixture.boundary:
        more["PermissionsBoundary"] = make_policy(root, f"boundary-{fixture.name}", [fixture.boundary])
    role = root.iam.create_role(
        RoleName=fixture.role, Path=fixture.path, AssumeRolePolicyDocument=json.dumps(fixture.trust), **more
    )["Role"]
    fixture.made["role_id"] = role["RoleId"]
    for name, text in fixture.inline.items():
        root.iam.put_role_policy(RoleName=fixture.role, PolicyName=name, PolicyDocument=text_of(text))
    for name, versions in fixture.managed.items():
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
        if quiet(lambda: root.iam.get_policy(PolicyArn=arn), "NoSuchEntity") is None:
            make_policy(root, name, versions)
        root.iam.attach_role_policy(RoleName=fixture.role, PolicyArn=arn)
    for arn in fixture.attached:
        root.iam.attach_role_policy(RoleName=fixture.role, PolicyArn=arn)


def make_policy(root, name, versions):
    first, *others = versions
    arn = root.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(first))["Policy"]["Arn"]
    for each in others:
        root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(each), SetAsDefault=True)
    return arn


def make_bucket(root, fixture):
    s3 = root.client("s3", fixture.region)
    where = {} if fixture.region == "us-east-1" else {
        "CreateBucketConfiguration": {"LocationConstraint": fixture.region}
    }
    s3.create_bucket(Bucket=fixture.bucket, **where)
    closed = dict.fromkeys(
        ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], fixture.block
    )
    s3.put_public_access_block(Bucket=fixture.bucket, PublicAccessBlockConfiguration=closed)
    s3.put_bucket_ownership_controls(
        Bucket=fixture.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": fixture.ownership}]}
    )
    if fixture.kms:
        kms = root.client("kms", fixture.region)
        text = json.dumps(fixture.kms).replace("ROLE_ID", fixture.made.get("role_id", ""))
        fixture.made["key"] = kms.create_key(Policy=text)["KeyMetadata"]["Arn"]
    for key, item in fixture.objects.items():
        sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": fixture.made["key"]} if item.encrypted else {}
        s3.put_object(Bucket=fixture.bucket, Key=key, Body=item.body, StorageClass=item.storage, **sealed)
        if item.owner:
            owner = {"ID": item.owner}
            grants = [{"Grantee": {"Type": "CanonicalUser", **owner}, "Permission": "FULL_CONTROL"}]
            s3.put_object_acl(
                Bucket=fixture.bucket, Key=key, AccessControlPolicy={"Owner": owner, "Grants": grants}
            )
    if fixture.policy is not None:
        text = text_of(fixture.policy).replace("ROLE_ID", fixture.made.get("role_id", ""))
        s3.put_bucket_policy(Bucket=fixture.bucket, Policy=text)
    if fixture.kms_state == "Disabled":
        kms.disable_key(KeyId=fixture.made["key"])
    if fixture.kms_state == "PendingDeletion":
        kms.schedule_key_deletion(KeyId=fixture.made["key"], PendingWindowInDays=7)


def put_organisation(root, policy):
    """Service control policies are the management account's: the local AWS takes them at a path of its own."""
    endpoint = root.settings["endpoint_url"]
    put = Request(f"{endpoint}/_local/organisation", json.dumps(policy).encode(), method="PUT")
    with urlopen(put) as answer:
        answer.read()


def make_user(root, name, policy):
    """The access keys of a new user with this policy."""
    root.iam.create_user(UserName=name)
    root.iam.put_user_policy(UserName=name, PolicyName="rights", PolicyDocument=json.dumps(policy))
    made = root.iam.create_access_key(UserName=name)["AccessKey"]
    return (made["AccessKeyId"], made["SecretAccessKey"])


def caller_arn(fixture):
    return f"arn:aws:iam::{ACCOUNT}:{'root' if fixture.caller is None else f'user/caller-{fixture.name}'}"


def start_import(root, fixture, datasets, number, role_arn=None, location=None):
    """Starts the import as the caller and waits for its end: (ARN of the job or None, failure or None)."""
    dataset = datasets.of(fixture)
    importer = Aws(root.settings["endpoint_url"], fixture.made["keys"])
    try:
        for _ in range(200):
            try:
                arn = importer.personalize.create_dataset_import_job(
                    jobName=f"real-{fixture.name}-{number}", datasetArn=dataset,
                    dataSource={"dataLocation": location or location_of(fixture)},
                    roleArn=role_arn or fixture.role_arn or fixture.arn,
                )["datasetImportJobArn"]
                break
            except ClientError as error:
                if error.response["Error"]["Code"] not in ("LimitExceededException", "ResourceInUseException"):
                    raise
                time.sleep(0.1)
        else:
            return None, "too many imports at once"
    except Exception as error:  # botocore refuses some texts itself: that is a refusal too
        return None, str(error)
    for _ in range(3000):
        job = root.personalize.describe_dataset_import_job(datasetImportJobArn=arn)["datasetImportJob"]
        if job["status"] == "ACTIVE":
            return arn, None
        if job["status"] == "CREATE FAILED":
            return arn, job.get("failureReason", "no reason")
        time.sleep(0.02)
    return arn, "the import does not end"


def location_of(fixture):
    return fixture.location or f"s3://{fixture.bucket}/{fixture.key}"


def operator(fixture, *more, passing=None):
    """An operator's rights: reads, starts imports, passes one role, and writes nothing."""
    from fixture import READING, allow

    return document(allow([*READING, *IMPORTING], "*"), allow("iam:PassRole", passing or fixture.arn), *more)
