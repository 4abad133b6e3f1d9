"""Answers for topics and subscriptions as SNS does."""

from ministack.core.responses import get_account_id, get_region, new_uuid
from ministack.services import sns


def refuse_other_tags() -> None:
    """Rejects CreateTopic for an existing name with other tags. MiniStack returns the existing topic.
    Fails without it: operations.spec.ts: `create` rejects an existing queue or topic with different attributes or tags
    """
    create = sns._create_topic

    def create_or_refuse(params):
        topic = sns._topics.get(f"arn:aws:sns:{get_region()}:{get_account_id()}:{sns._p(params, 'Name')}")
        if topic and sns._param_tags(params) not in ({}, topic["tags"]):
            message = "Invalid parameter: Tags Reason: Topic already exists with different tags"
            return sns._error("InvalidParameterException", message, 400)
        return create(params)

    sns._create_topic = create_or_refuse


def await_confirmation() -> None:
    """Lets a mail address receive nothing until ConfirmSubscription. MiniStack confirms it at once. The local AWS sends no
    mail, so the log has the command that the link of the mail replaces.
    Fails without it: e2e/cost-runbooks.spec.ts: `budget-alarms` reports an address that has not confirmed its …
    """
    subscribe = sns._subscribe

    def subscribe_pending(params):
        topic = sns._topics.get(sns._p(params, "TopicArn"))
        known = [each["arn"] for each in topic["subscriptions"]] if topic else []
        status, headers, body = subscribe(params)
        if status == 200 and sns._p(params, "Protocol").startswith("email"):
            for each in topic["subscriptions"]:
                if each["arn"] not in known:
                    each.update(confirmed=False, token=new_uuid())
                    each["attributes"].update(PendingConfirmation="true", ConfirmationWasAuthenticated="false")
                    sns._refresh_subscription_counts(topic)
                    command = f"aws sns confirm-subscription --topic-arn {topic['arn']} --token {each['token']}"
                    sns.logger.warning("mail to %s, which the local AWS does not send: %s", each["endpoint"], command)
        return status, headers, body

    def hiding_pending(listed):
        def list_subscriptions(params):
            status, headers, body = listed(params)
            for topic in sns._topics.values():
                for each in topic["subscriptions"]:
                    if not each["confirmed"]:
                        arn = f"<SubscriptionArn>{each['arn']}<".encode()
                        body = body.replace(arn, b"<SubscriptionArn>PendingConfirmation<")
            return status, headers, body

        return list_subscriptions

    sns._subscribe = subscribe_pending
    sns._list_subscriptions = hiding_pending(sns._list_subscriptions)
    sns._list_subscriptions_by_topic = hiding_pending(sns._list_subscriptions_by_topic)
