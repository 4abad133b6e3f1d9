import { regionalArn } from "policy-evaluator";
import { type Grant, inRegion, type OperatorScope } from "./scope.ts";

/** Service Authorization Reference, "Amazon Personalize". */
const listsHaveNoResource = "Personalize's lists have no resource type";

/** Tags of the program's resources; resources without a name from us are identified by them. */
const ours = ({ project, stack }: OperatorScope, key: "RequestTag" | "ResourceTag") => ({
    [`aws:${key}/pulumi:project`]: project,
    [`aws:${key}/pulumi:stack`]: stack,
});

/** Grants for Amazon Personalize. */
export function personalizeGrants(scope: OperatorScope): readonly Grant[] {
    const { names } = scope;
    const service = "personalize";
    const arn = (tail: string) => regionalArn(scope, service, tail);
    const schemas = [names.schema, `${names.itemsSchema}-*`, `${names.usersSchema}-*`].map((name) =>
        arn(`schema/${name}`),
    );
    const group = arn(`dataset-group/${names.datasetGroup}`);
    const datasets = arn(`dataset/${names.datasetGroup}/*`);
    // IAM checks a version by its solution's ARN or by its own, which starts with it.
    const solution = [arn(`solution/${names.solution}`), arn(`solution/${names.solution}/*`)];
    const campaign = arn(`campaign/${names.campaign}`);
    const jobs = [
        ...[names.importJobPrefix, names.itemsImportJobPrefix, names.usersImportJobPrefix].map((prefix) =>
            arn(`dataset-import-job/${prefix}-*`),
        ),
        arn(`batch-inference-job/${names.batchInferenceJobPrefix}-*`),
    ];
    // Names from the service or from the stack's config.
    const unnamed = [arn("filter/*"), arn("event-tracker/*")];
    return [
        {
            policy: "read",
            sid: "PersonalizeLists",
            service,
            actions: [
                "ListBatchInferenceJobs",
                "ListCampaigns",
                "ListDatasetGroups",
                "ListDatasetImportJobs",
                "ListDatasets",
                "ListEventTrackers",
                "ListFilters",
                "ListMetricAttributions",
                "ListRecommenders",
                "ListSchemas",
                "ListSolutions",
                "ListSolutionVersions",
            ],
            on: ["*"],
            everythingBecause: listsHaveNoResource,
            condition: inRegion(scope),
        },
        {
            policy: "read",
            sid: "PersonalizeLooks",
            service,
            actions: [
                "DescribeBatchInferenceJob",
                "DescribeCampaign",
                "DescribeDataset",
                "DescribeDatasetGroup",
                "DescribeDatasetImportJob",
                "DescribeEventTracker",
                "DescribeFilter",
                "DescribeSchema",
                "DescribeSolution",
                "DescribeSolutionVersion",
                "GetSolutionMetrics",
                "ListTagsForResource",
            ],
            // All of the account: adopt and audit-leftovers also read resources outside the stack.
            on: [arn("*")],
        },
        {
            policy: "read",
            sid: "PersonalizeRecommends",
            service,
            actions: ["GetRecommendations"],
            // A filter affects campaigns of its own dataset group only.
            on: [campaign, arn("filter/*")],
        },
        {
            policy: "operate",
            sid: "PersonalizeOperates",
            service,
            actions: [
                "CreateBatchInferenceJob",
                "CreateCampaign",
                "CreateDatasetImportJob",
                "CreateSolutionVersion",
                "DeleteCampaign",
                "TagResource",
                "UpdateCampaign",
            ],
            on: [campaign, arn(`campaign/${names.ranking}`), ...solution, ...jobs],
        },
        {
            policy: "deploy",
            sid: "PersonalizeMakes",
            service,
            actions: [
                "CreateDataset",
                "CreateDatasetGroup",
                "CreateSchema",
                "CreateSolution",
                "DeleteDataset",
                "DeleteDatasetGroup",
                "DeleteSchema",
                "DeleteSolution",
                "StopSolutionVersionCreation",
                "UpdateDataset",
                "UpdateSolution",
            ],
            on: [...schemas, group, datasets, ...solution],
        },
        {
            policy: "deploy",
            sid: "PersonalizeTags",
            service,
            actions: ["TagResource", "UntagResource"],
            on: [group, datasets, ...solution, campaign, ...jobs],
        },
        {
            policy: "deploy",
            sid: "PersonalizeMakesUnnamed",
            service,
            actions: ["CreateEventTracker", "CreateFilter"],
            on: unnamed,
            condition: { StringEquals: ours(scope, "RequestTag") },
        },
        {
            policy: "deploy",
            sid: "PersonalizeDeletesUnnamed",
            service,
            actions: ["DeleteEventTracker", "DeleteFilter", "UntagResource"],
            on: unnamed,
            condition: { StringEquals: ours(scope, "ResourceTag") },
        },
        {
            policy: "deploy",
            sid: "PersonalizeTagsUnnamed",
            service,
            actions: ["TagResource"],
            on: unnamed,
            // A new resource has no tags yet; resources with tags of others cannot be changed.
            condition: { StringEqualsIfExists: ours(scope, "ResourceTag") },
        },
    ];
}
