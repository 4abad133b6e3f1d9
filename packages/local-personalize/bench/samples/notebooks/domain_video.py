"""A first recommender for videos: getting_started/notebooks_managed_domains, Building_Your_First_Recommender_Video_On_Demand.

Left out are the cells that make a bucket, its policy and a role: there is no S3 and no IAM here. Every film has a year.
A dozen films of the notebook's file have none, in a column that may not be null: such an import fails here.
"""

from lab import *

group = make_group("video-group", domain="VIDEO_ON_DEMAND")
interactions_schema = make_schema("video-interactions", schema("Interactions", *TYPED), domain="VIDEO_ON_DEMAND")
items = (
    column("ITEM_ID"),
    column("GENRES", ["string"], categorical=True),
    column("YEAR", ["string"], categorical=True),
    column("CREATION_TIMESTAMP", "long"),
)
items_schema = make_schema("video-items", schema("Items", *items), domain="VIDEO_ON_DEMAND")
users_schema = make_schema(
    "video-users", schema("Users", column("USER_ID"), column("GENDER", categorical=True)), domain="VIDEO_ON_DEMAND"
)
interactions = make_dataset("video-interactions", "INTERACTIONS", group, interactions_schema)
catalogue = make_dataset("video-items", "ITEMS", group, items_schema)
viewers = make_dataset("video-users", "USERS", group, users_schema)
pause(60)  # for the role
jobs = [
    begin_import("video-import-interactions", interactions, "liked.csv"),
    begin_import("video-import-items", catalogue, "items.csv"),
    begin_import("video-import-users", viewers, "users.csv"),
]
for job in jobs:
    until_active(personalize.describe_dataset_import_job, "datasetImportJob", datasetImportJobArn=job)
first = personalize.list_recipes(domain="VIDEO_ON_DEMAND")
second = personalize.list_recipes(domain="VIDEO_ON_DEMAND", nextToken=first["nextToken"])
assert len(first["recipes"] + second["recipes"]) == 5


def recommender(name, use_case):
    answer = personalize.create_recommender(name=name, recipeArn=recipe(f"vod-{use_case}"), datasetGroupArn=group)
    return answer["recommenderArn"]


more_like_x = recommender("more_like_x_demo", "more-like-x")
top_picks = recommender("top_picks_for_you_demo", "top-picks")
for arn in (more_like_x, top_picks):
    until_active(personalize.describe_recommender, "recommender", recommenderArn=arn)
similar = runtime.get_recommendations(recommenderArn=more_like_x, userId="1", itemId="4", numResults=20)
assert len(ids(similar)) == 20 and "4" not in ids(similar)
picks = ids(runtime.get_recommendations(recommenderArn=top_picks, userId="11", numResults=20))
assert len(picks) == 20
for user, shown in (("1", ids(similar)), ("11", picks)):
    watched = {row["ITEM_ID"] for row in csv_rows("liked.csv") if row["USER_ID"] == user}
    assert watched and not watched & set(shown)
assert "modelMetrics" in personalize.describe_recommender(recommenderArn=top_picks)["recommender"]
clean_up(group)
