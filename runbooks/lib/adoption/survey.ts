import {
    type PersonalizeClient,
    paginateListCampaigns,
    paginateListDatasetGroups,
    paginateListDatasets,
    paginateListEventTrackers,
    paginateListSolutions,
} from "@aws-sdk/client-personalize";
import {
    anyKind,
    type Description,
    goneOrThrow,
    kinds,
    listTags,
    type ResourceKindName,
    type Tags,
} from "pulumi-personalize/core";
import { mapLimited } from "../audit/inventory/item.ts";
import { listSummaries, pageSize } from "../audit/inventory/personalize.ts";

/** One Personalize resource of the account with its description. */
export interface Part {
    readonly kind: ResourceKindName;
    readonly arn: string;
    readonly name: string;
    readonly description: Description;
    /** Tags of the resource; undefined if the resource kind has no tags. */
    readonly tags: Tags | undefined;
}

/** A dataset group with its resources. */
export interface Group {
    readonly group: Part;
    /** The schema of the group's interactions dataset. */
    readonly schema: Part | undefined;
    readonly interactions: Part | undefined;
    /** Items and users datasets. */
    readonly metadata: readonly Part[];
    readonly solutions: readonly { readonly solution: Part; readonly campaigns: readonly Part[] }[];
    readonly eventTracker: Part | undefined;
}

/** Reads the dataset groups of the account and region, oldest first, except those that are being deleted. */
export async function survey(client: PersonalizeClient): Promise<Group[]> {
    const groups = await listed(
        client,
        "DatasetGroup",
        "datasetGroups",
        paginateListDatasetGroups({ client, pageSize }, {}),
    );
    // Campaigns cannot be listed by dataset group, because a campaign refers only to its solution.
    const campaigns = await listed(client, "Campaign", "campaigns", paginateListCampaigns({ client, pageSize }, {}));
    return mapLimited(groups, (group) => fetchGroup(client, group, campaigns));
}

async function fetchGroup(client: PersonalizeClient, group: Part, campaigns: readonly Part[]): Promise<Group> {
    const datasetGroupArn = group.arn;
    const [datasets, solutions, eventTrackers] = await Promise.all([
        listed(client, "Dataset", "datasets", paginateListDatasets({ client, pageSize }, { datasetGroupArn })),
        listed(client, "Solution", "solutions", paginateListSolutions({ client, pageSize }, { datasetGroupArn })),
        listed(
            client,
            "EventTracker",
            "eventTrackers",
            paginateListEventTrackers({ client, pageSize }, { datasetGroupArn }),
        ),
    ]);
    const isInteractions = ({ description }: Part) => description.properties.datasetType === "INTERACTIONS";
    const interactions = datasets.find(isInteractions);
    const schemaArn = interactions?.description.properties.schemaArn;
    return {
        group,
        schema: typeof schemaArn === "string" ? await fetchPart(client, "Schema", schemaArn) : undefined,
        interactions,
        metadata: datasets.filter((dataset) => !isInteractions(dataset)),
        solutions: solutions.map((solution) => ({
            solution,
            campaigns: campaigns.filter(({ description }) => description.properties.solutionArn === solution.arn),
        })),
        eventTracker: eventTrackers[0],
    };
}

async function listed(
    client: PersonalizeClient,
    kind: ResourceKindName,
    key: string,
    pages: AsyncIterable<object>,
): Promise<Part[]> {
    const age = ({ creationDateTime = new Date(0) }) => creationDateTime.getTime();
    const oldestFirst = (await listSummaries(pages, key)).toSorted((a, b) => age(a) - age(b));
    const parts = await mapLimited(oldestFirst, ({ arn }) => fetchPart(client, kind, arn));
    return parts.flatMap((part) => (part && !part.description.status.startsWith("DELETE") ? [part] : []));
}

/** Reads a resource; undefined if it was deleted after the list was read. */
async function fetchPart(client: PersonalizeClient, kind: ResourceKindName, arn: string): Promise<Part | undefined> {
    const { describe, taggable } = anyKind(kinds[kind]);
    const description = await describe(client, arn).catch(goneOrThrow);
    const tags = description && taggable ? await listTags(client, arn).catch(goneOrThrow) : undefined;
    return description && { kind, arn, name: String(description.properties.name), description, tags };
}
