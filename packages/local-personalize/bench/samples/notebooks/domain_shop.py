"""A first recommender for a shop: getting_started/notebooks_managed_domains, Building_Your_First_Recommender_Ecommerce.

The cells that make a bucket, its policy and a role are left out: there is no S3 and no IAM here.
"""

from lab import *

group = make_group("personalize_ecomemerce_ds_group", domain="ECOMMERCE")
interactions = schema("Interactions", *TYPED[:2], column("TIMESTAMP", "long"), column("EVENT_TYPE"))
schema_arn = make_schema("personalize-ecommerce-interatn_group", interactions, domain="ECOMMERCE")
dataset = make_dataset("personalize_ecommerce_demo_interactions", "INTERACTIONS", group, schema_arn)
pause(60)  # for the role
import_file("personalize_ecommerce_demo_interactions_import", dataset, "shop.csv")
assert len(personalize.list_recipes(domain="ECOMMERCE")["recipes"]) == 5
made = {}
for name, use_case in (
    ("viewed_x_also_viewed_demo", "customers-who-viewed-x-also-viewed"),
    ("recommended_for_you_demo", "recommended-for-you"),
):
    answer = personalize.create_recommender(name=name, recipeArn=recipe(f"ecomm-{use_case}"), datasetGroupArn=group)
    made[use_case] = answer["recommenderArn"]
for arn in made.values():
    until_active(personalize.describe_recommender, "recommender", recommenderArn=arn)
also_viewed = made["customers-who-viewed-x-also-viewed"]
viewed = ids(runtime.get_recommendations(recommenderArn=also_viewed, itemId="4", userId="77", numResults=10))
assert len(viewed) == 10 and "4" not in viewed
for_you = made["recommended-for-you"]
picked = ids(runtime.get_recommendations(recommenderArn=for_you, userId="77", numResults=20))
purchased = {row["ITEM_ID"] for row in csv_rows("shop.csv") if row["USER_ID"] == "77" and row["EVENT_TYPE"] == "Purchase"}
assert len(picked) == 20 and purchased and not purchased & {*picked, *viewed}
clean_up(group)
