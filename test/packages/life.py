"""A life of a recommender by boto3: data in moto's S3, everything else on local-personalize. Prints the list's length."""

import json
import random
import sys
import time

import boto3

personalize_url, moto_url = sys.argv[1:]
common = dict(region_name="eu-central-1", aws_access_key_id="test", aws_secret_access_key="test")
personalize = boto3.client("personalize", endpoint_url=personalize_url, **common)
runtime = boto3.client("personalize-runtime", endpoint_url=personalize_url, **common)
s3 = boto3.client("s3", endpoint_url=moto_url, **common)
iam = boto3.client("iam", endpoint_url=moto_url, **common)

rng = random.Random(5)
rows = {(f"u{rng.randrange(60)}", f"i{rng.randrange(90)}", 1_700_000_000 + n) for n in range(2000)}
csv = "USER_ID,ITEM_ID,TIMESTAMP\n" + "".join(f"{user},{item},{at}\n" for user, item, at in sorted(rows))
s3.create_bucket(Bucket="films", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
s3.put_object(Bucket="films", Key="interactions.csv", Body=csv.encode())
# Personalize can assume the role, but the role has no policy. access-doctor must find this fault.
statement = {"Effect": "Allow", "Principal": {"Service": "personalize.amazonaws.com"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
role = iam.create_role(RoleName="Import", AssumeRolePolicyDocument=trust)["Role"]["Arn"]

field = lambda name, kind: {"name": name, "type": kind}
fields = [field("USER_ID", "string"), field("ITEM_ID", "string"), field("TIMESTAMP", "long")]
schema = {"type": "record", "name": "Interactions", "namespace": "com.amazonaws.personalize.schema", "fields": fields}
schema_arn = personalize.create_schema(name="films", schema=json.dumps(schema | {"version": "1.0"}))["schemaArn"]


def active(kind, arn):
    """Waits until the resource is ACTIVE."""
    name = kind[0].upper() + kind[1:]
    describe = getattr(personalize, "describe_" + "".join(f"_{c.lower()}" if c.isupper() else c for c in kind))
    while True:
        found = describe(**{f"{kind}Arn": arn})[kind]
        if found["status"] == "ACTIVE":
            return arn
        assert "FAILED" not in found["status"], f"{name}: {found.get('failureReason')}"
        time.sleep(0.1)


group = active("datasetGroup", personalize.create_dataset_group(name="films")["datasetGroupArn"])
dataset = personalize.create_dataset(name="films", schemaArn=schema_arn, datasetGroupArn=group, datasetType="Interactions")
job = personalize.create_dataset_import_job(
    jobName="films",
    datasetArn=active("dataset", dataset["datasetArn"]),
    dataSource={"dataLocation": "s3://films/interactions.csv"},
    roleArn=role,
)
active("datasetImportJob", job["datasetImportJobArn"])
recipe = "arn:aws:personalize:::recipe/aws-user-personalization"
solution = personalize.create_solution(name="films", datasetGroupArn=group, recipeArn=recipe, performAutoTraining=False)
solution_arn = active("solution", solution["solutionArn"])
version = personalize.create_solution_version(solutionArn=solution_arn)["solutionVersionArn"]
campaign = personalize.create_campaign(name="films", solutionVersionArn=active("solutionVersion", version))
campaign_arn = active("campaign", campaign["campaignArn"])
items = runtime.get_recommendations(campaignArn=campaign_arn, userId="u7", numResults=10)["itemList"]
print(json.dumps({"items": len(items), "role": role}))
