"""A campaign that explores new items, its update, and a schema that grows: core_use_cases/user_personalization."""

from datetime import datetime

from lab import *

interactions_schema = make_schema("explore-interactions", schema("Interactions", *TYPED))
columns = (column("ITEM_ID"), column("GENRES", categorical=True), column("CREATION_TIMESTAMP", "long"))
items_schema = make_schema("explore-items", schema("Items", *columns))
group = make_group("explore")
interactions = make_dataset("explore-interactions", "INTERACTIONS", group, interactions_schema)
catalogue = make_dataset("explore-items", "ITEMS", group, items_schema)
for arn in (interactions, catalogue):
    until_active(personalize.describe_dataset, "dataset", datasetArn=arn)
jobs = [begin_import("explore-interactions", interactions, "watched.csv"), begin_import("explore-items", catalogue, "items.csv")]
for job in jobs:
    until_active(personalize.describe_dataset_import_job, "datasetImportJob", datasetImportJobArn=job)
solution, version = train("explore", group, "user-personalization", eventType="Watch")


def config(weight):
    return {"itemExplorationConfig": {"explorationWeight": weight, "explorationItemAgeCutOff": "7"}}


campaign = deploy("explore", version, campaignConfig=config("0.9"))
assert personalize.describe_campaign(campaignArn=campaign)["campaign"]["campaignConfig"] == config("0.9")
answer = runtime.get_recommendations(campaignArn=campaign, userId="11")
# These two films are new in the catalogue, and have no interactions.
assert {"901", "902"} & set(ids(answer))
tracker = personalize.create_event_tracker(name="explore", datasetGroupArn=group)
until_active(personalize.describe_event_tracker, "eventTracker", eventTrackerArn=tracker["eventTrackerArn"])
clicked = {
    "sentAt": datetime.now().timestamp(),
    "eventType": "click",
    "itemId": ids(answer)[0],
    "recommendationId": answer["recommendationId"],
    "impression": ids(answer),
}
events.put_events(trackingId=tracker["trackingId"], userId="11", sessionId="1", eventList=[clicked])
others = [{"sentAt": datetime.now().timestamp(), "eventType": "click", "itemId": str(item)} for item in range(40, 50)]
events.put_events(trackingId=tracker["trackingId"], userId="11", sessionId="1", eventList=others)
updated = personalize.create_solution_version(solutionArn=solution, trainingMode="UPDATE")["solutionVersionArn"]
until_active(personalize.describe_solution_version, "solutionVersion", solutionVersionArn=updated)
personalize.update_campaign(campaignArn=campaign, solutionVersionArn=updated)
while personalize.describe_campaign(campaignArn=campaign)["campaign"]["solutionVersionArn"] != updated:
    pause(60)
personalize.update_campaign(campaignArn=campaign, campaignConfig=config("0.1"))
while personalize.describe_campaign(campaignArn=campaign)["campaign"]["latestCampaignUpdate"]["status"] != "ACTIVE":
    pause(60)
assert len(ids(runtime.get_recommendations(campaignArn=campaign, userId="11"))) == 25

grown = make_schema("explore-items-2", schema("Items", *columns, column("STUDIO", ["null", "string"], categorical=True)))
personalize.update_dataset(datasetArn=catalogue, schemaArn=grown)
until_active(personalize.describe_dataset, "dataset", datasetArn=catalogue)

personalize.delete_campaign(campaignArn=campaign)
while personalize.list_campaigns(solutionArn=solution)["campaigns"]:
    pause(5)
personalize.delete_solution(solutionArn=solution)
while personalize.list_solutions(datasetGroupArn=group)["solutions"]:
    pause(5)
for dataset in personalize.list_datasets(datasetGroupArn=group)["datasets"]:
    personalize.delete_dataset(datasetArn=dataset["datasetArn"])
while personalize.list_datasets(datasetGroupArn=group)["datasets"]:
    pause(5)
personalize.delete_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])
until_gone(personalize.describe_event_tracker, eventTrackerArn=tracker["eventTrackerArn"])
personalize.delete_dataset_group(datasetGroupArn=group)
