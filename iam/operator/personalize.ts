import { regionalArn } from "policy-evaluator";
import { type Grant, inRegion, type OperatorScope } from "./scope.ts";

/** Lists of the service have no resource (Service Authorization Reference, "Amazon Personalize"). */
const listsHaveNoResource = "Personalize's lists have no resource type";

/** Tags that the program gives to what it makes: what has no name of ours is known by them. */
const ours = ({ project, stack }: OperatorScope, key: "RequestTag" | "ResourceTag") => ({
    [`aws:${key}/pulumi:project`]: project,
    [`aws:${key}/pulumi:stack`]: stack,
});

/** What an operator does in Amazon Personalize. */
export function personalizeGrants(scope: OperatorScope): readonly Grant[] {
    const { names } = scope;
    const service = "personalize";
    const arn = (tail: string) => regionalArn(scope, service, tail);
    const schemas = [names.schema, `${names.itemsSchema}-*`, `${names.usersSchema}-*`].map((name) =>
        arn(`schema/${name}`),
    );
    const group = arn(`dataset-group/${names.datasetGroup}`);
    const datasets = arn(`dataset/${names.datasetGroup}/*`);
    // A version is judged by its solution's ARN, or by its own, which begins with it.
    const solution = [arn(`solution/${names.solution}`), arn(`solution/${names.solution}/*`)];
    const campaign = arn(`campaign/${names.campaign}`);
    const jobs = [
        ...[names.importJobPrefix, names.itemsImportJobPrefix, names.usersImportJobPrefix].map((prefix) =>
            arn(`dataset-import-job/${prefix}-*`),
        ),
        arn(`batch-inference-job/${names.batchInferenceJobPrefix}-*`),
    ];
    // Names that the service, or the stack's config, gives.
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
            // All of the account's: adopt and audit-leftovers look at what is not of the stack yet, or no more.
            on: [arn("*")],
        },
        {
            policy: "read",
            sid: "PersonalizeRecommends",
            service,
            actions: ["GetRecommendations"],
            on: [campaign],
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
            // What is being made has no tags yet; what has those of somebody else keeps them.
            condition: { StringEqualsIfExists: ours(scope, "ResourceTag") },
        },
    ];
}
