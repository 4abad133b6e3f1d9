import { ListRolesCommand } from "@aws-sdk/client-iam";
import {
    ListCampaignsCommand,
    ListDatasetGroupsCommand,
    ListDatasetImportJobsCommand,
    ListDatasetsCommand,
    ListEventTrackersCommand,
    ListFiltersCommand,
    ListSchemasCommand,
    ListSolutionsCommand,
    ListSolutionVersionsCommand,
} from "@aws-sdk/client-personalize";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import { GetParametersByPathCommand } from "@aws-sdk/client-ssm";
import type { TestAws } from "./local-aws.ts";

/** Everything that stands in an account, by name; records of import and batch jobs excepted, which no one can delete. */
export async function everythingIn({ s3, iam, ssm, personalize }: TestAws): Promise<string[]> {
    const named = (list: readonly object[] | undefined, kind: string, key: string) =>
        (list ?? []).map((item) => `${kind} ${(item as Record<string, unknown>)[key]}`);
    const answers = await Promise.all([
        s3.send(new ListBucketsCommand({})).then((found) => named(found.Buckets, "bucket", "Name")),
        iam.send(new ListRolesCommand({})).then((found) => named(found.Roles, "role", "RoleName")),
        personalize.send(new ListSchemasCommand({})).then((found) => named(found.schemas, "schema", "name")),
        personalize.send(new ListDatasetGroupsCommand({})).then((f) => named(f.datasetGroups, "group", "name")),
        personalize.send(new ListDatasetsCommand({})).then((found) => named(found.datasets, "dataset", "name")),
        personalize.send(new ListSolutionsCommand({})).then((found) => named(found.solutions, "solution", "name")),
        personalize
            .send(new ListSolutionVersionsCommand({}))
            .then((found) => named(found.solutionVersions, "version", "solutionVersionArn")),
        personalize.send(new ListCampaignsCommand({})).then((found) => named(found.campaigns, "campaign", "name")),
        personalize.send(new ListEventTrackersCommand({})).then((f) => named(f.eventTrackers, "tracker", "name")),
        personalize.send(new ListFiltersCommand({})).then((found) => named(found.Filters, "filter", "name")),
        ssm
            .send(new GetParametersByPathCommand({ Path: "/movie-recommender", Recursive: true }))
            .then((found) => named(found.Parameters, "parameter", "Name")),
    ]);
    return answers.flat();
}

/** Names of all import jobs that the account ever had, sorted. */
export async function importJobNames({ personalize }: TestAws): Promise<string[]> {
    const { datasetImportJobs = [] } = await personalize.send(new ListDatasetImportJobsCommand({}));
    return datasetImportJobs.map(({ jobName }) => String(jobName)).sort();
}
