"""Writes the times in ListDashboards as epoch seconds, as CloudWatch's JSON protocol requires.

MiniStack writes ISO 8601, so that AWS SDKs reject the whole list.
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
