"""Decides whether an import would pass, from what plain calls show, by another author's evaluator.

Shares nothing with the program, its evaluator, or its emulator.
"""

import csv
import io
import json
import re
import subprocess
import threading

from make import caller_arn
from world import ACCOUNT, REGION, SERVICE, quiet

ARCHIVED = ("GLACIER", "DEEP_ARCHIVE")
NOTHING = {"Version": "2012-10-17", "Statement": []}
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
FEWEST = 1000
#: Rows of the project's own prepared file, which is not the user's.
DECOY = b"1,1,1700000000\n1,1,1700000000\n"


class Simulator:
    """The evaluator, in a process of its own."""

    def __init__(self, node, script, folder):
        self.process = subprocess.Popen(
            [node, script, folder], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.lock = threading.Lock()

    def run(self, simulations):
        with self.lock:
            self.process.stdin.write(json.dumps(simulations) + "\n")
            self.process.stdin.flush()
            return json.loads(self.process.stdout.readline())

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def asked(principal, action, resource, context, identity=(), policy=None, boundary=None, organisation=None):
    """One simulation. A text that is not a policy grants nothing."""
    named = lambda texts: [{"name": str(number), "policy": text} for number, text in enumerate(texts)]
    return {
        "request": {
            "principal": principal, "action": action, "contextVariables": context,
            "resource": {"resource": resource, "accountId": ACCOUNT},
        },
        "identityPolicies": named(identity),
        "serviceControlPolicies": [
            {"orgIdentifier": "o-1", "policies": named([EVERYTHING, organisation])}
        ] if organisation else [],
        "resourceControlPolicies": [],
        **({"resourcePolicy": policy} if policy else {}),
        **({"permissionBoundaryPolicies": named([boundary])} if boundary else {}),
    }


def parsed(text):
    if not isinstance(text, str):
        return text or None
    try:
        return json.loads(text)
    except ValueError:
        return None


class State:
    """What root sees of a world: documents, keys and objects; `bucket` if it is not the world's own."""

    def __init__(self, root, world, bucket=None):
        self.root, self.world = root, world
        self.bucket = bucket or world.bucket
        self.roles = {}
        for arn in {world.arn, *(f"arn:aws:iam::{ACCOUNT}:role/{name}" for name in world.bystanders)}:
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
        if world.made.get("key") and world.made["key"] not in self.keys:
            self.keys[world.made["key"]] = self.kms_key(world.made["key"])

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
        if self.world.caller is None:
            return None
        name = f"caller-{self.world.name}"
        iam = self.root.iam
        return [
            parsed(iam.get_user_policy(UserName=name, PolicyName=each)["PolicyDocument"])
            for each in iam.list_user_policies(UserName=name)["PolicyNames"]
        ]


def identity_of(role):
    return [*(text for text in role["inline"].values() if text), *(text for text in role["managed"].values() if text)]


def session(role):
    """The context of the role's session, as Personalize holds it: no MFA, no VPC endpoint, an address of AWS."""
    return {
        "aws:PrincipalArn": role["arn"], "aws:PrincipalAccount": ACCOUNT, "aws:PrincipalType": "AssumedRole",
        "aws:userid": f"{role['id']}:PersonalizeSession", "aws:SecureTransport": "true", "aws:ViaAWSService": "false",
        "aws:PrincipalIsAWSService": "false", "aws:RequestedRegion": REGION, "aws:SourceIp": "52.94.133.131",
    }


def itself(job):
    """The context of the service's own requests."""
    return {
        "aws:SourceAccount": ACCOUNT, "aws:SourceArn": job, "aws:PrincipalIsAWSService": "true",
        "aws:PrincipalServiceName": SERVICE, "aws:SecureTransport": "true", "aws:RequestedRegion": REGION,
    }


def read_keys(state, key):
    """The keys that an import of a location reads: one object, or a folder's first level."""
    if key and not key.endswith("/"):
        return [key] if key in state.objects else []
    return [
        each for each, item in state.objects.items()
        if each.startswith(key) and "/" not in each[len(key):] and item["size"] > 0
    ]


def why_not(simulator, state, role_arn, location, job=None, schema=None):
    """The broken links of an import's chain, each a short name; empty if the import would pass."""
    world = state.world
    job = job or f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-import-job/real"
    match = re.fullmatch(r"s3://([^/]+)/?(.*)", location, re.S)
    if not match or match[1] != state.bucket:
        return ["bucket"] if match else ["location"]
    if not state.exists:
        return ["bucket"]
    role, key = state.roles.get(role_arn), match[2]
    keys = read_keys(state, key)
    bucket = f"arn:aws:s3:::{state.bucket}"
    reads = [("s3:ListBucket", bucket, {"s3:prefix": key})]
    reads += [("s3:GetObject", f"{bucket}/{each}", {}) for each in keys or [key]]
    wanted = []
    user = state.user()
    if user is not None:
        passing = {"iam:PassedToService": SERVICE}
        wanted.append(("pass-role", asked(caller_arn(world), "iam:PassRole", role_arn, passing, user)))
    if role:
        wanted.append(("trust", asked(SERVICE, "sts:AssumeRole", role_arn, itself(job), (), role["trust"])))
        for action, resource, more in reads:
            request = (role_arn, action, resource, {**session(role), **more}, identity_of(role))
            wanted.append(("role", asked(
                *request, policy=state.policy, boundary=role["boundary"], organisation=world.organisation)))
    for action, resource, more in reads:
        request = (SERVICE, action, resource, {**itself(job), **more})
        wanted.append(("bucket-policy", asked(*request, policy=state.policy)))
    results = simulator.run([each for _, each in wanted])
    broken = [] if role else ["role-missing"]
    broken += [name for (name, _), result in zip(wanted, results, strict=True) if result != "Allowed"]
    if state.region != REGION:
        broken.append("bucket-region")
    broken += [*keys_broken(simulator, state, role, keys, job), *files_broken(state, keys, schema or world)]
    return list(dict.fromkeys(broken))


def keys_broken(simulator, state, role, keys, job):
    for arn in dict.fromkeys(state.objects[key]["key"] for key in keys if state.objects[key]["key"]):
        key = state.keys[arn]
        if key["state"] != "Enabled":
            yield "kms-state"
            continue
        via = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:CallerAccount": ACCOUNT}
        ways = [asked(SERVICE, "kms:Decrypt", arn, {**itself(job), **via}, (), key["policy"])]
        if role:
            ways.append(
                asked(role["arn"], "kms:Decrypt", arn, {**session(role), **via}, identity_of(role), key["policy"])
            )
        if "Allowed" not in simulator.run(ways):
            yield "kms"


def files_broken(state, keys, world):
    if not keys:
        yield "object-missing"
        return
    count = 0
    for key in keys:
        item = state.objects[key]
        if item["class"] in ARCHIVED and not item["restored"]:
            yield "object-archived"
        elif item["foreign"]:
            yield "object-owner"
        else:
            body = state.s3.get_object(Bucket=state.bucket, Key=key)["Body"].read()
            if DECOY in body:
                yield "another's data"
            found, wrong = file_broken(body, world)
            count += found
            if wrong:
                yield wrong
    if world.dataset == "interactions" and 0 < count < FEWEST:
        yield "file-too-few"


def file_broken(body, world):
    """Rows of a file, and its first fault (Developer Guide, "Preparing and importing bulk data")."""
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        return 0, "file-encoding"
    if text.startswith('"'):
        return 0, "file-header"
    records = [row for row in csv.reader(io.StringIO(text)) if row]
    if not records:
        return 0, "file-empty"
    header, *body_rows = records
    fields = fields_of(world)
    if any(name not in header for name in fields):
        return 0, "file-header"
    for row in body_rows:
        if len(row) != len(header):
            return 0, "file-columns"
        for name, kinds in fields.items():
            value = row[header.index(name)]
            if value == "" and "null" not in kinds:
                return 0, "file-value"
            if value != "" and "string" not in kinds and not is_number(value, kinds):
                return 0, "file-value"
            if name == "TIMESTAMP" and int(value) > 99_999_999_999:
                return 0, "file-milliseconds"
    return len(body_rows), None


def fields_of(world):
    import files

    usual = {"interactions": files.INTERACTIONS, "items": files.ITEMS, "users": files.USERS}
    schema = json.loads(world.schema or usual[world.dataset])
    return {
        each["name"]: each["type"] if isinstance(each["type"], list) else [each["type"]] for each in schema["fields"]
    }


def is_number(value, kinds):
    pattern = r"[+-]?\d{1,19}" if {"int", "long"} & set(kinds) else r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
    return re.fullmatch(pattern, value) is not None
