"""Mistakes in handing over the role: its ARN, its trust policy, and the caller's right to pass it."""

from case import GUIDE, IAM_GUIDE, S3_GUIDE, case
from make import operator
from fixture import ACCOUNT, OTHER, REGION, allow, document

DEPUTY = f"{GUIDE}/cross-service-confused-deputy-prevention.html"


@case("role-without-its-path", "https://github.com/aws/sagemaker-python-sdk/issues/2186",
      "The returned arn will not include \"service-role\" in the path.",
      "The job names role/X, and the role is role/service-role/X.",
      [r"\bpath\b"])
def _(w):
    w.path = "/service-role/"
    w.role_arn = f"arn:aws:iam::{ACCOUNT}:role/{w.role}"


@case("role-with-a-path-that-it-lacks", "https://github.com/aws/sagemaker-python-sdk/issues/2186",
      "the method does not return the correct ARN unless the role name contains \"AmazonSageMaker-ExecutionRole\" and is placed into the \"/service-role/\" path",
      "The job names role/service-role/X, and the role is role/X.",
      [r"\bpath\b"])
def _(w):
    w.role_arn = f"arn:aws:iam::{ACCOUNT}:role/service-role/{w.role}"


@case("role-of-another-account", "https://github.com/fabric8io/kubernetes-alexa/issues/6",
      "Cross-account pass role is not allowed.",
      "The role ARN has the account id of the guide's example.",
      [r"(an)?other account|account 111122223333|of account"],
      ask=[r"own account|(this|your) account|account 0{12}"])
def _(w):
    w.role_arn = f"arn:aws:iam::{OTHER}:role/{w.role}"


@case("role-deleted-by-cleanup", "https://github.com/aws-samples/amazon-personalize-samples",
      "~ the notebook's clean-up deleted the role, and a later notebook reads its ARN from the stored variables",
      "The role was deleted; the notebook's variable still has its ARN.",
      [r"no (such )?role", r"role .*(does not exist|missing|deleted|is gone)", r"role-missing"],
      ask=[r"create the role .* with the trust policy"])
def _(w):
    w.has_role = False


@case("trust-sagemaker", "https://github.com/aws/amazon-sagemaker-feedback/issues/61",
      "click on the \"Trust relationships\" tab, then click on \"Edit trust relationship\" [of the SageMaker execution role]",
      "The role trusts sagemaker.amazonaws.com only.",
      [r"trust.*(sagemaker|another|other|not .*personalize|does not)", r"trust-wrong-service"])
def _(w):
    w.trust = document({"Effect": "Allow", "Principal": {"Service": "sagemaker.amazonaws.com"},
                        "Action": "sts:AssumeRole"})


@case("trust-runtime-name", "https://github.com/aws-samples/amazon-personalize-samples/issues/12",
      "~ personalize and personalize_runtime are two clients, and one service principal",
      "The trust policy names personalize-runtime.amazonaws.com.",
      [r"trust.*(personalize-runtime|another|service)"])
def _(w):
    w.trust = w.trusting("personalize-runtime.amazonaws.com")


@case("trust-british-spelling", "https://github.com/hashicorp/terraform-provider-aws/issues/8905",
      "MalformedPolicyDocument: Invalid principal in policy",
      "The trust policy names personalise.amazonaws.com.",
      [r"trust.*(personalise|another|spel|service)"])
def _(w):
    w.trust = w.trusting("personalise.amazonaws.com")


@case("trust-regional-name", "https://github.com/Miserlou/Zappa/issues/381",
      "Provided role cannot be assumed by principal 'events.amazonaws.com'.",
      "The trust policy names a regional service principal that does not exist.",
      [r"trust.*(personalize\.eu|another|region|service)"])
def _(w):
    w.trust = w.trusting(f"personalize.{REGION}.amazonaws.com")


@case("trust-account-root", "https://github.com/DataDog/stratus-red-team/issues/174",
      "I get a trust relationship on the new role of [...] \"AWS\": \"arn:aws:iam::<MY_ACCOUNT_ID>:root\"",
      "The trust policy trusts the account, not the service.",
      [r"trust.*(another|principal|service|account)"])
def _(w):
    w.trust = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                        "Action": "sts:AssumeRole"})


@case("trust-source-account-of-the-guide", DEPUTY,
      "\"aws:SourceAccount\": \"111122223333\"",
      "aws:SourceAccount is 111122223333, the guide's account.",
      [r"SourceAccount.*(another|other|111122223333)", r"trust-source-account"])
def _(w):
    w.trust["Statement"][0]["Condition"]["StringEquals"]["aws:SourceAccount"] = OTHER


@case("trust-source-arn-of-the-dataset-group", "https://github.com/prowler-cloud/prowler/issues/4714",
      "when we add either aws:SourceArn or aws:SourceAccount or both. Our process will stop working.",
      "aws:SourceArn names the dataset group, and the request comes from the import job.",
      [r"SourceArn.*(exclude|import job|names|dataset-group|not)"])
def _(w):
    w.trust["Statement"][0]["Condition"]["ArnLike"] = {
        "aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:dataset-group/*"}


@case("trust-source-arn-equals-with-star", "https://github.com/prowler-cloud/prowler/issues/4714",
      "Our process will stop working [with aws:SourceArn or aws:SourceAccount]",
      "StringEquals compares aws:SourceArn with a star, which matches literally.",
      [r"SourceArn.*(star|wildcard|literal|StringEquals|names|not)"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {"StringEquals": {
        "aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:personalize:{REGION}:{ACCOUNT}:*"}}


@case("trust-source-arn-of-another-region", DEPUTY,
      "set the value of aws:SourceArn to arn:aws:personalize:region:accountNumber:*",
      "aws:SourceArn names us-east-1.",
      [r"SourceArn.*(region|us-east-1|names|not)"])
def _(w):
    w.trust["Statement"][0]["Condition"]["ArnLike"] = {
        "aws:SourceArn": f"arn:aws:personalize:us-east-1:{ACCOUNT}:*"}


@case("trust-external-id", f"{IAM_GUIDE}/id_roles_create_for-user_externalid.html",
      "~ the external id is for third parties; a service sends none",
      "The trust policy requires sts:ExternalId, which no service sends.",
      [r"ExternalId", r"trust.*condition"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {"StringEquals": {"sts:ExternalId": "films"}}


@case("trust-mfa", "https://github.com/hashicorp/terraform-provider-aws/issues/8905",
      "condition { test = \"Bool\" variable = \"aws:MultiFactorAuthPresent\" values = [\"true\"] }",
      "The trust policy requires MFA, which a service cannot have.",
      [r"MFA|MultiFactor", r"trust.*condition"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}


@case("pass-role-missing", f"{S3_GUIDE}/security_iam_troubleshoot.html",
      "The following error occurs when an IAM user named marymajor tries to [...]: not authorized to perform: iam:PassRole",
      "The caller may start imports, and has no iam:PassRole.",
      [r"PassRole|pass (the|this) role"], ask=[r"(admin|who|IAM).*PassRole|PassRole.*(admin|IAM)"])
def _(w):
    w.caller = operator(w, passing=f"arn:aws:iam::{ACCOUNT}:role/another")


@case("pass-role-to-another-service", "https://github.com/awslabs/benchmark-ai/pull/643",
      "Allow sagemaker to pass the role",
      "iam:PassedToService of the caller's policy is sagemaker.amazonaws.com.",
      [r"PassRole.*(sagemaker|service)|PassedToService|not to (P|p)ersonalize"],
      ask=[r"PassRole|pass (the|this) role"])
def _(w):
    w.caller = operator(w, {**allow("iam:PassRole", "*"), "Condition": {
        "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}}},
        passing=f"arn:aws:iam::{ACCOUNT}:role/another")


@case("pass-role-without-path", "https://github.com/aws/sagemaker-python-sdk/issues/2186",
      "The returned arn will not include \"service-role\" in the path. [the policy was written with it]",
      "The caller may pass role/X, and the role is role/service-role/X.",
      [r"PassRole|pass (the|this) role"], ask=[r"PassRole|pass (the|this) role"])
def _(w):
    w.path = "/service-role/"
    w.caller = operator(w, passing=f"arn:aws:iam::{ACCOUNT}:role/{w.role}")


@case("pass-role-of-the-session-only", "https://github.com/aws/amazon-sagemaker-feedback/issues/61",
      "is not authorized to perform: iam:PassRole on resource ... because no identity-based policy allows the iam:PassRole action",
      "The notebook's user has AmazonPersonalizeFullAccess-like rights of Personalize, and PassRole for the notebook's role.",
      [r"PassRole|pass (the|this) role"], ask=[r"PassRole|pass (the|this) role"])
def _(w):
    w.caller = operator(w, allow("personalize:*", "*"), passing=f"arn:aws:iam::{ACCOUNT}:role/notebook-*")


@case("trust-misspelt-condition-key", f"{IAM_GUIDE}/reference_policies_condition-keys.html",
      "~ IAM stores a policy with a key that does not exist",
      "The trust policy's condition key is misspelt, which IAM accepts and never matches.",
      [r"SourceAcount|misspel|does not exist"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {"StringEquals": {"aws:SourceAcount": ACCOUNT}}


@case("trust-guide-with-two-accounts", DEPUTY,
      "StringEquals aws:SourceAccount 111122223333, ArnLike aws:SourceArn arn:aws:personalize:us-east-1:444455556666:*",
      "The guide's example as it is: two example accounts, and its region.",
      [r"SourceAccount|SourceArn"])
def _(w):
    w.trust["Statement"][0]["Condition"] = {
        "StringEquals": {"aws:SourceAccount": OTHER},
        "ArnLike": {"aws:SourceArn": "arn:aws:personalize:us-east-1:444455556666:*"}}


@case("trust-lambda-and-ec2", "https://github.com/pdomala/LambdaCDDemo/issues/1",
      "Make sure you have lambda.amazonaws.com under Trust Relationships of your IAM role. [it was there, for Personalize]",
      "The trust policy lists two services, and Personalize is not one.",
      [r"trust.*(another|other|not|lambda)"])
def _(w):
    w.trust = document({"Effect": "Allow", "Principal": {"Service": ["lambda.amazonaws.com", "ec2.amazonaws.com"]},
                        "Action": "sts:AssumeRole"})


@case("pass-role-of-another-role", "https://github.com/james-jory/segment-personalize-workshop/pull/15",
      "Instructions mention module-personalize-PersonalizeServiceRole but the screenshot was showing [...] PersonalizeExecutionRole.",
      "The job names the Lambda's execution role, which reads no bucket and trusts Lambda.",
      [r"trust.*(lambda|another|other|not)", r"polic(y|ies).*(not|No statement).*ListBucket|No statement.*ListBucket"])
def _(w):
    w.trust = document({"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"})
    w.inline = {"logs": document(allow(["logs:*", "personalize:*"], "*"))}


@case("trust-attached-as-a-policy", "https://github.com/Netflix/consoleme/issues/8968",
      "This policy contains the following error: Has prohibited field Principal",
      "The statement for Personalize was tried as a role policy, and the trust policy still has the console's default.",
      [r"trust.*(ec2|another|other|not)"])
def _(w):
    w.trust = document({"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"})
