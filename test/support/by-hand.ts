import * as sdk from "@aws-sdk/client-personalize";
import { until } from "./until.ts";

/** Kinds of Personalize resources that a user can delete, in the order in which Personalize allows it. */
export const deletableKinds = ["campaign", "solution", "tracker", "filter", "dataset", "schema", "group"] as const;
export type DeletableKind = (typeof deletableKinds)[number];

/** For each kind, the kinds that must be deleted before it. */
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
 * Deletes every Personalize resource of these kinds in the account, as a user does in the console, including the
 * resources that must be deleted first. Waits until all are deleted.
 */
export async function deleteByHand(client: sdk.PersonalizeClient, kinds: readonly DeletableKind[]): Promise<void> {
    const wanted = new Set(kinds.flatMap((kind) => [kind, ...first[kind]]));
    for (const kind of deletableKinds.filter((one) => wanted.has(one))) {
        const [List, Delete, items, key] = operations[kind];
        const list = async () => {
            const answer = (await client.send(new List({} as never) as sdk.ListSchemasCommand)) as object;
            return ((answer as Record<string, Record<string, string>[]>)[items] ?? []).map((one) => String(one[key]));
        };
        for (const arn of await list()) {
            const input = { [key]: arn } as never;
            await client.send(new Delete(input) as sdk.DeleteSchemaCommand);
        }
        await until(`every ${kind} is deleted`, async () => (await list()).length === 0);
    }
}

type Command = new (input: never) => object;

/**
 * For each kind: the list and delete commands, the name of the list in the list response, and the name of the ARN in
 * its items and in the delete request.
 */
const operations: Readonly<Record<DeletableKind, readonly [Command, Command, items: string, key: string]>> = {
    campaign: [sdk.ListCampaignsCommand, sdk.DeleteCampaignCommand, "campaigns", "campaignArn"],
    solution: [sdk.ListSolutionsCommand, sdk.DeleteSolutionCommand, "solutions", "solutionArn"],
    tracker: [sdk.ListEventTrackersCommand, sdk.DeleteEventTrackerCommand, "eventTrackers", "eventTrackerArn"],
    filter: [sdk.ListFiltersCommand, sdk.DeleteFilterCommand, "Filters", "filterArn"],
    dataset: [sdk.ListDatasetsCommand, sdk.DeleteDatasetCommand, "datasets", "datasetArn"],
    schema: [sdk.ListSchemasCommand, sdk.DeleteSchemaCommand, "schemas", "schemaArn"],
    group: [sdk.ListDatasetGroupsCommand, sdk.DeleteDatasetGroupCommand, "datasetGroups", "datasetGroupArn"],
};
