"""The impact of recommendations: evaluation/measuring_impact_of_recommendations, Measure_Impact_of_Recommendations.

Left out are the cells that make a bucket, its policy and a role: there is no S3 and no IAM here. The cells that read
CloudWatch read the published values instead, in the notebook's window and with its metric and dimensions.
"""

import random
import time
import uuid

from lab import *

assert personalize.list_dataset_groups()["datasetGroups"] == []
pause(30)  # for the role
group = make_group("personalize_ecomemerce_ds_group", domain="ECOMMERCE")
interactions = schema("Interactions", *TYPED[:2], column("TIMESTAMP", "long"), column("EVENT_TYPE"))
interactions_schema = make_schema("personalize-ecommerce-interactions-schema", interactions, domain="ECOMMERCE")
categories = [column(name, ["string"], categorical=True) for name in ("CATEGORY_L1", "CATEGORY_L2")]
items = schema("Items", column("ITEM_ID"), column("PRICE", "float"), *categories, column("MARGIN", "double"))
items_schema = make_schema("personalize-ecommerce-item_group", items, domain="ECOMMERCE")
bought = make_dataset("personalize_ecommerce_demo_interactions", "INTERACTIONS", group, interactions_schema)
catalogue = make_dataset("personalize_ecommerce_demo_items", "ITEMS", group, items_schema)
for arn in (bought, catalogue):
    until_active(personalize.describe_dataset, "dataset", seconds=30, datasetArn=arn)

assert personalize.list_metric_attributions(datasetGroupArn=group)["metricAttributions"] == []
attribution = personalize.create_metric_attribution(
    name="my-first-metric-attribution",
    datasetGroupArn=group,
    metricsOutputConfig={"roleArn": ROLE, "s3DataDestination": {"path": f"s3://{BUCKET}/metrics/"}},
    metrics=[
        {"eventType": "View", "expression": "SAMPLECOUNT()", "metricName": "countViews"},
        {"eventType": "Purchase", "expression": "SUM(ITEMS.MARGIN)", "metricName": "sumMargin"},
    ],
)["metricAttributionArn"]
described = personalize.describe_metric_attribution(metricAttributionArn=attribution)["metricAttribution"]
assert described["name"] == "my-first-metric-attribution" and described["status"]
until_active(personalize.describe_metric_attribution, "metricAttribution", metricAttributionArn=attribution)
listed = personalize.list_metric_attributions()["metricAttributions"]
assert [found["metricAttributionArn"] for found in listed] == [attribution]

jobs = [
    begin_import("personalize_ecommerce_demo_interactions_import", bought, "shop.csv"),
    begin_import("personalize_ecommerce_demo_items_import2", catalogue, "goods.csv"),
]
for job in reversed(jobs):
    until_active(personalize.describe_dataset_import_job, "datasetImportJob", datasetImportJobArn=job)
assert len(personalize.list_recipes(domain="ECOMMERCE")["recipes"]) == 5


def recommender(name, use_case):
    answer = personalize.create_recommender(name=name, recipeArn=recipe(f"ecomm-{use_case}"), datasetGroupArn=group)
    return answer["recommenderArn"]


for_you = recommender("recommended_for_you_demo", "recommended-for-you")
who_viewed = recommender("recommended_who_viewed_x", "customers-who-viewed-x-also-viewed")
for arn in (for_you, who_viewed):
    until_active(personalize.describe_recommender, "recommender", recommenderArn=arn)
assert len(ids(runtime.get_recommendations(recommenderArn=for_you, userId="77", numResults=20))) == 20
margin = {row["ITEM_ID"]: float(row["MARGIN"]) for row in csv_rows("goods.csv")}
item = random.choice(list(margin))
viewed = runtime.get_recommendations(recommenderArn=who_viewed, itemId=item, userId="55", numResults=40)
assert len(ids(viewed)) == 40
for item in random.sample(list(margin), 5):
    assert len(ids(runtime.get_recommendations(recommenderArn=who_viewed, itemId=item, userId="55"))) == 25

tracker = personalize.create_event_tracker(datasetGroupArn=group, name="amazon-personalize-event-tracker")
until_active(personalize.describe_event_tracker, "eventTracker", seconds=15, eventTrackerArn=tracker["eventTrackerArn"])
published_metrics()
today = time.time()
sent = []


def send(source, lists):
    """Sends an event for each item: two minutes earlier each time, a purchase in one of five cases."""
    for step, (user, item) in enumerate(((user, item) for user, items in lists for item in items), start=1):
        kind = random.choices(("View", "Purchase"), (0.8, 0.2))[0]
        at = int(today - 120 * step)
        event = {
            "eventId": str(uuid.uuid4()),
            "eventType": kind,
            "itemId": item,
            "metricAttribution": {"eventAttributionSource": source},
            "sentAt": at,
        }
        session = str(uuid.uuid4())
        events.put_events(trackingId=tracker["trackingId"], userId=user, sessionId=session, eventList=[event])
        sent.append((source, kind, item, at))


def list_of(arn, user, **more):
    return user, ids(runtime.get_recommendations(recommenderArn=arn, userId=user, numResults=30, **more))


send("recommended_for_you", [list_of(for_you, user) for user in ("55", "10", "12", "44", "70", "82")])
products = ("9", "14", "33", "58", "80", "101")
send("viewed_X_also_viewed", [list_of(who_viewed, "82", itemId=product) for product in products])

published = published_metrics()


def metric_data(name, source):
    """GetMetricData with the notebook's namespace, dimensions, statistic and window of five hours."""
    dimensions = {"EventAttributionSource": source, "DatasetGroupArn": group}
    found = [value for value in published if value["name"] == name and value["dimensions"] == dimensions]
    return {value["minute"] / 1000: value["sum"] for value in found if today - 5 * 3600 <= value["minute"] / 1000 < today}


names = {value["name"] for value in published if value["name"] in ("SUMMARGIN", "COUNTVIEWS")}
assert names == {"SUMMARGIN", "COUNTVIEWS"}
for source in ("recommended_for_you", "viewed_X_also_viewed"):
    for name, kind, value in (("SUMMARGIN", "Purchase", margin.get), ("COUNTVIEWS", "View", lambda item: 1)):
        expected = {}
        for other, type, item, at in sent:
            quarter = at // 900 * 900
            if (other, type) == (source, kind) and today - 5 * 3600 <= quarter:
                expected[quarter] = expected.get(quarter, 0) + value(item)
        shown = metric_data(name, source.upper())
        assert len(expected) > 5 and shown.keys() == expected.keys(), (name, source, shown, expected)
        assert all(abs(shown[quarter] - expected[quarter]) < 1e-6 for quarter in shown)
clean_up(group)
