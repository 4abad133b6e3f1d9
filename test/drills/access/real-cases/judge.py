"""Decides whether an import would pass, from what plain calls show, by another author's evaluator.

Shares nothing with the program, its evaluator, or its emulator.
"""

import json
import re
import subprocess
import threading

from judge_files import files_broken
from make import caller_arn
from fixture import ACCOUNT, REGION, SERVICE

EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


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
    fixture = state.fixture
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
        wanted.append(("pass-role", asked(caller_arn(fixture), "iam:PassRole", role_arn, passing, user)))
    if role:
        wanted.append(("trust", asked(SERVICE, "sts:AssumeRole", role_arn, itself(job), (), role["trust"])))
        for action, resource, more in reads:
            request = (role_arn, action, resource, {**session(role), **more}, identity_of(role))
            wanted.append(("role", asked(
                *request, policy=state.policy, boundary=role["boundary"], organisation=fixture.organisation)))
    for action, resource, more in reads:
        request = (SERVICE, action, resource, {**itself(job), **more})
        wanted.append(("bucket-policy", asked(*request, policy=state.policy)))
    results = simulator.run([each for _, each in wanted])
    broken = [] if role else ["role-missing"]
    broken += [name for (name, _), result in zip(wanted, results, strict=True) if result != "Allowed"]
    if state.region != REGION:
        broken.append("bucket-region")
    broken += [*keys_broken(simulator, state, role, keys, job), *files_broken(state, keys, schema or fixture)]
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
