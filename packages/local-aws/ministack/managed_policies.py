"""Gives AWS managed policies their real documents and default versions.

Includes the policies that the guides of Personalize, Lambda and API Gateway name. managed_policies.json has the
documents of moto 5.2.5 (moto/iam/aws_managed_policies.py), which were recorded from an account, and AWSDenyAll (AWS
Managed Policy Reference Guide): without its document, a policy that denies would have no effect.
"""

import json
from pathlib import Path

from ministack.services import iam

STORED = Path(__file__).with_name("managed_policies.json")


def add() -> None:
    for name, known in json.loads(STORED.read_text()).items():
        record = iam._make_aws_managed_record(name, json.dumps(known["document"]))
        [version] = record["Versions"].values()
        record["DefaultVersionId"] = known["version"]
        record["Versions"] = {known["version"]: {**version, "VersionId": known["version"]}}
        iam._aws_managed_policies[record["Arn"]] = record
