"""What events.spec.ts sends: there is no client of personalize-events among the project's own."""

import json
import sys
from datetime import datetime, timezone

import boto3
from botocore.exceptions import ClientError

tracking_id, user_id, item_id, items_arn = sys.argv[1:]
events = boto3.client("personalize-events")
watched = {"eventType": "Watch", "itemId": item_id, "sentAt": datetime.now(timezone.utc)}
call = {"userId": user_id, "sessionId": "session", "eventList": [watched]}
events.put_events(trackingId=tracking_id, **call)
properties = json.dumps({"genres": "Drama|War", "releaseYear": 1959})
events.put_items(datasetArn=items_arn, items=[{"itemId": "9", "properties": properties}])
try:
    events.put_events(trackingId="unknown", **call)
except ClientError as error:
    print(json.dumps(error.response["Error"]))
