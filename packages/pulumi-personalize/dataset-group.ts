import * as sdk from "@aws-sdk/client-personalize";
import { dataset } from "./dataset.ts";
import { eventTracker } from "./event-tracker.ts";
import { filter } from "./filter.ts";
import { recommender } from "./recommender.ts";
import { type CommonInputs, firstNamed, nameProblems, type ResourceKind, requireArn, standing } from "./resource.ts";
import { solution } from "./solution.ts";
import { tagList } from "./tags.ts";

export interface DatasetGroupInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /**
     * Domain of the recommenders that the group can have. Default: none. The group can then have solutions and
     * campaigns, but no recommenders.
     */
    readonly domain?: "ECOMMERCE" | "VIDEO_ON_DEMAND";
}

/**
 * The dataset of streamed events that Personalize created with an event tracker, in addition to the dataset of
 * interactions (amazon-personalize-samples, clean-up notebook).
 */
const eventDataset = { ...dataset, isOfService: true };

export const datasetGroup: ResourceKind<DatasetGroupInputs> = {
    noun: "dataset group",
    usual: "10 to 60 s",
    deadlineMinutes: 30,
    replaces: ["region", "name", "domain"],
    updates: [],
    identity: ["region", "name"],
    taggable: true,
    displayName: ({ name }) => name,
    problems: ({ name }) => nameProblems(name),
    find: async (client, { name }) =>
        (await firstNamed(sdk.paginateListDatasetGroups({ client }, {}), "datasetGroups", name))?.datasetGroupArn,
    async create(client, { name, domain, tags }) {
        const command = new sdk.CreateDatasetGroupCommand({ name, domain, tags: tagList(tags) });
        return requireArn((await client.send(command)).datasetGroupArn);
    },
    async describe(client, datasetGroupArn) {
        const { datasetGroup: description } = await client.send(
            new sdk.DescribeDatasetGroupCommand({ datasetGroupArn }),
        );
        return { ...standing(description), properties: { name: description?.name, domain: description?.domain } };
    },
    /** Yields all resources that must be deleted before the dataset group, in a valid order. */
    async *dependents(client, datasetGroupArn) {
        const within = { datasetGroupArn };
        for await (const { solutions = [] } of sdk.paginateListSolutions({ client }, within)) {
            yield* solutions.map(({ solutionArn = "" }) => [solution, solutionArn] as const);
        }
        for await (const { recommenders = [] } of sdk.paginateListRecommenders({ client }, within)) {
            yield* recommenders.map(({ recommenderArn = "" }) => [recommender, recommenderArn] as const);
        }
        for await (const { eventTrackers = [] } of sdk.paginateListEventTrackers({ client }, within)) {
            yield* eventTrackers.map(({ eventTrackerArn = "" }) => [eventTracker, eventTrackerArn] as const);
        }
        for await (const { Filters = [] } of sdk.paginateListFilters({ client }, within)) {
            yield* Filters.map(({ filterArn = "" }) => [filter, filterArn] as const);
        }
        for await (const { datasets = [] } of sdk.paginateListDatasets({ client }, within)) {
            yield* datasets.map(({ datasetArn = "" }) => {
                const isOfService = datasetArn.endsWith("/EVENT_INTERACTIONS");
                return [isOfService ? eventDataset : dataset, datasetArn] as const;
            });
        }
    },
    delete: (client, datasetGroupArn) => client.send(new sdk.DeleteDatasetGroupCommand({ datasetGroupArn })),
};
