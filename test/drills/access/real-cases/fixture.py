"""A working setup, created on the local AWS by plain calls of boto3, as its owner would create it."""

import copy
import json
import threading
import time
from dataclasses import dataclass, field

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import files

ACCOUNT, OTHER = "000000000000", "111122223333"
REGION, SERVICE = "eu-central-1", "personalize.amazonaws.com"
CONFIG = Config(s3={"addressing_style": "path"}, retries={"max_attempts": 6}, max_pool_connections=20)


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions, resources, **more):
    return {"Effect": "Allow", "Action": actions, "Resource": resources, **more}


def deny(actions, resources, **more):
    return {"Effect": "Deny", "Action": actions, "Resource": resources, **more}


READING = [
    "iam:Get*", "iam:List*", "iam:SimulatePrincipalPolicy", "sts:GetCallerIdentity", "s3:Get*", "s3:List*",
    "kms:DescribeKey", "kms:GetKeyPolicy", "personalize:Describe*", "personalize:List*",
]
IMPORTING = ["personalize:CreateDatasetImportJob"]
OWNER = document(allow("*", "*"))


@dataclass
class Item:
    """An object of the bucket."""
    body: bytes
    storage: str = "STANDARD"
    encrypted: bool = False
    owner: str | None = None


@dataclass
class Fixture:
    """Sound, until a case changes it."""
    name: str
    bucket: str = ""
    role: str = ""
    path: str = "/"
    region: str = REGION
    key: str = "movies/interactions.csv"
    trust: dict = field(default_factory=dict)
    inline: dict = field(default_factory=dict)
    managed: dict = field(default_factory=dict)
    attached: list = field(default_factory=list)
    boundary: dict | None = None
    policy: dict | str | None = None
    objects: dict = field(default_factory=dict)
    kms: dict | None = None
    kms_state: str = "Enabled"
    caller: dict | None = field(default_factory=lambda: copy.deepcopy(OWNER))
    #: Policy of the user who runs the diagnosis; None if the user who imports runs it.
    viewer: dict | None = None
    bystanders: dict = field(default_factory=dict)
    organisation: dict | None = None
    ownership: str = "BucketOwnerEnforced"
    exists: bool = True
    has_role: bool = True
    block: bool = True
    role_arn: str = ""
    location: str = ""
    dataset: str = "interactions"
    schema: str | None = None
    after: list = field(default_factory=list)
    made: dict = field(default_factory=dict)

    def __post_init__(self):
        self.bucket = self.bucket or f"films-{self.name}"
        self.role = self.role or f"PersonalizeRole-{self.name}"
        self.trust = self.trust or self.trusting()
        self.inline = self.inline or {"read-films": document(*self.role_reads())}
        self.policy = self.policy or document(*self.service_reads())
        self.objects = self.objects or {
            self.key: Item(files.csv()), "private/salaries.csv": Item(b"NAME,SALARY\nA,1\n"),
        }

    @property
    def arn(self):
        return f"arn:aws:iam::{ACCOUNT}:role{self.path}{self.role}"

    @property
    def bucket_arn(self):
        return f"arn:aws:s3:::{self.bucket}"

    @property
    def both(self):
        return [self.bucket_arn, f"{self.bucket_arn}/*"]

    @property
    def source(self):
        return {
            "StringEquals": {"aws:SourceAccount": ACCOUNT},
            "ArnLike": {"aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:*"},
        }

    def trusting(self, service=SERVICE, **more):
        statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
        return document({**statement, "Condition": self.source, **more})

    def role_reads(self, bucket=None, objects=None):
        return [
            allow("s3:ListBucket", bucket or self.bucket_arn),
            allow("s3:GetObject", objects or f"{self.bucket_arn}/*"),
        ]

    def service_reads(self, principal=None, condition=True):
        more = {"Principal": principal or {"Service": SERVICE}, **({"Condition": self.source} if condition else {})}
        return [
            {"Sid": "PersonalizeLists", **allow("s3:ListBucket", self.bucket_arn), **more},
            {"Sid": "PersonalizeGets", **allow("s3:GetObject", f"{self.bucket_arn}/*"), **more},
        ]

    def guard(self, statement):
        """Adds a statement to the bucket policy."""
        self.policy["Statement"].append({"Principal": "*", **statement})

    def encrypt(self, *statements, administrator=True):
        """Encrypts the import's objects by a key with these statements."""
        root = {"Sid": "Admin", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, **allow("kms:*", "*")}
        self.kms = document(*([root] if administrator else []), *statements)
        for key, item in self.objects.items():
            item.encrypted = not key.startswith("private/")

    def key_use(self, *principals, actions=("kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey",
                                            "kms:CreateGrant", "kms:ListGrants")):
        return [{"Sid": f"Use{number}", "Principal": each, **allow(list(actions), "*")}
                for number, each in enumerate(principals)]


class Aws:
    """The local AWS as its root, or as another principal by `keys`."""

    def __init__(self, endpoint, keys=("test", "test"), region=REGION):
        self.settings = {
            "endpoint_url": endpoint, "aws_access_key_id": keys[0], "aws_secret_access_key": keys[1],
            "region_name": region, "config": CONFIG,
        }
        self.session, self.clients, self.lock = boto3.session.Session(), {}, threading.Lock()

    def __getattr__(self, service):
        return self.client(service)

    def client(self, service, region=REGION):
        with self.lock:
            at = (service, region)
            if at not in self.clients:
                self.clients[at] = self.session.client(service, **{**self.settings, "region_name": region})
            return self.clients[at]


class Datasets:
    """One dataset for each type and schema, shared by all fixtures: an account has five dataset groups at most."""

    def __init__(self, aws, run):
        self.client, self.run, self.known, self.groups, self.lock = aws.personalize, run, {}, [], threading.Lock()

    def of(self, fixture):
        usual = {"interactions": files.INTERACTIONS, "items": files.ITEMS, "users": files.USERS}
        text = fixture.schema or usual[fixture.dataset]
        with self.lock:
            if (fixture.dataset, text) not in self.known:
                self.known[fixture.dataset, text] = self.make(fixture.dataset, text)
            return self.known[fixture.dataset, text]

    def make(self, kind, text):
        name = f"real-{self.run}-{len(self.known)}"
        schema = self.client.create_schema(name=name, schema=text)["schemaArn"]
        dataset = self.client.create_dataset(
            name=name, schemaArn=schema, datasetGroupArn=self.group_without(kind), datasetType=kind.capitalize()
        )["datasetArn"]
        until(lambda: self.client.describe_dataset(datasetArn=dataset)["dataset"]["status"] == "ACTIVE")
        return dataset

    def group_without(self, kind):
        """A dataset group that has no dataset of this type yet."""
        for arn, kinds in self.groups:
            if kind not in kinds:
                kinds.add(kind)
                return arn
        arn = self.client.create_dataset_group(name=f"real-{self.run}-{len(self.groups)}")["datasetGroupArn"]
        until(lambda: self.client.describe_dataset_group(datasetGroupArn=arn)["datasetGroup"]["status"] == "ACTIVE")
        self.groups.append((arn, {kind}))
        return arn


def until(holds, seconds=60):
    end = time.time() + seconds
    while not holds():
        if time.time() > end:
            raise TimeoutError("a resource of the local AWS did not become ACTIVE in time")
        time.sleep(0.02)


def text_of(policy):
    return policy if isinstance(policy, str) else json.dumps(policy)


def quiet(call, *codes):
    """The call's answer; None for one of these errors."""
    try:
        return call()
    except ClientError as error:
        if error.response["Error"]["Code"] in codes:
            return None
        raise
