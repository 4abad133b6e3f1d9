"""Evaluates the policies of a role with which a service acts.
Fails without it: function-processes.spec.ts: a function creates its log group only if its role may create it
"""

from ministack.core import iam_evaluator as judge
from ministack.core.responses import get_account_id, get_region
from ministack.services import iam


def allows(role_arn: str, session: str, action: str, resource: str) -> bool:
    """Returns whether the role's policies and permissions boundary allow the action in a session of this name."""
    account, name = get_account_id(), role_arn.rsplit("/", 1)[-1]
    asked = context(action, resource, f"arn:aws:sts::{account}:assumed-role/{name}/{session}", {})
    limits = judge._permissions_boundary(iam._roles, name, account)
    return judge.evaluate(asked, judge._gather_role_policies(name, account), *limits).decision == "Allow"


def context(action: str, resource: str, principal: str, keys: dict) -> judge.EvalContext:
    return judge.EvalContext(
        principal_arn=principal, principal_type="AssumedRole" if principal else "Service",
        principal_account=get_account_id() if principal else "", action=action, resource_arn=resource,
        region=get_region(), service_context=keys,
    )
