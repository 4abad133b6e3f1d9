"""Building a first campaign, sending it clicks, and cleaning up: getting_started notebooks 1, 2 and 99."""

import json
import time
import uuid

from lab import *

group, dataset = make_interactions("launch-demo")
recipes = personalize.list_recipes()["recipes"]
assert [found["name"] for found in recipes] == sorted(found["name"] for found in recipes)
solution, version = train("launch-solution", group, "user-personalization")
metrics = personalize.get_solution_metrics(solutionVersionArn=version)["metrics"]
assert 0 < metrics["coverage"] <= 1
exploration = {"itemExplorationConfig": {"explorationWeight": "0.5"}}
campaign = deploy("launch-campaign", version, campaignConfig=exploration)
before = ids(runtime.get_recommendations(campaignArn=campaign, userId="1"))
assert len(before) == 25

tracker = personalize.create_event_tracker(name="ClickTracker", datasetGroupArn=group)
until_active(personalize.describe_event_tracker, "eventTracker", eventTrackerArn=tracker["eventTrackerArn"])
for item in ("3", "8", "13"):
    events.put_events(
        trackingId=tracker["trackingId"],
        userId="1",
        sessionId=str(uuid.uuid1()),
        eventList=[{"sentAt": int(time.time()), "eventType": "EVENT_TYPE", "properties": json.dumps({"itemId": item})}],
    )
assert ids(runtime.get_recommendations(campaignArn=campaign, userId="1")) != before

personalize.delete_campaign(campaignArn=campaign)
pause(60)
personalize.delete_solution(solutionArn=solution)
pause(60)
personalize.delete_event_tracker(eventTrackerArn=tracker["eventTrackerArn"])
pause(60)
schema_arn = personalize.describe_dataset(datasetArn=dataset)["dataset"]["schemaArn"]
personalize.delete_dataset(datasetArn=dataset)
pause(60)
# Older accounts had a second dataset, of the tracker's events.
personalize.delete_dataset(datasetArn=dataset.replace("INTERACTIONS", "EVENT_INTERACTIONS"))
pause(60)
personalize.delete_schema(schemaArn=schema_arn)
personalize.delete_dataset_group(datasetGroupArn=group)
until_gone(personalize.describe_dataset_group, datasetGroupArn=group)
