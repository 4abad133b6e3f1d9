import { regionalArn } from "policy-evaluator";
import { stateFlagKeys } from "../../config/names.ts";
import { type Grant, inRegion, type NeededOnAws, type OperatorScope } from "./scope.ts";

/** Returns the grants to read what runbooks need outside the stack's own resources, and to write the state flags. */
export function observingGrants(scope: OperatorScope): readonly Grant[] {
    const { project, stack } = scope;
    const condition = inRegion(scope);
    const regional = (service: string, tail: string) => regionalArn(scope, service, tail);
    const marks = regional("ssm", `parameter/${project}/${stack}`);
    const looks = (
        sid: string,
        service: string,
        actions: readonly string[],
        everythingBecause: string,
        everywhere = false,
    ): Grant => ({
        policy: "read",
        sid,
        service,
        actions,
        on: ["*"],
        everythingBecause,
        ...(!everywhere && { condition }),
    });
    return [
        {
            policy: "read",
            sid: "MarksLooks",
            service: "ssm",
            actions: ["GetParameter", "GetParameterHistory", "GetParametersByPath"],
            on: [marks, `${marks}/*`],
        },
        {
            policy: "operate",
            sid: "MarksSets",
            service: "ssm",
            actions: ["DeleteParameter", "PutParameter"],
            // Leave out the cost guard's state, which decides whether the campaign runs and how much was spent.
            on: stateFlagKeys.map((key) => `${marks}/${key}`),
        },
        { policy: "deploy", sid: "MarksEnds", service: "ssm", actions: ["DeleteParameters"], on: [`${marks}/*`] },
        looks("ParameterLists", "ssm", ["DescribeParameters"], "a list of parameters knows no resource"),
        looks("TaggedLists", "tag", ["GetResources"], "the tagging API knows no resource"),
        looks(
            "FunctionLists",
            "lambda",
            ["GetAccountSettings", "ListFunctions"],
            "Lambda's lists and its account's settings know no resource",
        ),
        looks("ScheduleLists", "scheduler", ["ListSchedules"], "a list of schedules is over all groups"),
        looks(
            "AlarmLists",
            "cloudwatch",
            ["DescribeAlarms", "ListDashboards"],
            "composite alarms are listed with all alarms only, and a list of dashboards knows no resource",
        ),
        {
            policy: "read",
            sid: "AlarmTags",
            service: "cloudwatch",
            actions: ["ListTagsForResource"],
            on: [regional("cloudwatch", "alarm:*")],
        },
        looks("LogGroupLists", "logs", ["DescribeLogGroups"], "a list of log groups is over all of them"),
        looks("TopicLists", "sns", ["ListTopics"], "a list of topics knows no resource"),
        {
            policy: "read",
            sid: "TopicLooks",
            service: "sns",
            actions: ["ListSubscriptionsByTopic"],
            on: [regional("sns", `${project}*`)],
        },
        looks("QuotaLists", "servicequotas", ["ListServiceQuotas"], "a list of quotas knows no resource"),
        looks("BucketLists", "s3", ["ListAllMyBuckets"], "ListAllMyBuckets has no resource type"),
        looks(
            "BudgetLists",
            "budgets",
            ["ListTagsForResource", "ViewBudget"],
            "the list has all budgets of the account, for every region",
            true,
        ),
        looks(
            "RoleLists",
            "iam",
            ["ListPolicies", "ListRoles"],
            "IAM's lists have no resource type, and IAM has no region",
            true,
        ),
    ];
}

export const observingNeededOnAws: readonly NeededOnAws[] = [
    {
        action: "servicequotas:ListServiceQuotas",
        page: "https://docs.aws.amazon.com/servicequotas/2019-06-24/apireference/API_ListServiceQuotas.html",
    },
];
