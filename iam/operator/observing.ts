import { stateFlagKeys } from "../../config/names.ts";
import { type Grant, type GrantScope, grant } from "./scope.ts";

/** Returns the grants to read what runbooks need outside the stack's own resources, and to write the state flags. */
export function observingGrants({ project, stack, arn, inRegion: condition }: GrantScope): readonly Grant[] {
    const marks = arn("ssm", `parameter/${project}/${stack}`);
    const read = grant("read");
    const looks = (
        sid: string,
        service: string,
        actions: readonly string[],
        everythingBecause: string,
        everywhere = false,
    ) => read(sid, service, actions, ["*"], { everythingBecause, ...(!everywhere && { condition }) });
    return [
        read(
            "ReadStateFlags",
            "ssm",
            ["GetParameter", "GetParameterHistory", "GetParametersByPath"],
            [marks, `${marks}/*`],
        ),
        // Operators must not write the cost guard's own state: with it, they could keep a campaign that the guard
        // must park.
        grant("operate")(
            "WriteStateFlags",
            "ssm",
            ["DeleteParameter", "PutParameter"],
            stateFlagKeys.map((key) => `${marks}/${key}`),
        ),
        grant("deploy")("DeleteStateFlags", "ssm", ["DeleteParameters"], [`${marks}/*`]),
        looks("ListParameters", "ssm", ["DescribeParameters"], "a list of parameters knows no resource"),
        looks("ListFunctions", "lambda", ["ListFunctions"], "a list of functions knows no resource"),
        looks("ListSchedules", "scheduler", ["ListSchedules"], "a list of schedules is over all groups"),
        looks(
            "ListAlarms",
            "cloudwatch",
            ["DescribeAlarms", "ListDashboards"],
            "composite alarms are listed with all alarms only, and a list of dashboards knows no resource",
        ),
        read("ReadAlarmTags", "cloudwatch", ["ListTagsForResource"], [arn("cloudwatch", "alarm:*")]),
        looks("ListLogGroups", "logs", ["DescribeLogGroups"], "a list of log groups is over all of them"),
        looks("ListTopics", "sns", ["ListTopics"], "a list of topics knows no resource"),
        read("ListSubscriptions", "sns", ["ListSubscriptionsByTopic"], [arn("sns", `${project}*`)]),
        looks("ListBuckets", "s3", ["ListAllMyBuckets"], "ListAllMyBuckets has no resource type"),
        looks(
            "ListBudgets",
            "budgets",
            ["ListTagsForResource", "ViewBudget"],
            "the list has all budgets of the account, for every region",
            true,
        ),
        looks(
            "ListRoles",
            "iam",
            ["ListPolicies", "ListRoles"],
            "IAM's lists have no resource type, and IAM has no region",
            true,
        ),
    ];
}
