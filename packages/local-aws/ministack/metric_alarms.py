"""Stores alarms completely and leaves their evaluation to packages/local-aws/gateway/alarms.

MiniStack evaluates an alarm when data of its metric arrives, with any dimensions. It drops metric queries, and treats
missing dimensions as any dimensions. With this module, a metric without dimensions is a separate metric, as on AWS, and
the gateway evaluates on a timer and calls SetAlarmState.
"""

from ministack.services import cloudwatch

# The response header from which the gateway reads the regions with alarms.
REGIONS_HEADER = "x-alarm-regions"
OF_ONE_METRIC = ("Namespace", "MetricName", "Statistic", "ExtendedStatistic", "Period", "Unit")


class Exactly(dict):
    """Dimensions that MiniStack also compares if they are empty."""

    def __bool__(self) -> bool:
        return True


def leave_to_gateway() -> None:
    put, describe, dimensions = cloudwatch._put_metric_alarm, cloudwatch._describe_alarms, cloudwatch._dims_from_list

    def put_whole(params, data, is_cbor, is_json=False):
        answer = put(params, data, is_cbor, is_json)
        alarm = cloudwatch._alarms.get(data.get("AlarmName")) if answer[0] == 200 else None
        if alarm:
            for key in OF_ONE_METRIC:
                if data.get(key) is None:
                    alarm.pop(key, None)
            for key in ("Metrics", "EvaluateLowSampleCountPercentile", "ThresholdMetricId"):
                if data.get(key):
                    alarm[key] = data[key]
        return answer

    def describe_and_tell(*asked, **more):
        status, headers, body = describe(*asked, **more)
        regions = sorted({region for _account, region, _name in list(cloudwatch._alarms._data)})
        return status, {**headers, REGIONS_HEADER: ",".join(regions)} if regions else headers, body

    cloudwatch._put_metric_alarm, cloudwatch._describe_alarms = put_whole, describe_and_tell
    cloudwatch._evaluate_alarm = lambda _alarm: None
    cloudwatch._dims_from_list = lambda given: Exactly(dimensions(given))
