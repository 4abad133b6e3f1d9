"""What an independent client, boto3, sees of a local AWS: one JSON document on stdout.

The endpoint, region and credentials are in the environment. Arguments: campaign ARN, dataset group ARN.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError

campaign_arn, group_arn = sys.argv[1:]
personalize = boto3.client("personalize")
runtime = boto3.client("personalize-runtime")
s3 = boto3.client("s3")
iam = boto3.client("iam")


def refusal(call, **arguments):
    """Code, HTTP status and the modelled class of the error that a call ends with."""
    try:
        call(**arguments)
    except ClientError as error:
        return [error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"], type(error).__name__]
    return None


campaign = personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]
version = personalize.describe_solution_version(solutionVersionArn=campaign["solutionVersionArn"])["solutionVersion"]
recommended = runtime.get_recommendations(campaignArn=campaign_arn, userId="1", numResults=7)
role = next(role for role in iam.list_roles()["Roles"] if "Personalize" in role["RoleName"])

print(
    json.dumps(
        {
            "campaign": campaign,
            "trainingHours": version["trainingHours"],
            "metrics": personalize.get_solution_metrics(solutionVersionArn=campaign["solutionVersionArn"])["metrics"],
            "itemList": recommended["itemList"],
            "recommendationId": recommended["recommendationId"],
            "defaultLength": len(runtime.get_recommendations(campaignArn=campaign_arn, userId="1")["itemList"]),
            "datasets": personalize.list_datasets(datasetGroupArn=group_arn)["datasets"],
            "refusals": {
                "badName": refusal(personalize.create_dataset_group, name="no spaces allowed"),
                "twice": refusal(personalize.create_dataset_group, name=group_arn.split("/")[-1]),
                "inUse": refusal(personalize.delete_dataset_group, datasetGroupArn=group_arn),
                "unknown": refusal(personalize.describe_campaign, campaignArn=campaign_arn + "-none"),
                "unknownCampaign": refusal(runtime.get_recommendations, campaignArn=campaign_arn + "-none", userId="1"),
                "tooMany": refusal(runtime.get_recommendations, campaignArn=campaign_arn, userId="1", numResults=501),
                "noBucket": refusal(s3.list_objects_v2, Bucket="nobody-has-this-bucket"),
                "noRole": refusal(iam.get_role, RoleName="nobody"),
                "simulator": refusal(
                    iam.simulate_principal_policy, PolicySourceArn=role["Arn"], ActionNames=["s3:Get*"]
                ),
            },
            "trust": iam.get_role(RoleName=role["RoleName"])["Role"]["AssumeRolePolicyDocument"],
        },
        default=lambda value: value.isoformat(),
    )
)
