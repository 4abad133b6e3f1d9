import * as sdk from "@aws-sdk/client-personalize";
import { isEqualValue } from "./diff.ts";
import {
    type CommonInputs,
    countProblems,
    firstNamed,
    nameProblems,
    type ResourceKind,
    requireArn,
    standing,
} from "./resource.ts";
import { tagList } from "./tags.ts";

export interface RecommenderInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /** ARN of a dataset group with a domain. */
    readonly datasetGroupArn: string;
    /** ARN of the recipe for a use case, for example `arn:aws:personalize:::recipe/aws-vod-top-picks`. */
    readonly recipeArn: string;
    /**
     * Configuration. The defaults are those of Personalize: 1 request per second, exploration with weight 0.3 and age
     * cutoff 30 days, all columns, and no metadata in recommendations.
     */
    readonly recommenderConfig: sdk.RecommenderConfig;
    /**
     * Whether the recommender is stopped. Personalize does not bill a stopped recommender, does not train it every 7
     * days, and rejects its recommendation requests. Default: false.
     */
    readonly stopped: boolean;
}

const exploration = { explorationWeight: "0.3", explorationItemAgeCutOff: "30" };

/** Returns the configuration, with the defaults of all missing members. */
const completed = (config: sdk.RecommenderConfig) => ({
    minRecommendationRequestsPerSecond: 1,
    enableMetadataWithRecommendations: false,
    trainingDataConfig: {},
    ...config,
    itemExplorationConfig: { ...exploration, ...config.itemExplorationConfig },
});

/**
 * Returns the configuration for UpdateRecommender: the members in the inputs, and the defaults of members that are no
 * longer in the inputs. Omits all others, because the service rejects some members for some recipes.
 */
function changedConfig(current: sdk.RecommenderConfig, wanted: sdk.RecommenderConfig): sdk.RecommenderConfig {
    const before: Readonly<Record<string, unknown>> = completed(current);
    const changed = Object.entries(completed(wanted)).filter(
        ([key, value]) => !isEqualValue({}, key, before[key], value),
    );
    return { ...wanted, ...Object.fromEntries(changed) };
}

const isStopped = (status: string | undefined) => status === "INACTIVE" || status?.startsWith("STOP") === true;

/** A recommender of a domain dataset group: Personalize trains, serves and bills it. */
export const recommender: ResourceKind<RecommenderInputs> = {
    noun: "recommender",
    usual: "10 to 60 minutes",
    deadlineMinutes: 480,
    replaces: ["region", "name", "datasetGroupArn", "recipeArn"],
    updates: ["recommenderConfig", "stopped"],
    identity: ["region", "name"],
    spellings: { recommenderConfig: completed },
    taggable: true,
    displayName: ({ name }) => name,
    defaults: () => ({ recommenderConfig: {}, stopped: false }),
    problems: ({ name, recommenderConfig: { minRecommendationRequestsPerSecond: least = 1 } }) => [
        ...nameProblems(name),
        ...countProblems("recommenderConfig", "has minRecommendationRequestsPerSecond", least),
    ],
    find: async (client, { name }) =>
        (await firstNamed(sdk.paginateListRecommenders({ client }, {}), "recommenders", name))?.recommenderArn,
    async create(client, { name, datasetGroupArn, recipeArn, recommenderConfig, tags }) {
        const input = { name, datasetGroupArn, recipeArn, recommenderConfig, tags: tagList(tags) };
        return requireArn((await client.send(new sdk.CreateRecommenderCommand(input))).recommenderArn);
    },
    async describe(client, recommenderArn) {
        const { recommender: described } = await client.send(new sdk.DescribeRecommenderCommand({ recommenderArn }));
        const { name, datasetGroupArn, recipeArn, recommenderConfig = {} } = described ?? {};
        const update = described?.latestRecommenderUpdate;
        const stopped = isStopped(described?.status);
        return {
            ...standing(described),
            properties: { name, datasetGroupArn, recipeArn, recommenderConfig, stopped },
            update: update && {
                ...standing(update),
                properties: { recommenderConfig: update.recommenderConfig ?? {} },
            },
        };
    },
    /**
     * Starts, updates and stops the recommender as needed. Only an ACTIVE recommender can change: if the service
     * rejects a call, the lifecycle waits and repeats this method.
     */
    async update(client, recommenderArn, { recommenderConfig: wanted, stopped }) {
        const { recommender: described } = await client.send(new sdk.DescribeRecommenderCommand({ recommenderArn }));
        const current = described?.recommenderConfig ?? {};
        const isOther = !isEqualValue(recommender, "recommenderConfig", current, wanted);
        const wasStopped = isStopped(described?.status);
        if (wasStopped && (isOther || !stopped)) await client.send(new sdk.StartRecommenderCommand({ recommenderArn }));
        if (isOther) {
            const recommenderConfig = changedConfig(current, wanted);
            await client.send(new sdk.UpdateRecommenderCommand({ recommenderArn, recommenderConfig }));
        }
        if (stopped && (isOther || !wasStopped)) await client.send(new sdk.StopRecommenderCommand({ recommenderArn }));
    },
    delete: (client, recommenderArn) => client.send(new sdk.DeleteRecommenderCommand({ recommenderArn })),
};
