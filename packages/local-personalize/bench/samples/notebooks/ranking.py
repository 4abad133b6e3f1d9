"""Reordering given items, and the lists that are read before a clean-up: core_use_cases/personalized_ranking."""

from lab import *

group, dataset = make_interactions("ranking")
for name in ("personalized-ranking", "personalized-ranking-v2"):
    solution, version = train(name, group, name)
    campaign = deploy(name, version)
    given = ["5", "90", "1", "never-seen", "20"]
    ranked = runtime.get_personalized_ranking(campaignArn=campaign, userId="12", inputList=given)["personalizedRanking"]
    assert sorted(item["itemId"] for item in ranked) == sorted(given)
    scores = [item["score"] for item in ranked if "score" in item]
    assert scores == sorted(scores, reverse=True) and abs(sum(scores) - 1) < 1e-3
    assert ranked[-1]["itemId"] == "never-seen" and ranked[-1].get("score", 0) == 0
    personalize.delete_campaign(campaignArn=campaign)
    until_gone(personalize.describe_campaign, campaignArn=campaign)
for operation, member in (
    ("list_campaigns", "campaigns"),
    ("list_solutions", "solutions"),
    ("list_datasets", "datasets"),
    ("list_schemas", "schemas"),
    ("list_dataset_groups", "datasetGroups"),
):
    for page in personalize.get_paginator(operation).paginate():
        assert isinstance(page[member], list)
