"""Records in each session of a Lambda function which function uses it.

Lambda adds the function's ARN to its credentials as the condition key lambda:SourceFunctionArn (Lambda Developer Guide,
"Using source function ARN to control function access behavior"). A session from AssumeRole has no such key.
"""

from ministack.core import lambda_runtime
from ministack.services import lambda_svc, sts

SOURCE = "SourceFunctionArn"


def record_functions() -> None:
    issue = lambda_runtime.execution_credentials

    def recording(config: dict) -> dict[str, str]:
        credentials = issue(config)
        session = sts._sessions.get(credentials["AWS_ACCESS_KEY_ID"])
        if session is not None:
            session[SOURCE] = config.get("FunctionArn", "")
        return credentials

    lambda_runtime.execution_credentials = lambda_svc.execution_credentials = recording
