"""Makes a world on the local AWS, and starts its import as its caller."""

import json
import time
from urllib.request import Request, urlopen

from botocore.exceptions import ClientError

from world import ACCOUNT, IMPORTING, Aws, document, quiet, text_of

FOREIGN_OWNER = "b7" * 32


def make(root, world):
    """Makes everything of the world; afterwards `world.made` has the key's ARN and the caller's access keys."""
    if world.has_role:
        make_role(root, world)
    for name, parts in world.bystanders.items():
        root.iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(parts["trust"]))
        for policy, text in parts.get("inline", {}).items():
            root.iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(text))
        for policy in parts.get("attached", []):
            root.iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    if world.exists:
        make_bucket(root, world)
    if world.organisation:
        put_organisation(root, world.organisation)
    world.made["keys"] = make_user(root, f"caller-{world.name}", world.caller) if world.caller else ("test", "test")
    if world.viewer:
        world.made["viewer"] = make_user(root, f"viewer-{world.name}", world.viewer)
    for step in world.after:
        step(root, world)


def make_role(root, world):
    more = {}
    if world.boundary:
        more["PermissionsBoundary"] = make_policy(root, f"boundary-{world.name}", [world.boundary])
    role = root.iam.create_role(
        RoleName=world.role, Path=world.path, AssumeRolePolicyDocument=json.dumps(world.trust), **more
    )["Role"]
    world.made["role_id"] = role["RoleId"]
    for name, text in world.inline.items():
        root.iam.put_role_policy(RoleName=world.role, PolicyName=name, PolicyDocument=text_of(text))
    for name, versions in world.managed.items():
        arn = f"arn:aws:iam::{ACCOUNT}:policy/{name}"
        if quiet(lambda: root.iam.get_policy(PolicyArn=arn), "NoSuchEntity") is None:
            make_policy(root, name, versions)
        root.iam.attach_role_policy(RoleName=world.role, PolicyArn=arn)
    for arn in world.attached:
        root.iam.attach_role_policy(RoleName=world.role, PolicyArn=arn)


def make_policy(root, name, versions):
    first, *others = versions
    arn = root.iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(first))["Policy"]["Arn"]
    for each in others:
        root.iam.create_policy_version(PolicyArn=arn, PolicyDocument=json.dumps(each), SetAsDefault=True)
    return arn


def make_bucket(root, world):
    s3 = root.client("s3", world.region)
    where = {} if world.region == "us-east-1" else {
        "CreateBucketConfiguration": {"LocationConstraint": world.region}
    }
    s3.create_bucket(Bucket=world.bucket, **where)
    closed = dict.fromkeys(
        ["BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"], world.block
    )
    s3.put_public_access_block(Bucket=world.bucket, PublicAccessBlockConfiguration=closed)
    s3.put_bucket_ownership_controls(
        Bucket=world.bucket, OwnershipControls={"Rules": [{"ObjectOwnership": world.ownership}]}
    )
    if world.kms:
        kms = root.client("kms", world.region)
        text = json.dumps(world.kms).replace("ROLE_ID", world.made.get("role_id", ""))
        world.made["key"] = kms.create_key(Policy=text)["KeyMetadata"]["Arn"]
    for key, item in world.objects.items():
        sealed = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": world.made["key"]} if item.encrypted else {}
        s3.put_object(Bucket=world.bucket, Key=key, Body=item.body, StorageClass=item.storage, **sealed)
        if item.owner:
            owner = {"ID": item.owner}
            grants = [{"Grantee": {"Type": "CanonicalUser", **owner}, "Permission": "FULL_CONTROL"}]
            s3.put_object_acl(
                Bucket=world.bucket, Key=key, AccessControlPolicy={"Owner": owner, "Grants": grants}
            )
    if world.policy is not None:
        text = text_of(world.policy).replace("ROLE_ID", world.made.get("role_id", ""))
        s3.put_bucket_policy(Bucket=world.bucket, Policy=text)
    if world.kms_state == "Disabled":
        kms.disable_key(KeyId=world.made["key"])
    if world.kms_state == "PendingDeletion":
        kms.schedule_key_deletion(KeyId=world.made["key"], PendingWindowInDays=7)


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


def caller_arn(world):
    return f"arn:aws:iam::{ACCOUNT}:{'root' if world.caller is None else f'user/caller-{world.name}'}"


def start_import(root, world, datasets, number, role_arn=None, location=None):
    """Starts the import as the caller and waits for its end: (ARN of the job or None, failure or None)."""
    dataset = datasets.of(world)
    importer = Aws(root.settings["endpoint_url"], world.made["keys"])
    try:
        for _ in range(200):
            try:
                arn = importer.personalize.create_dataset_import_job(
                    jobName=f"real-{world.name}-{number}", datasetArn=dataset,
                    dataSource={"dataLocation": location or location_of(world)},
                    roleArn=role_arn or world.role_arn or world.arn,
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


def location_of(world):
    return world.location or f"s3://{world.bucket}/{world.key}"


def operator(world, *more, passing=None):
    """An operator's rights: reads, starts imports, passes one role, and writes nothing."""
    from world import READING, allow

    return document(allow([*READING, *IMPORTING], "*"), allow("iam:PassRole", passing or world.arn), *more)
