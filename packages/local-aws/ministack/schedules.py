"""Invokes a schedule's target with the schedule's role, and sends a refused event to the dead-letter queue, as EventBridge
Scheduler does. MiniStack checks neither the role's trust policy nor its permissions, and drops failed deliveries.
Fails without it: functions.spec.ts: a schedule invokes a function with its role and reports failures to SQS
"""

import json
import logging

from ministack.core import iam_evaluator as judge
from ministack.core.responses import get_account_id
from ministack.services import eventbridge, iam, lambda_svc, scheduler, sqs

import role_permissions

log = logging.getLogger("ministack")

SERVICE = "scheduler.amazonaws.com"
ACTIONS = {"lambda": "lambda:InvokeFunction", "sqs": "sqs:SendMessage", "sns": "sns:Publish"}
# MiniStack itself checks only every 10 seconds which schedules are due.
LOOK_EVERY_SECONDS = 1


def look_often() -> None:
    scheduler._SCHEDULE_TICK_INTERVAL = LOOK_EVERY_SECONDS


def deliver_by_role(enforcing: bool) -> None:
    """Wraps the delivery of rules and schedules, and changes only schedules."""
    deliver = eventbridge._invoke_target

    def deliver_if_allowed(target, event, rule, *rest):
        if ":scheduler:" not in rule.get("Arn", ""):
            return deliver(target, event, rule, *rest)
        payload = target.get("Input") or "{}"
        refused = why_not(target, target.get("Arn", ""), rule, enforcing)
        if refused is None:
            return deliver({**target, "Input": payload}, event, rule, *rest)
        log.warning("schedule %s is not delivered: %s", rule["Arn"], refused)
        dead_letters = (target.get("DeadLetterConfig") or {}).get("Arn")
        if dead_letters:
            keep(dead_letters, target, rule, payload, refused, enforcing)

    eventbridge._invoke_target = deliver_if_allowed


def why_not(target: dict, arn: str, schedule: dict, enforcing: bool) -> str | None:
    """Returns why the schedule cannot invoke the target, or None."""
    service = arn.split(":")[2] if arn.count(":") > 2 else ""
    if service == "lambda" and not lambda_svc._get_func_record_for_ref(arn)[0]:
        return f"there is no function {arn}"
    if not enforcing or service not in ACTIONS:
        return None
    role_arn = target.get("RoleArn", "")
    role = iam._roles.get(role_arn.rsplit("/", 1)[-1]) or {}
    # aws:SourceArn is the ARN of the schedule group (User Guide, "Confused deputy prevention in EventBridge
    # Scheduler").
    group = schedule["Arn"].replace(":schedule/", ":schedule-group/").rsplit("/", 1)[0]
    sources = {"aws:sourcearn": group, "aws:sourceaccount": get_account_id()}
    if role.get("Arn") != role_arn or not trusts(role.get("AssumeRolePolicyDocument"), role_arn, sources):
        return f"{role_arn} cannot be assumed by {SERVICE}"
    if role_permissions.allows(role_arn, "scheduler", ACTIONS[service], arn):
        return None
    return f"{role_arn} is not allowed {ACTIONS[service]} on {arn}"


def trusts(document, role_arn: str, sources: dict) -> bool:
    trust = json.loads(document) if isinstance(document, str) else document or {}
    statements = trust.get("Statement", [])
    statements = [statements] if isinstance(statements, dict) else statements
    # Statements of a trust policy have no Resource, but the evaluation requires one.
    whole = {"Statement": [{**statement, "Resource": "*"} for statement in statements]}
    asked = role_permissions.context("sts:AssumeRole", role_arn, "", sources)
    return judge.evaluate_resource_policy(whole, asked, service=SERVICE).decision == "Allow"


def keep(queue_arn: str, target: dict, schedule: dict, payload: str, refused: str, enforcing: bool) -> None:
    queue = sqs._queue_by_arn(queue_arn)
    lost = why_not(target, queue_arn, schedule, enforcing) if queue else f"there is no queue {queue_arn}"
    if lost:
        log.warning("the dead letter of schedule %s is lost: %s", schedule["Arn"], lost)
        return
    eventbridge._dispatch_to_sqs(eventbridge.parse_arn(queue_arn), payload)
    said = {
        "SCHEDULE_ARN": schedule["Arn"], "TARGET_ARN": target.get("Arn", ""),
        "ERROR_CODE": "ResourceNotFoundException" if refused.startswith("there is no") else "AccessDeniedException",
        "ERROR_MESSAGE": refused,
    }
    queue["messages"][-1]["message_attributes"] = {
        name: {"DataType": "String", "StringValue": value} for name, value in said.items()
    }
