"""Trending items, before and after a burst of events: core_use_cases/trending_now."""

import time
import uuid

from lab import *

group, dataset = make_interactions("trending", "watched.csv", TYPED)
parameters = {"featureTransformationParameters": {"trend_discovery_frequency": "30 minutes"}}
solution = personalize.create_solution(
    name="trending", recipeArn=recipe("trending-now"), datasetGroupArn=group, solutionConfig=parameters
)["solutionArn"]
version = personalize.create_solution_version(solutionArn=solution, trainingMode="FULL")["solutionVersionArn"]
until_active(personalize.describe_solution_version, "solutionVersion", solutionVersionArn=version)
campaign = deploy("trending", version)
assert len(ids(runtime.get_recommendations(campaignArn=campaign, numResults=25))) == 25
tracking = personalize.create_event_tracker(name="trending", datasetGroupArn=group)["trackingId"]
pause(60)
burst = ["141", "142", "143"]
for user in range(1, 21):
    for item in burst:
        event = {"eventType": "Watch", "itemId": item, "sentAt": int(time.time())}
        events.put_events(trackingId=tracking, userId=str(user), sessionId=str(uuid.uuid4()), eventList=[event])
assert set(ids(runtime.get_recommendations(campaignArn=campaign, numResults=25))[:3]) == set(burst)
