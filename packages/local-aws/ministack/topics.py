"""Rejects CreateTopic for an existing name with other tags, as SNS does. MiniStack returns the existing topic."""

from ministack.core.responses import get_account_id, get_region
from ministack.services import sns


def refuse_other_tags() -> None:
    create = sns._create_topic

    def create_or_refuse(params):
        topic = sns._topics.get(f"arn:aws:sns:{get_region()}:{get_account_id()}:{sns._p(params, 'Name')}")
        if topic and sns._param_tags(params) not in ({}, topic["tags"]):
            message = "Invalid parameter: Tags Reason: Topic already exists with different tags"
            return sns._error("InvalidParameterException", message, 400)
        return create(params)

    sns._create_topic = create_or_refuse
