"""The steps of AWS's solution "maintaining personalized experiences", each as its function calls Personalize.

A step describes its resource by the ARN from its name, or by a list of its parent's children. It creates what does not
exist, and repeats until the resource is ACTIVE.
"""

from datetime import datetime

from lab import *

ACCOUNT = "arn:aws:personalize:us-west-2:000000000000"
TAGS = [{"tagKey": "owner", "tagValue": "lab"}]


def step(describe, member, create, arguments, **arn):
    """Describes, creates at ResourceNotFound, and describes until ACTIVE."""
    try:
        describe(**arn)
    except errors.ResourceNotFoundException:
        create(**arguments)
    return until_active(describe, member, seconds=30, **arn)


def child(list_operation, members, describe, member, parent, matches=lambda found: True):
    """The newest child that matches, described; None without one."""
    found = [item for page in personalize.get_paginator(list_operation).paginate(**parent) for item in page[members]]
    found = sorted(filter(matches, found), key=lambda item: item["creationDateTime"], reverse=True)
    if not found:
        return None
    key = f"{member}Arn"
    return describe(**{key: found[0][key]})[member]


def child_step(list_operation, members, describe, member, parent, create, matches=lambda found: True):
    if child(list_operation, members, describe, member, parent, matches) is None:
        create()
    for _ in range(500):
        found = child(list_operation, members, describe, member, parent, matches)
        if found["status"] == "ACTIVE":
            return found
        assert found["status"] != "CREATE FAILED", found
        pause(30)


group_arn = f"{ACCOUNT}:dataset-group/maintained"
step(
    personalize.describe_dataset_group,
    "datasetGroup",
    personalize.create_dataset_group,
    {"name": "maintained", "tags": TAGS},
    datasetGroupArn=group_arn,
)
documents = {
    "interactions": ("plain.csv", schema("Interactions", *PLAIN)),
    "items": ("items.csv", schema("Items", column("ITEM_ID"), column("GENRES", categorical=True), column("CREATION_TIMESTAMP", "long"))),
    "users": ("users.csv", schema("Users", column("USER_ID"), column("GENDER", categorical=True))),
}
parent = {"datasetGroupArn": group_arn}
for kind, (key, document) in documents.items():
    schema_arn = f"{ACCOUNT}:schema/maintained-{kind}"
    try:
        personalize.describe_schema(schemaArn=schema_arn)
    except errors.ResourceNotFoundException:
        personalize.create_schema(name=f"maintained-{kind}", schema=document)
    dataset = child_step(
        "list_datasets",
        "datasets",
        personalize.describe_dataset,
        "dataset",
        parent,
        lambda: personalize.create_dataset(
            name=kind, datasetType=kind.upper(), datasetGroupArn=group_arn, schemaArn=schema_arn, tags=TAGS
        ),
        lambda found: found["datasetType"] == kind.upper(),
    )
    job = f"dataset_import_{kind}_{datetime.now():%Y_%m_%d_%H_%M_%S}"
    child_step(
        "list_dataset_import_jobs",
        "datasetImportJobs",
        personalize.describe_dataset_import_job,
        "datasetImportJob",
        {"datasetArn": dataset["datasetArn"]},
        lambda: personalize.create_dataset_import_job(
            jobName=job,
            datasetArn=dataset["datasetArn"],
            dataSource={"dataLocation": f"s3://{BUCKET}/{key}"},
            roleArn=ROLE,
            importMode="FULL",
            publishAttributionMetricsToS3=False,
            tags=TAGS,
        ),
        lambda found: found["jobName"] == job,
    )
child_step(
    "list_event_trackers",
    "eventTrackers",
    personalize.describe_event_tracker,
    "eventTracker",
    parent,
    lambda: personalize.create_event_tracker(name="maintained", datasetGroupArn=group_arn),
)
for name, expression in (
    ("clicked-or-streamed", 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE in ("click", "stream")'),
    ("interacted", 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE in ("*")'),
):
    step(
        personalize.describe_filter,
        "filter",
        personalize.create_filter,
        {"name": name, "datasetGroupArn": group_arn, "filterExpression": expression},
        filterArn=f"{ACCOUNT}:filter/{name}",
    )


def version_of(name, recipe_name):
    solution_arn = f"{ACCOUNT}:solution/{name}"
    arguments = {"name": name, "datasetGroupArn": group_arn, "recipeArn": recipe(recipe_name)}
    step(personalize.describe_solution, "solution", personalize.create_solution, arguments, solutionArn=solution_arn)
    made = []

    def create():
        answer = personalize.create_solution_version(solutionArn=solution_arn, trainingMode="FULL", tags=TAGS)
        made.append(answer["solutionVersionArn"])

    found = child_step(
        "list_solution_versions",
        "solutionVersions",
        personalize.describe_solution_version,
        "solutionVersion",
        {"solutionArn": solution_arn},
        create,
        lambda found: found["solutionVersionArn"] in made,
    )
    # The sample sorts the solution versions in its configuration by name.
    assert found["name"].startswith("solution_")
    personalize.get_solution_metrics(solutionVersionArn=found["solutionVersionArn"])
    return found["solutionVersionArn"]


versions = {
    name: version_of(f"{name}-solution", name)
    for name in ("sims", "popularity-count", "user-personalization", "item-affinity")
}
campaign_arn = f"{ACCOUNT}:campaign/user-personalization-campaign"
step(
    personalize.describe_campaign,
    "campaign",
    personalize.create_campaign,
    {
        "name": "user-personalization-campaign",
        "solutionVersionArn": versions["user-personalization"],
        "minProvisionedTPS": 1,
    },
    campaignArn=campaign_arn,
)
newer = personalize.create_solution_version(solutionArn=f"{ACCOUNT}:solution/user-personalization-solution", trainingMode="FULL")
until_active(
    personalize.describe_solution_version, "solutionVersion", solutionVersionArn=newer["solutionVersionArn"]
)
personalize.update_campaign(
    campaignArn=campaign_arn, solutionVersionArn=newer["solutionVersionArn"], minProvisionedTPS=1
)
while personalize.describe_campaign(campaignArn=campaign_arn)["campaign"]["latestCampaignUpdate"]["status"] != "ACTIVE":
    pause(30)

for member, lines, version in (
    ("batchInferenceJob", [{"userId": "1"}], versions["user-personalization"]),
    ("batchSegmentJob", [{"itemId": "1"}], versions["item-affinity"]),
):
    snake = "batch_inference_job" if member == "batchInferenceJob" else "batch_segment_job"
    job = f"{snake}_{datetime.now():%Y_%m_%d_%H_%M_%S}"
    put_object(f"batch/{job}.json", "".join(json.dumps(line) + "\n" for line in lines))
    child_step(
        f"list_{snake}s",
        f"{member}s",
        getattr(personalize, f"describe_{snake}"),
        member,
        {"solutionVersionArn": version},
        lambda: getattr(personalize, f"create_{snake}")(
            jobName=job,
            solutionVersionArn=version,
            roleArn=ROLE,
            jobInput={"s3DataSource": {"path": f"s3://{BUCKET}/batch/{job}.json"}},
            jobOutput={"s3DataDestination": {"path": f"s3://{BUCKET}/out/"}},
        ),
        lambda found: found["jobName"] == job,
    )

# The second configuration of the sample: a domain dataset group with a recommender.
shop_arn = f"{ACCOUNT}:dataset-group/maintained-shop"
step(
    personalize.describe_dataset_group,
    "datasetGroup",
    personalize.create_dataset_group,
    {"name": "maintained-shop", "domain": "ECOMMERCE"},
    datasetGroupArn=shop_arn,
)
shop_schema = make_schema("maintained-shop", schema("Interactions", *TYPED), domain="ECOMMERCE")
shop = make_dataset("shop", "INTERACTIONS", shop_arn, shop_schema)
until_active(personalize.describe_dataset, "dataset", datasetArn=shop)
import_file("maintained-shop", shop, "shop.csv")
step(
    personalize.describe_recommender,
    "recommender",
    personalize.create_recommender,
    {"name": "shop-views", "datasetGroupArn": shop_arn, "recipeArn": recipe("ecomm-popular-items-by-views")},
    recommenderArn=f"{ACCOUNT}:recommender/shop-views",
)

# The sample generates a configuration of the existing resources with List and Describe calls.
for solution in personalize.list_solutions(datasetGroupArn=group_arn)["solutions"]:
    described = personalize.describe_solution(solutionArn=solution["solutionArn"])["solution"]
    assert described["latestSolutionVersion"]["status"] == "ACTIVE"
    for version in personalize.list_solution_versions(solutionArn=solution["solutionArn"])["solutionVersions"]:
        arguments = {"solutionVersionArn": version["solutionVersionArn"]}
        personalize.list_batch_inference_jobs(**arguments)
        personalize.list_batch_segment_jobs(**arguments)
    personalize.list_campaigns(solutionArn=solution["solutionArn"])
personalize.list_recommenders(datasetGroupArn=group_arn)
assert personalize.list_tags_for_resource(resourceArn=group_arn)["tags"] == TAGS
