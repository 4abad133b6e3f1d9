"""Users with an affinity to items, and to attributes of items: core_use_cases/user_segmentation."""

from lab import *

# The notebook gives the version of the schema as a number, not as a string.
interactions_schema = make_schema("grocery-interactions", schema("Interactions", *PLAIN, version=1))
columns = (column("ITEM_ID"), column("BRAND", ["null", "string"], categorical=True), column("PRICE", ["null", "float"]))
items_schema = make_schema("grocery-items", schema("Items", *columns))
group = make_group("grocery")
interactions = make_dataset("interactions", "INTERACTIONS", group, interactions_schema)
catalogue = make_dataset("items", "ITEMS", group, items_schema)
until_active(personalize.describe_dataset, "dataset", datasetArn=catalogue)
jobs = [begin_import("grocery-interactions", interactions, "plain.csv"), begin_import("grocery-items", catalogue, "brands.csv")]
for job in jobs:
    until_active(personalize.describe_dataset_import_job, "datasetImportJob", datasetImportJobArn=job)


def segment(job, version, lines):
    call, describe = personalize.create_batch_segment_job, personalize.describe_batch_segment_job
    return batch(call, describe, "batchSegmentJob", job, version, lines, numResults=10)


solution, version = train("item-affinity", group, "item-affinity")
assert personalize.describe_solution(solutionArn=solution)["solution"]["recipeArn"] == recipe("item-affinity")
metrics = personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
assert {"coverage", "hits_at_1_percent", "recall_at_1_percent"} <= set(metrics)
answers = segment("query-items", version, [{"itemId": "1"}, {"itemId": "5"}])
assert [len(answer["output"]["usersList"]) for answer in answers] == [10, 10]
_, version = train("attribute-affinity", group, "item-attribute-affinity")
queries = [{"itemAttributes": 'ITEMS.brand = "Brand1"'}, {"itemAttributes": 'ITEMS.price >= 40 AND ITEMS.brand = "Brand2"'}]
answers = segment("query-attributes", version, queries)
assert [len(answer["output"]["usersList"]) for answer in answers] == [10, 10]
assert len(personalize.list_batch_segment_jobs(solutionVersionArn=version)["batchSegmentJobs"]) == 1
