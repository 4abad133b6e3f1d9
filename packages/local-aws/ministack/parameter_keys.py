"""Returns the checks of KMS keys for a call that returns SecureString parameters, with the caller's permissions (Systems
Manager User Guide, "AWS KMS encryption for AWS Systems Manager Parameter Store SecureString parameters").
Fails without it: resources.spec.ts: decryption of a SecureString parameter also needs kms:Decrypt on its key, except …
"""

import json

from ministack.services import kms, ssm

# The alias of the key that AWS manages for Parameter Store. MiniStack does not create this key.
MANAGED = "alias/aws/ssm"


def decryptions(given: dict, region: str, account: str) -> list[dict]:
    """Returns a check of kms:Decrypt for each SecureString parameter that the call decrypts."""
    if given.get("WithDecryption") is not True:
        return []
    path = str(given.get("Path") or "").rstrip("/")
    asked = given.get("Names") or ([given["Name"]] if "Name" in given else [])
    below = [name for name in ssm._parameters if "Path" in given and name.startswith(f"{path}/")]
    found = [ssm._select_parameter(str(name))[0] for name in [*asked, *below]]
    return [decryption(one, region, account) for one in found if one and one["Type"] == "SecureString"]


def decryption(parameter: dict, region: str, account: str) -> dict:
    via = f"ssm.{region}.amazonaws.com"
    key = kms._resolve_key(parameter["KeyId"]) or {}
    managed = parameter["KeyId"] == MANAGED
    return {
        "action": "kms:Decrypt",
        "resource": f"arn:aws:kms:{region}:{account}:key/aws-ssm" if managed else key.get("Arn", parameter["KeyId"]),
        "context": {
            "kms:ViaService": via,
            "kms:CallerAccount": account,
            "kms:EncryptionContext:PARAMETER_ARN": parameter["ARN"],
        },
        "policy": managed_policy(via, account) if managed else key.get("Policy"),
    }


def managed_policy(via: str, account: str) -> str:
    """Returns the policy of the key that AWS manages: all callers of the account may use the key through the service."""
    return json.dumps({
        "Version": "2012-10-17",
        "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": "*"},
            "Action": ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"],
            "Resource": "*",
            "Condition": {"StringEquals": {"kms:ViaService": via, "kms:CallerAccount": account}},
        }],
    })
