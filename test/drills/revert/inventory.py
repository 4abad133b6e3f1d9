"""Prints everything of an account as JSON, by boto3: the judge of the revert drill, which shares no code with the program.

usage: inventory.py REGION...   {"<kind> <id>": "<creation time or content>"}
"""
import hashlib
import json
import sys

import boto3

everything = {}


def add(kind, identity, created=""):
    everything[f"{kind} {identity}"] = str(created)


def hashed(value):
    return hashlib.sha256(json.dumps(value, sort_keys=True, default=str).encode()).hexdigest()[:12]


def personalize(region):
    client = boto3.client("personalize", region)
    for kind, operation, key, arn in [
        ("schema", "list_schemas", "schemas", "schemaArn"),
        ("dataset group", "list_dataset_groups", "datasetGroups", "datasetGroupArn"),
        ("dataset", "list_datasets", "datasets", "datasetArn"),
        ("solution", "list_solutions", "solutions", "solutionArn"),
        ("version", "list_solution_versions", "solutionVersions", "solutionVersionArn"),
        ("campaign", "list_campaigns", "campaigns", "campaignArn"),
        ("tracker", "list_event_trackers", "eventTrackers", "eventTrackerArn"),
        ("filter", "list_filters", "Filters", "filterArn"),
    ]:
        for item in getattr(client, operation)()[key]:
            if not item.get("status", "").startswith("DELETE"):
                named = f"{item['name']} " if kind == "tracker" else ""
                add(kind, named + item[arn], item["creationDateTime"].isoformat())


def buckets():
    client = boto3.client("s3", "us-east-1")
    for bucket in client.list_buckets()["Buckets"]:
        name = bucket["Name"]
        add("bucket", name, bucket["CreationDate"].isoformat())
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
        add("role", name, role["CreateDate"].isoformat())
        for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
            add("role policy", f"{name}/{policy}")


def tables(region):
    client = boto3.client("dynamodb", region)
    for name in client.list_tables()["TableNames"]:
        add("table", name, client.describe_table(TableName=name)["Table"]["CreationDateTime"].isoformat())
        for item in client.scan(TableName=name)["Items"]:
            pk, sk = item["pk"]["S"], item["sk"]["S"]
            # Compare the content of viewers' events only, because the API itself changes the other items.
            add("table item", f"{name}/{pk}/{sk}", hashed(item) if sk == "recent" else "")


def others(region):
    def client(service):
        return boto3.client(service, region)

    for function in client("lambda").list_functions()["Functions"]:
        add("function", f"{region} {function['FunctionName']}")
    for group in client("logs").describe_log_groups()["logGroups"]:
        add("log group", f"{region} {group['logGroupName']}")
    for api in client("apigateway").get_rest_apis()["items"]:
        add("api", f"{region} {api['name']} {api['id']}")
        for stage in client("apigateway").get_stages(restApiId=api["id"])["item"]:
            add("stage", f"{region} {api['name']} {stage['stageName']}")
    for alarm in client("cloudwatch").describe_alarms()["MetricAlarms"]:
        add("alarm", f"{region} {alarm['AlarmName']}")
    for dashboard in client("cloudwatch").list_dashboards()["DashboardEntries"]:
        add("dashboard", dashboard["DashboardName"])
    for schedule in client("scheduler").list_schedules()["Schedules"]:
        add("schedule", f"{region} {schedule['Name']}")
    for topic in client("sns").list_topics()["Topics"]:
        add("topic", topic["TopicArn"])
    for subscription in client("sns").list_subscriptions()["Subscriptions"]:
        add("subscription", f"{subscription['TopicArn']} {subscription['Endpoint']}")
    for url in client("sqs").list_queues().get("QueueUrls", []):
        add("queue", f"{region} {url.rsplit('/', 1)[-1]}")
    for trail in client("cloudtrail").describe_trails()["trailList"]:
        add("trail", trail["TrailARN"])
    for parameter in client("ssm").get_parameters_by_path(Path="/movie-recommender", Recursive=True)["Parameters"]:
        add("parameter", f"{region} {parameter['Name']}")


def budgets():
    account = boto3.client("sts", "us-east-1").get_caller_identity()["Account"]
    for budget in boto3.client("budgets", "us-east-1").describe_budgets(AccountId=account)["Budgets"]:
        add("budget", budget["BudgetName"])


for region in sys.argv[1:]:
    personalize(region)
    tables(region)
    others(region)
buckets()
roles()
budgets()
print(json.dumps(everything))
