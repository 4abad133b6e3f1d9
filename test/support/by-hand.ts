import * as sdk from "@aws-sdk/client-personalize";
import { until } from "./until.ts";

/** Kinds of Personalize resources that a person can delete, in an order that the service accepts. */
export const deletableKinds = ["campaign", "solution", "tracker", "filter", "dataset", "schema", "group"] as const;
export type DeletableKind = (typeof deletableKinds)[number];

/** What the service requires to be deleted before a resource of a kind. */
const first: Readonly<Record<DeletableKind, readonly DeletableKind[]>> = {
    campaign: [],
    solution: ["campaign"],
    tracker: [],
    filter: [],
    dataset: [],
    schema: ["dataset"],
    group: ["campaign", "solution", "tracker", "filter", "dataset"],
};

/**
 * Deletes every Personalize resource of these kinds in the account as a person does in the console, with what the
 * service wants deleted first, and waits until all are gone.
 */
export async function deleteByHand(client: sdk.PersonalizeClient, kinds: readonly DeletableKind[]): Promise<void> {
    const wanted = new Set(kinds.flatMap((kind) => [kind, ...first[kind]]));
    for (const kind of deletableKinds.filter((one) => wanted.has(one))) {
        const { list, remove } = operations(client)[kind];
        for (const arn of await list()) await remove(arn);
        await until(`every ${kind} is deleted`, async () => (await list()).length === 0);
    }
}

function operations(
    client: sdk.PersonalizeClient,
): Record<DeletableKind, { list(): Promise<string[]>; remove(arn: string): Promise<unknown> }> {
    const arns = (list: readonly object[] | undefined, key: string) =>
        (list ?? []).map((one) => String((one as Record<string, unknown>)[key]));
    return {
        campaign: {
            list: async () => arns((await client.send(new sdk.ListCampaignsCommand({}))).campaigns, "campaignArn"),
            remove: (campaignArn) => client.send(new sdk.DeleteCampaignCommand({ campaignArn })),
        },
        solution: {
            list: async () => arns((await client.send(new sdk.ListSolutionsCommand({}))).solutions, "solutionArn"),
            remove: (solutionArn) => client.send(new sdk.DeleteSolutionCommand({ solutionArn })),
        },
        tracker: {
            list: async () =>
                arns((await client.send(new sdk.ListEventTrackersCommand({}))).eventTrackers, "eventTrackerArn"),
            remove: (eventTrackerArn) => client.send(new sdk.DeleteEventTrackerCommand({ eventTrackerArn })),
        },
        filter: {
            list: async () => arns((await client.send(new sdk.ListFiltersCommand({}))).Filters, "filterArn"),
            remove: (filterArn) => client.send(new sdk.DeleteFilterCommand({ filterArn })),
        },
        dataset: {
            list: async () => arns((await client.send(new sdk.ListDatasetsCommand({}))).datasets, "datasetArn"),
            remove: (datasetArn) => client.send(new sdk.DeleteDatasetCommand({ datasetArn })),
        },
        schema: {
            list: async () => arns((await client.send(new sdk.ListSchemasCommand({}))).schemas, "schemaArn"),
            remove: (schemaArn) => client.send(new sdk.DeleteSchemaCommand({ schemaArn })),
        },
        group: {
            list: async () =>
                arns((await client.send(new sdk.ListDatasetGroupsCommand({}))).datasetGroups, "datasetGroupArn"),
            remove: (datasetGroupArn) => client.send(new sdk.DeleteDatasetGroupCommand({ datasetGroupArn })),
        },
    };
}
