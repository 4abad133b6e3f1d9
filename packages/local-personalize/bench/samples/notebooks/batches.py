"""Batch recommendations of each recipe type: core_use_cases/batch_recommendations and the guide's input examples."""

from lab import *

group, dataset = make_interactions("batches")


def infer(job, version, lines, **more):
    call, describe = personalize.create_batch_inference_job, personalize.describe_batch_inference_job
    return batch(call, describe, "batchInferenceJob", job, version, lines, **more)


_, personal = train("batch-user", group, "user-personalization")
answers = infer("users", personal, [{"userId": user} for user in ("1", "2", "3")], numResults=20)
assert [len(answer["output"]["recommendedItems"]) for answer in answers] == [20, 20, 20]
_, ranking = train("batch-ranking", group, "personalized-ranking")
given = [{"userId": "1", "itemList": ["1", "5", "9"]}, {"userId": "2", "itemList": ["5", "1"]}]
answers = infer("ranking", ranking, given)
assert [sorted(answer["output"]["recommendedItems"]) for answer in answers] == [["1", "5", "9"], ["1", "5"]]
_, related = train("batch-related", group, "sims")
answers = infer("related", related, [{"itemId": "5"}, {"itemId": "9"}])
assert all(answer["input"]["itemId"] not in answer["output"]["recommendedItems"] for answer in answers)
_, popular = train("batch-popular", group, "popularity-count")
answers = infer("popular", popular, [{"userId": "1"}, {"userId": "105"}])
assert answers[0]["output"] == answers[1]["output"]
