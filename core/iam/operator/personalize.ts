import { type Grant, type GrantScope, grant } from "./scope.ts";

/**
 * Why the grants for Personalize's list calls have the resource `*` (Service Authorization Reference, "Amazon
 * Personalize").
 */
const listsHaveNoResource = "Personalize's lists have no resource type";

/** Returns the grants for Amazon Personalize. */
export function personalizeGrants(scope: GrantScope): readonly Grant[] {
    const { names, ours, asOurs } = scope;
    const service = "personalize";
    const [read, operate, deploy] = [grant("read"), grant("operate"), grant("deploy")];
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
    // The name of a job ends with a number of one to three digits. Match each digit with `?`, because `-*` would also
    // match jobs of a stack whose name begins with this stack's name.
    const numbered = (prefix: string) => ["?", "??", "???"].map((number) => arn(`${prefix}-${hash}-${number}`));
    const imports = [names.importJobPrefix, names.itemsImportJobPrefix, names.usersImportJobPrefix].flatMap((prefix) =>
        numbered(`dataset-import-job/${prefix}`),
    );
    // Allow all names of filters and event trackers, because Personalize generates their names, or the stack's config
    // defines them.
    const unnamed = [arn("filter/*"), arn("event-tracker/*")];
    return [
        read(
            "ListPersonalize",
            service,
            `ListBatchInferenceJobs ListCampaigns ListDataDeletionJobs ListDatasetGroups
                ListDatasetImportJobs ListDatasets ListEventTrackers ListFilters ListRecommenders ListSchemas ListSolutions ListSolutionVersions`,
            ["*"],
            { everythingBecause: listsHaveNoResource, condition: scope.inRegion },
        ),
        // Read all resources of the account: `adopt` and `audit-leftovers` also read resources outside the stack.
        read(
            "ReadPersonalize",
            service,
            `DescribeBatchInferenceJob DescribeCampaign DescribeDataset DescribeDatasetGroup
                DescribeDatasetImportJob DescribeFilter DescribeSchema DescribeSolution DescribeSolutionVersion
                GetSolutionMetrics ListTagsForResource`,
            [arn("*")],
        ),
        // The response contains the tracking ID, with which PutEvents changes the recommendations of the tracker's
        // stack. A tracker without tags must stay readable, or `up` could not restore tags that someone removed.
        read("ReadEventTrackers", service, "DescribeEventTracker", [arn("event-tracker/*")], {
            condition: { StringEqualsIfExists: ours },
        }),
        operate(
            "OperateCampaigns",
            service,
            `CreateCampaign CreateSolutionVersion DeleteCampaign TagResource UntagResource UpdateCampaign`,
            [campaign, ...solution],
        ),
        // According to the Service Authorization Reference, CreateDatasetImportJob also needs permission on the
        // dataset. The statement names only the stack's datasets, so imports into other datasets are denied.
        operate("ImportData", service, "CreateDatasetImportJob TagResource UntagResource", [datasets, ...imports]),
        deploy(
            "ManagePersonalize",
            service,
            `CreateDataset CreateDatasetGroup CreateSchema CreateSolution DeleteDataset DeleteDatasetGroup
                DeleteSchema DeleteSolution StopSolutionVersionCreation UpdateDataset UpdateSolution`,
            [...schemas, group, datasets, ...solution],
        ),
        // AWS checks CreateSolution on the recipe, too, which the Service Authorization Reference does not list
        // (docs/unproven.md).
        deploy("UseRecipes", service, "CreateSolution", [`arn:${scope.partition}:personalize:::recipe/*`], {
            condition: scope.inRegion,
        }),
        // The policy `operate` has the tag actions of all other resources, which keeps this policy within its size
        // limit.
        deploy("TagDatasetGroup", service, "TagResource UntagResource", [group]),
        // According to the Service Authorization Reference, both actions also need permission on the dataset group.
        deploy("CreateFilters", service, "CreateEventTracker CreateFilter", [...unnamed, group], {
            condition: { StringEquals: asOurs },
        }),
        deploy("DeleteFilters", service, "DeleteEventTracker DeleteFilter UntagResource", unnamed, {
            condition: { StringEquals: ours },
        }),
        // `IfExists` allows a new resource, which has no tags yet. The condition denies resources with another
        // stack's tags.
        deploy("TagFilters", service, "TagResource", unnamed, {
            condition: { StringEqualsIfExists: ours },
        }),
    ];
}
