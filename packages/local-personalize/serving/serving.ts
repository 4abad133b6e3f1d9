import { type LineWish, recommendedItems } from "../batch/line.ts";
import type { OutputOf } from "../batch/run-batch.ts";
import type { BatchJobProperties, DatasetProperties } from "../control/properties.ts";
import { recipeTypeOf } from "../control/recipes.ts";
import type { Call, Handler, Opened } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput, ServiceError } from "../errors.ts";
import { type AttributedEvent, type Attributions, createAttributions } from "../events/attribution.ts";
import type { StoredEvent } from "../events/event-store.ts";
import {
    type PutAttributesInput,
    type PutEventsInput,
    readEvents,
    readPut,
    trackedDataset,
} from "../events/put-events.ts";
import { createCampaignModels, type TargetKind } from "./campaign-models.ts";
import { createDatasetContents } from "./dataset-contents.ts";
import { toExploration } from "./explore.ts";
import { createFilters } from "./filters.ts";
import { checkCount, checkRecommendInput, listFor, type RecommendInput, withPromotion } from "./get-recommendations.ts";
import { metadataAdder } from "./metadata.ts";
import { type RankingInput, rankItems } from "./personalized-ranking.ts";
import { recommendationId } from "./recommend.ts";
import { segmentFor } from "./segments.ts";

/**
 * After a pause, a campaign accepts a burst of as many requests as its capacity allows in this many seconds. The number
 * is a guess, because AWS documents none.
 */
const BURST_SECONDS = 10;

/** Maximum calls per second for a dataset group (service quotas). */
const MOST_PUTS = { PutEvents: 1000, PutItems: 10, PutUsers: 10 };

/**
 * Answers the calls of the runtime and events APIs: recommendations, PutEvents, PutItems and PutUsers. Does not read
 * the disk.
 */
export function createServing(opened: Opened, report: Attributions["report"] | undefined) {
    const { options, streams } = opened;
    const campaigns = createCampaignModels();
    const contents = createDatasetContents(opened);
    const filters = createFilters(contents);
    const sources = { filters, streams, contents };
    // Interactions datasets by region and tracking ID, so that PutEvents does not query the resources.
    const tracked = new Map<string, Resource<DatasetProperties>>();
    const attributions = createAttributions(contents, report);

    const throttle = options.throttle ? createThrottle() : undefined;

    const served = (call: Call, kind: TargetKind, arn: string) => {
        const deployed = campaigns.deployedOn(call, kind, arn);
        const { target, transactionsPerSecond } = deployed;
        throttle?.take(`${target.id}`, transactionsPerSecond, BURST_SECONDS, call.now);
        return deployed;
    };

    const getRecommendations: Handler = (call, input: RecommendInput) => {
        const { arn, kind, wish } = checkRecommendInput(input);
        const { trained, exploration, metadata } = served(call, kind, arn);
        const withMetadata = metadataAdder(arn, input.metadataColumns, wish.count, metadata, contents);
        const itemList = withMetadata(
            withPromotion(call, trained, { ...wish, exploration }, input.promotions, sources),
        );
        return { itemList, recommendationId: recommendationId(arn) };
    };

    const getPersonalizedRanking: Handler = (call, input: RankingInput) => {
        const { campaignArn, inputList, metadataColumns } = input;
        const { trained, metadata } = served(call, "campaign", campaignArn);
        const withMetadata = metadataAdder(campaignArn, metadataColumns, inputList.length, metadata, contents);
        const personalizedRanking = withMetadata(rankItems(call, trained, input, sources));
        return { personalizedRanking, recommendationId: recommendationId(campaignArn) };
    };

    const putEvents: Handler = (call, input: PutEventsInput) => {
        const key = `${call.region} ${input.trackingId}`;
        const dataset = tracked.get(key) ?? trackedDataset(call, input.trackingId);
        tracked.set(key, dataset);
        throttle?.take(`PutEvents ${dataset.parent}`, MOST_PUTS.PutEvents, 1, call.now);
        const added = streams.add(dataset.id, readEvents(input, call.now));
        const attribution = attributions.of(call, dataset.parent ?? "");
        if (attribution) {
            attributions.report?.(attribution, attributions.values(call, attribution, added.map(asAttributed)));
        }
    };

    const put =
        (type: "ITEMS" | "USERS"): Handler =>
        (call, input: PutAttributesInput) => {
            const { dataset, rows } = readPut(call, type, input);
            const operation = type === "ITEMS" ? "PutItems" : "PutUsers";
            throttle?.take(`${operation} ${dataset.parent}`, MOST_PUTS[operation], 1, call.now);
            contents.put(dataset, rows);
        };

    const changed = () => {
        campaigns.forget();
        filters.forget();
        tracked.clear();
    };

    return {
        handlers: {
            GetRecommendations: getRecommendations,
            GetPersonalizedRanking: getPersonalizedRanking,
            PutEvents: putEvents,
            PutItems: put("ITEMS"),
            PutUsers: put("USERS"),
        } as Record<string, Handler>,
        /** Returns the output of a batch inference job for one of its lines. */
        inferenceOf: ((call, version, job, line) =>
            inferenceFor(call, campaigns.trainedOf(call, version), line, job, sources)) as OutputOf,
        /** Returns the output of a batch segment job for one of its lines. */
        segmentOf: ((call, version, job, line) => ({
            usersList: segmentFor(call, campaigns.trainedOf(call, version), line, job, sources),
        })) as OutputOf,
        attribution: attributions,
        /** Drops caches. Call this when a resource may have changed. */
        changed,
        /** Drops caches. Call this when a job has ended, because it may also have changed files. */
        jobEnded() {
            changed();
            contents.forget();
        },
    };
}

function inferenceFor(
    call: Call,
    trained: Parameters<typeof listFor>[1],
    line: LineWish,
    job: BatchJobProperties,
    sources: Parameters<typeof listFor>[3],
): object {
    const { filterArn } = job;
    if (recipeTypeOf(trained.model.recipeName) === "PERSONALIZED_RANKING") {
        const { userId, itemList: inputList, filterValues = {} } = line;
        if (!userId || !inputList?.length) throw invalidInput("A line for ranking needs a userId and an itemList.");
        const input = { userId, inputList, ...(filterArn && { filterArn, filterValues }) };
        return recommendedItems(rankItems(call, trained, input, sources));
    }
    const exploration = toExploration(job.batchInferenceJobConfig?.itemExplorationConfig);
    const wish = { ...line, count: checkCount(job.numResults), filterArn, exploration };
    return recommendedItems(listFor(call, trained, wish, sources));
}

const asAttributed = (event: StoredEvent): AttributedEvent => ({
    itemId: event.itemId,
    eventType: event.eventType,
    timestamp: Math.floor(event.sentAt),
    eventValue: event.eventValue,
    columns: {
        ...(event.properties !== null && JSON.parse(event.properties)),
        RECOMMENDATION_ID: event.recommendationId,
        EVENT_ATTRIBUTION_SOURCE: event.eventAttributionSource,
    },
});

/**
 * Limits requests by one token bucket for each campaign, recommender or dataset group. AWS adds capacity above a
 * campaign's minimum after a delay, during which requests can fail. In the emulator, the minimum is the limit.
 */
function createThrottle() {
    const buckets = new Map<string, { tokens: number; at: number }>();
    return {
        /** Counts one request for `key`. Throws ThrottlingException (429) above the limit. `now` is in milliseconds. */
        take(key: string, perSecond: number, burstSeconds: number, now: number): void {
            const most = perSecond * burstSeconds;
            const { tokens, at } = buckets.get(key) ?? { tokens: most, at: now };
            const filled = Math.min(most, tokens + ((now - at) / 1000) * perSecond);
            buckets.set(key, { tokens: Math.max(0, filled - 1), at: now });
            if (filled < 1) throw new ServiceError("ThrottlingException", "Rate exceeded", 429);
        },
    };
}
