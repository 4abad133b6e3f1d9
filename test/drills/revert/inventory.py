"""Prints everything of an account as JSON, by boto3: the judge of the revert drill, which shares no code with the program.

usage: inventory.py REGION...   {"<kind> <id>": "<creation time or content>"}
"""
import hashlib
import json
import sys

import boto3

everything = {}

# Kind, service, operation, the list in its answer, and the id and the creation time of an item.
LISTS = [
    ("schema", "personalize", "list_schemas", "schemas", "{schemaArn}", "creationDateTime"),
    ("dataset group", "personalize", "list_dataset_groups", "datasetGroups", "{datasetGroupArn}", "creationDateTime"),
    ("dataset", "personalize", "list_datasets", "datasets", "{datasetArn}", "creationDateTime"),
    ("solution", "personalize", "list_solutions", "solutions", "{solutionArn}", "creationDateTime"),
    ("version", "personalize", "list_solution_versions", "solutionVersions", "{solutionVersionArn}", "creationDateTime"),
    ("campaign", "personalize", "list_campaigns", "campaigns", "{campaignArn}", "creationDateTime"),
    ("tracker", "personalize", "list_event_trackers", "eventTrackers", "{name} {eventTrackerArn}", "creationDateTime"),
    ("filter", "personalize", "list_filters", "Filters", "{filterArn}", "creationDateTime"),
    ("function", "lambda", "list_functions", "Functions", "{region} {FunctionName}", None),
    ("log group", "logs", "describe_log_groups", "logGroups", "{region} {logGroupName}", None),
    ("alarm", "cloudwatch", "describe_alarms", "MetricAlarms", "{region} {AlarmName}", None),
    ("dashboard", "cloudwatch", "list_dashboards", "DashboardEntries", "{DashboardName}", None),
    ("schedule", "scheduler", "list_schedules", "Schedules", "{region} {Name}", None),
    ("topic", "sns", "list_topics", "Topics", "{TopicArn}", None),
    ("subscription", "sns", "list_subscriptions", "Subscriptions", "{TopicArn} {Endpoint}", None),
    ("trail", "cloudtrail", "describe_trails", "trailList", "{TrailARN}", None),
]


def add(kind, identity, created=""):
    everything[f"{kind} {identity}"] = created.isoformat() if hasattr(created, "isoformat") else str(created)


def hashed(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:12]


def regional(region):
    def client(service):
        return boto3.client(service, region)

    for kind, service, operation, key, identity, created in LISTS:
        for item in getattr(client(service), operation)()[key]:
            if not item.get("status", "").startswith("DELETE"):
                add(kind, identity.format(region=region, **item), item.get(created, ""))
    for url in client("sqs").list_queues().get("QueueUrls", []):
        add("queue", f"{region} {url.rsplit('/', 1)[-1]}")
    for parameter in client("ssm").get_parameters_by_path(Path="/movie-recommender", Recursive=True)["Parameters"]:
        add("parameter", f"{region} {parameter['Name']}")
    for api in client("apigateway").get_rest_apis()["items"]:
        add("api", f"{region} {api['name']} {api['id']}")
        for stage in client("apigateway").get_stages(restApiId=api["id"])["item"]:
            add("stage", f"{region} {api['name']} {stage['stageName']}")
    dynamo = client("dynamodb")
    for name in dynamo.list_tables()["TableNames"]:
        add("table", name, dynamo.describe_table(TableName=name)["Table"]["CreationDateTime"])
        for item in dynamo.scan(TableName=name)["Items"]:
            pk, sk = item["pk"]["S"], item["sk"]["S"]
            # Compare the content of viewers' events only, because the API itself changes the other items.
            add("table item", f"{name}/{pk}/{sk}", hashed(item) if sk == "recent" else "")


def buckets():
    client = boto3.client("s3", "us-east-1")
    for bucket in client.list_buckets()["Buckets"]:
        name = bucket["Name"]
        add("bucket", name, bucket["CreationDate"])
        for version in client.list_object_versions(Bucket=name).get("Versions", []):
            add("object version", f"{name}/{version['Key']}?{version['VersionId']}")
        try:
            add("bucket policy", name, hashed(json.loads(client.get_bucket_policy(Bucket=name)["Policy"])))
        except client.exceptions.ClientError:
            pass


def roles():
    client = boto3.client("iam")
    for role in client.list_roles()["Roles"]:
        if role["Path"].startswith("/aws-service-role/"):
            continue
        name = role["RoleName"]
        add("role", name, role["CreateDate"])
        for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
            add("role policy", f"{name}/{policy}")


def budgets():
    account = boto3.client("sts", "us-east-1").get_caller_identity()["Account"]
    for budget in boto3.client("budgets", "us-east-1").describe_budgets(AccountId=account)["Budgets"]:
        add("budget", budget["BudgetName"])


for region in sys.argv[1:]:
    regional(region)
buckets()
roles()
budgets()
print(json.dumps(everything))
