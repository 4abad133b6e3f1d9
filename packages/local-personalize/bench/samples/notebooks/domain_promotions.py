"""Promoted items in a shop's recommendations: core_use_cases/filters/promotions, Promotions.

The cells that make a bucket, its policy and a role are left out: there is no S3 and no IAM here.
"""

from lab import *

assert personalize.list_dataset_groups()["datasetGroups"] == []
group = make_group("personalize_ecomemerce_ds_group", domain="ECOMMERCE")
interactions = schema("Interactions", *TYPED[:2], column("TIMESTAMP", "long"), column("EVENT_TYPE"))
interactions_schema = make_schema("personalize-ecommerce-interatn_group", interactions, domain="ECOMMERCE")
categories = [column(name, ["string"], categorical=True) for name in ("CATEGORY_L1", "CATEGORY_L2", "GENDER")]
items = schema("Items", column("ITEM_ID"), column("PRICE", "float"), *categories)
items_schema = make_schema("personalize-ecommerce-item_group", items, domain="ECOMMERCE")
bought = make_dataset("personalize_ecommerce_demo_interactions", "INTERACTIONS", group, interactions_schema)
catalogue = make_dataset("personalize_ecommerce_demo_items", "ITEMS", group, items_schema)
pause(60)  # for the role
jobs = [
    begin_import("personalize_ecommerce_demo_interactions_import", bought, "shop.csv"),
    begin_import("personalize_ecommerce_demo_items_import", catalogue, "goods.csv"),
]
for job in reversed(jobs):
    until_active(personalize.describe_dataset_import_job, "datasetImportJob", datasetImportJobArn=job)
assert len(personalize.list_recipes(domain="ECOMMERCE")["recipes"]) == 5
for_you = personalize.create_recommender(
    name="recommended_for_you_demo", recipeArn=recipe("ecomm-recommended-for-you"), datasetGroupArn=group
)["recommenderArn"]
until_active(personalize.describe_recommender, "recommender", recommenderArn=for_you)
category = {row["ITEM_ID"]: row["CATEGORY_L2"] for row in csv_rows("goods.csv")}


def recommended(**more):
    answer = runtime.get_recommendations(recommenderArn=for_you, userId="77", numResults=20, **more)
    items = answer["itemList"]
    assert len(items) == 20 and len({item["itemId"] for item in items}) == 20
    return items


assert {category[item["itemId"]] for item in recommended()} > {"halloween"}
filter_arn = personalize.create_filter(
    name="category_filter",
    datasetGroupArn=group,
    filterExpression="INCLUDE ItemID WHERE Items.CATEGORY_L2 IN ($CATEGORY)",
)["filterArn"]
until_active(personalize.describe_filter, "filter", seconds=30, filterArn=filter_arn)
halloween, decorative = ({"filterArn": filter_arn, "filterValues": {"CATEGORY": f'"{name}"'}} for name in ("halloween", "decorative"))
assert {category[item["itemId"]] for item in recommended(**halloween)} == {"halloween"}
promotions = [{"name": "halloween_promotion", "percentPromotedItems": 20, **halloween}]


def promoted_of(items):
    promoted = [item for item in items if item.get("promotionName") == "halloween_promotion"]
    # percentPromotedItems is 20, and the list has 20 items.
    assert [category[item["itemId"]] for item in promoted] == ["halloween"] * 4
    return promoted


promoted_of(recommended(promotions=promotions))
items = recommended(promotions=promotions, **decorative)
promoted = promoted_of(items)
assert {category[item["itemId"]] for item in items if item not in promoted} == {"decorative"}
clean_up(group)
