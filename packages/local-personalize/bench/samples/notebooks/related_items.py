"""SIMS beside Similar-Items, with item metadata: next_steps/core_use_cases/related_items."""

from lab import *

columns = (*TYPED[:2], column("TIMESTAMP", "long"), column("EVENT_VALUE", "float"), column("EVENT_TYPE"))
group, dataset = make_interactions("pantry", "valued.csv", columns)
items = (
    column("ITEM_ID"),
    column("BRAND", ["null", "string"], categorical=True),
    column("PRICE", ["null", "float"]),
    column("DESCRIPTION", ["null", "string"], textual=True),
)
catalogue = make_dataset("pantry-items", "ITEMS", group, make_schema("pantry-items", schema("Items", *items)))
until_active(personalize.describe_dataset, "dataset", datasetArn=catalogue)
import_file("pantry-items", catalogue, "brands.csv")
hours = {}
for name in ("sims", "similar-items"):
    solution, version = train(f"pantry-{name}", group, name)
    described = personalize.describe_solution_version(solutionVersionArn=version)["solutionVersion"]
    hours[name] = described["trainingHours"]
    assert personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]["coverage"] > 0
    campaign = deploy(f"pantry-{name}", version)
    answer = runtime.get_recommendations(campaignArn=campaign, itemId="4", numResults=10)
    assert len(ids(answer)) == 10 and "4" not in ids(answer)
    assert all("score" not in item for item in answer["itemList"])
    assert len(ids(runtime.get_recommendations(campaignArn=campaign, itemId="never-seen"))) == 25
assert all(value > 0 for value in hours.values())
tuned = {"hpoConfig": {"hpoResourceConfig": {"maxNumberOfTrainingJobs": "40", "maxParallelTrainingJobs": "10"}}}
train("pantry-sims-hpo", group, "sims", performHPO=True, solutionConfig=tuned)
