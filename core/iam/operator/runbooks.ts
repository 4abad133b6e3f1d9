import type { Grant, GrantScope } from "./scope.ts";

/** Returns the grants for the calls that only one runbook makes. */
export const runbookGrants = ({ grant, arn, partition, accountId, names, inRegion }: GrantScope): readonly Grant[] => [
    // `doctor`
    grant("read")("ListQuotas", "servicequotas", "ListServiceQuotas", ["*"], {
        everythingBecause: "a list of quotas knows no resource",
        condition: inRegion,
    }),
    grant("read-operations")("ReadPrices", "pricing", "GetProducts", ["*"], {
        everythingBecause: "IAM has no resource type for prices",
    }),
    // `diagnose-access` simulates the policies of the import role and of the caller, which is an IAM user or the role of
    // a session.
    grant("read")("SimulatePolicies", "iam", "SimulatePrincipalPolicy", [
        `arn:${partition}:iam::${accountId}:role/*`,
        `arn:${partition}:iam::${accountId}:user/\${aws:username}`,
    ]),
    // `audit-leftovers`
    grant("read")("ListTaggedResources", "tag", "GetResources", ["*"], {
        everythingBecause: "the tagging API knows no resource",
        condition: inRegion,
    }),
    // `recommend`. Allow all filters, because a filter affects only campaigns of its own dataset group.
    grant("read")("GetRecommendations", "personalize", "GetRecommendations", [
        arn("personalize", `campaign/${names.campaign}`),
        arn("personalize", "filter/*"),
    ]),
    // `forget-viewer`
    grant("operate")("DeleteViewers", "personalize", "CreateDataDeletionJob", [
        arn("personalize", `dataset-group/${names.datasetGroup}`),
        arn("personalize", `data-deletion-job/${names.deletionJobPrefix}-${"?".repeat(8)}`),
    ]),
    // `update-items`
    grant("operate")("SendRows", "personalize", "PutItems PutUsers", [
        arn("personalize", `dataset/${names.datasetGroup}/*`),
    ]),
    // `cost-report`
    grant("read-operations")("ReadBill", "ce", "GetCostAndUsage", ["*"], {
        everythingBecause: "the bill belongs to the account and has no region",
    }),
    // `budget-alarms`
    grant("operate")("TopicTests", "sns", "Publish", [arn("sns", names.notifications)]),
    grant("operate")("ReceiveTestMessages", "sqs", "ChangeMessageVisibility DeleteMessage ReceiveMessage", [
        arn("sqs", names.notifications),
    ]),
];
