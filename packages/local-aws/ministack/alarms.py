"""Completes MiniStack's CloudWatch."""

import json

from ministack.services import cloudwatch

# The response header from which the gateway reads the regions with alarms.
REGIONS_HEADER = "x-alarm-regions"
OF_ONE_METRIC = ("Namespace", "MetricName", "Statistic", "ExtendedStatistic", "Period", "Unit")


class Exactly(dict):
    """Dimensions that MiniStack also compares if they are empty."""

    def __bool__(self) -> bool:
        return True


def leave_alarms_to_gateway() -> None:
    """Stores alarms completely, and compares missing dimensions as such. packages/local-aws/gateway/alarms evaluates.
    Fails without it: alarms/watch.spec.ts: alarms evaluate the metric with their dimensions, percentiles and metric …
    """
    put, describe, dimensions = cloudwatch._put_metric_alarm, cloudwatch._describe_alarms, cloudwatch._dims_from_list

    def put_whole(params, data, is_cbor, is_json=False):
        answer = put(params, data, is_cbor, is_json)
        alarm = cloudwatch._alarms.get(data.get("AlarmName")) if answer[0] == 200 else None
        if alarm:
            for key in OF_ONE_METRIC:
                if data.get(key) is None:
                    alarm.pop(key, None)
            if data.get("Metrics"):
                alarm["Metrics"] = data["Metrics"]
        return answer

    def describe_and_tell(*asked, **more):
        status, headers, body = describe(*asked, **more)
        regions = sorted({region for _account, region, _name in list(cloudwatch._alarms._data)})
        return status, {**headers, REGIONS_HEADER: ",".join(regions)} if regions else headers, body

    cloudwatch._put_metric_alarm, cloudwatch._describe_alarms = put_whole, describe_and_tell
    cloudwatch._evaluate_alarm = lambda _alarm: None
    cloudwatch._dims_from_list = lambda given: Exactly(dimensions(given))


def list_dashboards() -> None:
    """Writes the times in ListDashboards in seconds. MiniStack writes ISO 8601, so that AWS SDKs reject the list.
    Fails without it: e2e/life.spec.ts: `destroy` leaves no resource, even if a user deleted a campaign by hand before
    """
    answer_list = cloudwatch._list_dashboards

    def listed(params, data, is_cbor, is_json=False):
        status, headers, body = answer_list(params, data, is_cbor, is_json)
        if not is_json or status != 200:
            return status, headers, body
        answer = json.loads(body)
        for entry in answer["DashboardEntries"]:
            entry["LastModified"] = cloudwatch._dashboards[entry["DashboardName"]]["LastModified"]
        return status, headers, json.dumps(answer).encode()

    cloudwatch._list_dashboards = listed
