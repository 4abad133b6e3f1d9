"""Calls IAM's policy simulator with boto3 and prints the parsed responses as JSON."""

import json
import sys

import boto3
from botocore.exceptions import ClientError

user_arn = sys.argv[1]
iam = boto3.client("iam")


def policy(**statement):
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*", **statement}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))


def refusal(call, **arguments):
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]]
    return None


results = iam.simulate_principal_policy(
    PolicySourceArn=user_arn, ActionNames=["s3:GetObject", "s3:DeleteObject"], ResourceArns=["arn:aws:s3:::films/a.csv"]
)["EvaluationResults"]
pages = iam.get_paginator("simulate_custom_policy").paginate(
    PolicyInputList=[policy()],
    ActionNames=[f"s3:Action{number}" for number in range(5)],
    PaginationConfig={"PageSize": 2},
)
condition = {"StringEquals": {"aws:SourceVpce": "vpce-1"}}
missing = iam.simulate_custom_policy(PolicyInputList=[policy(Condition=condition)], ActionNames=["s3:GetObject"])
account = user_arn.split(":")[4]
print(
    json.dumps(
        {
            "decisions": [result["EvalDecision"] for result in results],
            "matched": results[0]["MatchedStatements"][0]["StartPosition"],
            "pages": [len(page["EvaluationResults"]) for page in pages],
            "missing": missing["EvaluationResults"][0]["MissingContextValues"],
            "refusals": {
                "role": refusal(
                    iam.simulate_principal_policy,
                    PolicySourceArn=f"arn:aws:iam::{account}:role/importer",
                    ActionNames=["s3:GetObject"],
                    ResourcePolicy=policy(Principal="*"),
                ),
                "nobody": refusal(
                    iam.simulate_principal_policy,
                    PolicySourceArn=f"arn:aws:iam::{account}:role/nobody",
                    ActionNames=["s3:GetObject"],
                ),
            },
        }
    )
)
