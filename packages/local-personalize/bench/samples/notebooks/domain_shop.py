"""A first recommender for a shop: getting_started/notebooks_managed_domains."""

from lab import *

group = make_group("shop-group", domain="ECOMMERCE")
schema_arn = make_schema("shop-interactions", schema("Interactions", *TYPED), domain="ECOMMERCE")
dataset = make_dataset("shop-interactions", "INTERACTIONS", group, schema_arn)
pause(60)  # for the role
import_file("shop-import", dataset, "shop.csv")
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
assert len(ids(runtime.get_recommendations(recommenderArn=also_viewed, itemId="4", userId="77", numResults=10))) == 10
for_you = made["recommended-for-you"]
assert len(ids(runtime.get_recommendations(recommenderArn=for_you, userId="77", numResults=20))) == 20
clean_up(group)
