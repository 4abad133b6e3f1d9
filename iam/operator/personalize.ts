import type { Grant, GrantScope, OperatorScope } from "./scope.ts";

/**
 * Why the grants for Personalize's list calls have the resource `*` (Service Authorization Reference, "Amazon
 * Personalize").
 */
const listsHaveNoResource = "Personalize's lists have no resource type";

/**
 * Returns a condition on the tags of the program's resources. Tags identify resources whose names the program does not
 * choose.
 */
const ours = ({ project, stack }: OperatorScope, key: "RequestTag" | "ResourceTag") => ({
    [`aws:${key}/pulumi:project`]: project,
    [`aws:${key}/pulumi:stack`]: stack,
});

/** Returns the grants for Amazon Personalize. */
export function personalizeGrants(scope: GrantScope): readonly Grant[] {
    const { names } = scope;
    const service = "personalize";
    const arn = (tail: string) => scope.arn(service, tail);
    const hash = "?".repeat(8);
    const schemas = [names.schema, `${names.itemsSchema}-${hash}`, `${names.usersSchema}-${hash}`].map((name) =>
        arn(`schema/${name}`),
    );
    const group = arn(`dataset-group/${names.datasetGroup}`);
    const datasets = arn(`dataset/${names.datasetGroup}/*`);
    // IAM checks an action on a solution version with the solution's ARN, or with the version's own ARN, which starts
    // with the solution's.
    const solution = [arn(`solution/${names.solution}`), arn(`solution/${names.solution}/*`)];
    const campaign = arn(`campaign/${names.campaign}`);
    // `park` and `resume` include the ranking campaign. An action on a campaign also needs the permission on its
    // solution.
    const ranking = [`campaign/${names.ranking}`, `solution/${names.ranking}`, `solution/${names.ranking}/*`].map(arn);
    // The name of a job ends with a number of one to three digits. Match each digit with `?`, because `-*` would also
    // match jobs of a stack whose name begins with this stack's name.
    const numbered = (prefix: string) => ["?", "??", "???"].map((number) => arn(`${prefix}-${hash}-${number}`));
    const imports = [names.importJobPrefix, names.itemsImportJobPrefix, names.usersImportJobPrefix].flatMap((prefix) =>
        numbered(`dataset-import-job/${prefix}`),
    );
    const batches = numbered(`batch-inference-job/${names.batchInferenceJobPrefix}`);
    // Allow all names of filters and event trackers, because Personalize generates their names, or the stack's config
    // defines them.
    const unnamed = [arn("filter/*"), arn("event-tracker/*")];
    return [
        {
            policy: "read",
            sid: "ListPersonalize",
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
            condition: scope.inRegion,
        },
        {
            policy: "read",
            sid: "ReadPersonalize",
            service,
            actions: [
                "DescribeBatchInferenceJob",
                "DescribeCampaign",
                "DescribeDataset",
                "DescribeDatasetGroup",
                "DescribeDatasetImportJob",
                "DescribeFilter",
                "DescribeSchema",
                "DescribeSolution",
                "DescribeSolutionVersion",
                "GetSolutionMetrics",
                "ListTagsForResource",
            ],
            // Read all resources of the account: `adopt` and `audit-leftovers` also read resources outside the stack.
            on: [arn("*")],
        },
        {
            policy: "read",
            sid: "ReadEventTrackers",
            service,
            actions: ["DescribeEventTracker"],
            // The response contains the tracking ID, with which PutEvents changes the recommendations of the tracker's
            // stack. A tracker without tags must stay readable, or `up` could not restore tags that someone removed.
            on: [arn("event-tracker/*")],
            condition: { StringEqualsIfExists: ours(scope, "ResourceTag") },
        },
        {
            policy: "operate",
            sid: "OperateCampaigns",
            service,
            actions: [
                "CreateBatchInferenceJob",
                "CreateCampaign",
                "CreateSolutionVersion",
                "DeleteCampaign",
                "TagResource",
                "UntagResource",
                "UpdateCampaign",
            ],
            on: [campaign, ...ranking, ...solution, ...batches],
        },
        {
            policy: "operate",
            sid: "ImportData",
            service,
            // According to the Service Authorization Reference, CreateDatasetImportJob also needs permission on the
            // dataset. The statement names only the stack's datasets, so imports into other datasets are denied.
            actions: ["CreateDatasetImportJob", "TagResource", "UntagResource"],
            on: [datasets, ...imports],
        },
        {
            policy: "deploy",
            sid: "ManagePersonalize",
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
            sid: "TagDatasetGroup",
            service,
            actions: ["TagResource", "UntagResource"],
            // The policy `operate` has the tag actions of all other resources, which keeps this policy within its size
            // limit.
            on: [group],
        },
        {
            policy: "deploy",
            sid: "CreateFilters",
            service,
            actions: ["CreateEventTracker", "CreateFilter"],
            // According to the Service Authorization Reference, both actions also need permission on the dataset group.
            on: [...unnamed, group],
            condition: { StringEquals: ours(scope, "RequestTag") },
        },
        {
            policy: "deploy",
            sid: "DeleteFilters",
            service,
            actions: ["DeleteEventTracker", "DeleteFilter", "UntagResource"],
            on: unnamed,
            condition: { StringEquals: ours(scope, "ResourceTag") },
        },
        {
            policy: "deploy",
            sid: "TagFilters",
            service,
            actions: ["TagResource"],
            on: unnamed,
            // `IfExists` allows a new resource, which has no tags yet. The condition denies resources with another
            // stack's tags.
            condition: { StringEqualsIfExists: ours(scope, "ResourceTag") },
        },
    ];
}
