"""Prints what a campaign serves as JSON, by boto3: recipe, import job and a list for a user.

usage: serving.py REGION CAMPAIGN_ARN USER
"""
import json
import sys

import boto3

region, campaign_arn, user = sys.argv[1:]
personalize = boto3.client("personalize", region)
campaign = personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]
version = personalize.describe_solution_version(solutionVersionArn=campaign["solutionVersionArn"])["solutionVersion"]
tags = personalize.list_tags_for_resource(resourceArn=version["solutionVersionArn"])["tags"]
job = next(tag["tagValue"] for tag in tags if tag["tagKey"].endswith(":import"))
runtime = boto3.client("personalize-runtime", region)
items = runtime.get_recommendations(campaignArn=campaign_arn, userId=user)["itemList"]
print(json.dumps({
    "status": campaign["status"],
    "recipe": version["recipeArn"],
    "dataset": personalize.describe_dataset_import_job(datasetImportJobArn=job)["datasetImportJob"]["datasetArn"],
    "contentHash": job.rsplit("-", 2)[1],
    "items": len(items),
}))
