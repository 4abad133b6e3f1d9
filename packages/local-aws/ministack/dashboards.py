"""Writes the times in a list of dashboards in the form of CloudWatch's JSON protocol, in seconds since 1970.

MiniStack writes ISO 8601, for which AWS's SDKs refuse the whole list.
"""

import json

from ministack.services import cloudwatch


def write_times_in_seconds() -> None:
    list_dashboards = cloudwatch._list_dashboards

    def listed(params, data, is_cbor, is_json=False):
        status, headers, body = list_dashboards(params, data, is_cbor, is_json)
        if not is_json or status != 200:
            return status, headers, body
        answer = json.loads(body)
        for entry in answer["DashboardEntries"]:
            entry["LastModified"] = cloudwatch._dashboards[entry["DashboardName"]]["LastModified"]
        return status, headers, json.dumps(answer).encode()

    cloudwatch._list_dashboards = listed
