"""The common part of the notebook suites: clients, schemas, waits and objects.

The environment has the endpoint, the pace of a sample's waits, and the bucket's address.
"""

import csv
import json
import os
import time
import urllib.request

import boto3

ROLE = "arn:aws:iam::000000000000:role/PersonalizeLab"
BUCKET = "lab"

personalize = boto3.client("personalize")
runtime = boto3.client("personalize-runtime")
events = boto3.client("personalize-events")
errors = personalize.exceptions


def pause(seconds):
    """Waits in the sample's own seconds, which pass faster here."""
    time.sleep(seconds * float(os.environ["SAMPLE_PACE"]))


def until_active(describe, member, seconds=60, **arn):
    """Polls as the notebooks do: reads the status, and pauses. Ends at ACTIVE, and raises at CREATE FAILED."""
    for _ in range(500):
        described = describe(**arn)[member]
        if described["status"] == "ACTIVE":
            return described
        if described["status"] == "CREATE FAILED":
            raise RuntimeError(f"{arn}: {described.get('failureReason')}")
        pause(seconds)
    raise RuntimeError(f"{arn} was never ACTIVE")


def until_gone(describe, seconds=20, **arn):
    """Polls until the service does not know the resource."""
    for _ in range(500):
        try:
            describe(**arn)
        except errors.ResourceNotFoundException:
            return
        pause(seconds)
    raise RuntimeError(f"{arn} was never deleted")


def column(name, kind="string", **more):
    return {"name": name, "type": kind, **more}


def schema(record, *columns, version="1.0"):
    namespace = "com.amazonaws.personalize.schema"
    return json.dumps(
        {"type": "record", "name": record, "namespace": namespace, "fields": list(columns), "version": version}
    )


PLAIN = (column("USER_ID"), column("ITEM_ID"), column("TIMESTAMP", "long"))
TYPED = (column("USER_ID"), column("ITEM_ID"), column("EVENT_TYPE"), column("TIMESTAMP", "long"))


def make_schema(name, document, **more):
    return personalize.create_schema(name=name, schema=document, **more)["schemaArn"]


def make_group(name, **more):
    arn = personalize.create_dataset_group(name=name, **more)["datasetGroupArn"]
    until_active(personalize.describe_dataset_group, "datasetGroup", datasetGroupArn=arn)
    return arn


def make_dataset(name, kind, group, schema_arn):
    return personalize.create_dataset(name=name, datasetType=kind, datasetGroupArn=group, schemaArn=schema_arn)["datasetArn"]


def begin_import(name, dataset, key):
    source = {"dataLocation": f"s3://{BUCKET}/{key}"}
    answer = personalize.create_dataset_import_job(jobName=name, datasetArn=dataset, dataSource=source, roleArn=ROLE)
    return answer["datasetImportJobArn"]


def import_file(name, dataset, key):
    job = begin_import(name, dataset, key)
    return until_active(personalize.describe_dataset_import_job, "datasetImportJob", datasetImportJobArn=job)


def make_interactions(name, key="plain.csv", columns=PLAIN):
    """A group with one imported dataset of interactions, as most notebooks begin. Returns both ARNs."""
    schema_arn = make_schema(f"{name}-schema", schema("Interactions", *columns))
    group = make_group(name)
    dataset = make_dataset(f"{name}-interactions", "INTERACTIONS", group, schema_arn)
    until_active(personalize.describe_dataset, "dataset", datasetArn=dataset)
    import_file(f"{name}-import", dataset, key)
    return group, dataset


def recipe(name):
    return f"arn:aws:personalize:::recipe/aws-{name}"


def train(name, group, recipe_name, **more):
    """A solution and, at once, its version: the notebooks do not wait between these calls."""
    solution = personalize.create_solution(name=name, datasetGroupArn=group, recipeArn=recipe(recipe_name), **more)
    version = personalize.create_solution_version(solutionArn=solution["solutionArn"])["solutionVersionArn"]
    until_active(personalize.describe_solution_version, "solutionVersion", solutionVersionArn=version)
    return solution["solutionArn"], version


def deploy(name, version, **more):
    arn = personalize.create_campaign(name=name, solutionVersionArn=version, minProvisionedTPS=1, **more)["campaignArn"]
    until_active(personalize.describe_campaign, "campaign", campaignArn=arn)
    return arn


def ids(answer, member="itemList"):
    return [item["itemId"] for item in answer[member]]


def put_object(key, text):
    request = urllib.request.Request(f"{os.environ['SAMPLE_BUCKET']}/{BUCKET}/{key}", data=text.encode(), method="PUT")
    urllib.request.urlopen(request).read()


def json_lines(key):
    with urllib.request.urlopen(f"{os.environ['SAMPLE_BUCKET']}/{BUCKET}/{key}") as answer:
        return [json.loads(line) for line in answer.read().decode().splitlines()]


def csv_rows(key):
    with urllib.request.urlopen(f"{os.environ['SAMPLE_BUCKET']}/{BUCKET}/{key}") as answer:
        return list(csv.DictReader(answer.read().decode().splitlines()))


def published_metrics():
    """The values that the service published to CloudWatch since the last call; there is no CloudWatch here."""
    with urllib.request.urlopen(f"{os.environ['AWS_ENDPOINT_URL']}/_metrics") as answer:
        return json.loads(answer.read())


def batch(create, describe, member, job, version, lines, **more):
    """A batch job over these input lines. Returns its parsed output."""
    put_object(f"batch/{job}.json", "".join(json.dumps(line) + "\n" for line in lines))
    arn = create(
        jobName=job,
        solutionVersionArn=version,
        roleArn=ROLE,
        jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/batch/{job}.json"}},
        jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        **more,
    )[f"{member}Arn"]
    until_active(describe, member, **{f"{member}Arn": arn})
    return json_lines(f"out/{job}.json.out")


def wait_for_gone(describe, member, arns):
    """Polls every 20 s, as the notebooks do, until the service knows none of these resources."""
    for arn in arns:
        until_gone(describe, **{f"{member}Arn": arn})


def clean_up(group):
    """The notebook Clean_Up_Resources, which each domain, promotion and attribution notebook has beside it."""
    recommenders = personalize.list_recommenders(datasetGroupArn=group, maxResults=100)["recommenders"]
    recommenders = [found["recommenderArn"] for found in recommenders]
    for arn in recommenders:
        if personalize.describe_recommender(recommenderArn=arn)["recommender"]["status"] != "DELETE IN_PROGRESS":
            personalize.delete_recommender(recommenderArn=arn)
    wait_for_gone(personalize.describe_recommender, "recommender", recommenders)
    trackers = []
    for page in personalize.get_paginator("list_event_trackers").paginate(datasetGroupArn=group):
        for tracker in page["eventTrackers"]:
            assert tracker["status"] in ("ACTIVE", "CREATE FAILED"), tracker
            personalize.delete_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])
            trackers.append(tracker["eventTrackerArn"])
    wait_for_gone(personalize.describe_event_tracker, "eventTracker", trackers)
    filters = [found["filterArn"] for found in personalize.list_filters(datasetGroupArn=group, maxResults=100)["Filters"]]
    for arn in filters:
        personalize.delete_filter(filterArn=arn)
    wait_for_gone(personalize.describe_filter, "filter", filters)
    for found in personalize.list_metric_attributions(datasetGroupArn=group)["metricAttributions"]:
        personalize.delete_metric_attribution(metricAttributionArn=found["metricAttributionArn"])
        pause(120)
    datasets, schemas = [], []
    for page in personalize.get_paginator("list_datasets").paginate(datasetGroupArn=group):
        for dataset in page["datasets"]:
            described = personalize.describe_dataset(datasetArn=dataset["datasetArn"])["dataset"]
            schemas.append(described["schemaArn"])
            assert dataset["status"] in ("ACTIVE", "CREATE FAILED"), dataset
            personalize.delete_dataset(datasetArn=dataset["datasetArn"])
            datasets.append(dataset["datasetArn"])
    wait_for_gone(personalize.describe_dataset, "dataset", datasets)
    for schema_arn in schemas:
        personalize.delete_schema(schemaArn=schema_arn)
    personalize.delete_dataset_group(datasetGroupArn=group)
    # The notebook stops polling when this call succeeds. After ResourceNotFoundException it would poll for 30 minutes.
    personalize.describe_dataset_group(datasetGroupArn=group)
