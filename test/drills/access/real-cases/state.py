"""The state of a fixture on the local AWS, read by plain calls as root."""

import json

from fixture import ACCOUNT, quiet

NOTHING = {"Version": "2012-10-17", "Statement": []}


def parsed(text):
    if not isinstance(text, str):
        return text or None
    try:
        return json.loads(text)
    except ValueError:
        return None


class State:
    """What root sees of a fixture: documents, keys and objects; `bucket` and `role_arn` if they are not the fixture's own."""

    def __init__(self, root, fixture, bucket=None, role_arn=None):
        self.root, self.fixture = root, fixture
        self.bucket = bucket or fixture.bucket
        self.roles = {}
        for arn in {fixture.arn, role_arn or fixture.arn, *(f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in fixture.bystanders)}:
            role = quiet(lambda: self.role(arn.rsplit("/", 1)[-1]), "NoSuchEntity")
            if role:
                self.roles[role["arn"]] = role
        at = quiet(lambda: root.s3.get_bucket_location(Bucket=self.bucket), "NoSuchBucket")
        self.exists = at is not None
        self.region = (at or {}).get("LocationConstraint") or "us-east-1"
        self.s3 = s3 = root.client("s3", self.region)
        found = quiet(
            lambda: s3.get_bucket_policy(Bucket=self.bucket)["Policy"], "NoSuchBucketPolicy", "NoSuchBucket"
        )
        self.policy = parsed(found)
        self.ownership = self.block = None
        self.objects = {}
        if self.exists:
            self.look_into_bucket()
        self.keys = {}
        for item in self.objects.values():
            if item["key"] and item["key"] not in self.keys:
                self.keys[item["key"]] = self.kms_key(item["key"])
        if fixture.made.get("key") and fixture.made["key"] not in self.keys:
            self.keys[fixture.made["key"]] = self.kms_key(fixture.made["key"])

    def role(self, name):
        iam = self.root.iam
        role = iam.get_role(RoleName=name)["Role"]
        inline = {
            each: parsed(iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"])
            for each in iam.list_role_policies(RoleName=name)["PolicyNames"]
        }
        managed, versions = {}, {}
        for each in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
            arn = each["PolicyArn"]
            managed[arn] = self.managed(arn)
            if f":{ACCOUNT}:" in arn:
                versions[arn] = len(iam.list_policy_versions(PolicyArn=arn)["Versions"])
        boundary = role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn")
        return {
            "arn": role["Arn"], "id": role["RoleId"], "trust": parsed(role["AssumeRolePolicyDocument"]),
            "inline": inline, "managed": managed, "versions": versions,
            "boundary": self.managed(boundary) if boundary else None,
        }

    def managed(self, arn):
        iam = self.root.iam
        found = quiet(lambda: iam.get_policy(PolicyArn=arn)["Policy"], "NoSuchEntity")
        if not found:
            return NOTHING
        return parsed(
            iam.get_policy_version(PolicyArn=arn, VersionId=found["DefaultVersionId"])["PolicyVersion"]["Document"]
        )

    def look_into_bucket(self):
        bucket, s3 = self.bucket, self.s3
        controls = quiet(
            lambda: s3.get_bucket_ownership_controls(Bucket=bucket), "OwnershipControlsNotFoundError"
        )
        self.ownership = controls["OwnershipControls"]["Rules"][0]["ObjectOwnership"] if controls else "ObjectWriter"
        found = quiet(lambda: s3.get_public_access_block(Bucket=bucket), "NoSuchPublicAccessBlockConfiguration")
        self.block = (found or {}).get("PublicAccessBlockConfiguration", {})
        owner = s3.get_bucket_acl(Bucket=bucket)["Owner"]["ID"]
        for each in s3.list_objects_v2(Bucket=bucket).get("Contents", []):
            head = s3.head_object(Bucket=bucket, Key=each["Key"])
            by = quiet(lambda: s3.get_object_acl(Bucket=bucket, Key=each["Key"])["Owner"]["ID"], "AccessDenied")
            self.objects[each["Key"]] = {
                "etag": each["ETag"], "size": each["Size"], "class": head.get("StorageClass", "STANDARD"),
                "restored": 'ongoing-request="false"' in head.get("Restore", ""),
                "key": head.get("SSEKMSKeyId") if "kms" in head.get("ServerSideEncryption", "") else None,
                "foreign": self.ownership != "BucketOwnerEnforced" and by != owner,
            }

    def kms_key(self, arn):
        kms = self.root.client("kms", arn.split(":")[3])
        about = quiet(lambda: kms.describe_key(KeyId=arn)["KeyMetadata"], "NotFoundException")
        if not about:
            return {"state": "gone", "policy": None}
        text = quiet(lambda: kms.get_key_policy(KeyId=arn, PolicyName="default")["Policy"], "NotFoundException")
        return {"state": about["KeyState"], "policy": parsed(text)}

    def user(self):
        """The caller's policies; root has none that limit it."""
        if self.fixture.caller is None:
            return None
        name = f"caller-{self.fixture.name}"
        iam = self.root.iam
        return [
            parsed(iam.get_user_policy(UserName=name, PolicyName=each)["PolicyDocument"])
            for each in iam.list_user_policies(UserName=name)["PolicyNames"]
        ]
