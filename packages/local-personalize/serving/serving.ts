import type { EmulatorOptions } from "../contract.ts";
import type { DatasetProperties } from "../control/properties.ts";
import type { Call, Handler } from "../control/resources.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import type { Resource, Store } from "../control/store.ts";
import type { EventStore } from "../events/event-store.ts";
import { type PutAttributesInput, readPut } from "../events/put-attributes.ts";
import { type PutEventsInput, readEvents, trackedDataset } from "../events/put-events.ts";
import type { Streams } from "../events/streams.ts";
import type { Meter } from "../metering/meter.ts";
import { measureOf } from "../metering/windows.ts";
import { createCampaignModels } from "./campaign-models.ts";
import { createDatasetContents } from "./dataset-contents.ts";
import { createFilters } from "./filters.ts";
import { checkRecommendInput, type ListWish, listFor, type RecommendInput } from "./get-recommendations.ts";
import { type RankingInput, rankItems } from "./personalized-ranking.ts";
import { type Recommendation, recommendationId } from "./recommend.ts";

/** Answers runtime calls: recommendations, and incoming events, items and users. All from memory. */
export function createServing(
    options: EmulatorOptions,
    store: Store,
    events: EventStore,
    streams: Streams,
    meter: Meter,
) {
    const campaigns = createCampaignModels();
    const contents = createDatasetContents({ dataDir: options.dataDir, store, events, streams });
    const filters = createFilters(contents);
    // Trackers by region and tracking id, so that an event needs no query of the resources.
    const tracked = new Map<string, Resource<DatasetProperties>>();

    const getRecommendations: Handler = (call, input: RecommendInput) => {
        const { campaignArn, wish } = checkRecommendInput(input);
        const { campaign, trained } = campaigns.deployedOn(call, campaignArn);
        const itemList = listFor(call, trained, wish, { filters, streams });
        meter.recommended(campaign, measureOf(trained.model.recipeName), call.now);
        return { itemList, recommendationId: recommendationId(campaignArn) };
    };

    const getPersonalizedRanking: Handler = (call, input: RankingInput) => {
        const { campaign, trained } = campaigns.deployedOn(call, input.campaignArn);
        const personalizedRanking = rankItems(call, trained, input, { filters, streams });
        meter.recommended(campaign, measureOf(trained.model.recipeName), call.now);
        return { personalizedRanking, recommendationId: recommendationId(input.campaignArn) };
    };

    const putEvents: Handler = (call, input: PutEventsInput) => {
        const key = `${call.region} ${input.trackingId}`;
        const dataset = tracked.get(key) ?? trackedDataset(call, input.trackingId);
        tracked.set(key, dataset);
        streams.add(dataset.id, readEvents(input));
        meter.streamed(dataset, bytesOf(input.eventList), call.now);
    };

    const put =
        (type: "ITEMS" | "USERS"): Handler =>
        (call, input: PutAttributesInput) => {
            const { dataset, rows } = readPut(call, type, input);
            contents.put(dataset, rows);
            meter.streamed(dataset, bytesOf(input.items ?? input.users), call.now);
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
        /** The list of a solution version for a user, without a campaign: for batch inference. */
        listFrom: (call: Call, version: Resource<VersionProperties>, wish: ListWish): Recommendation[] =>
            listFor(call, campaigns.trainedOf(call, version), wish, { filters, streams }),
        /** Call this when a resource may have changed. */
        changed,
        /** Call this when a job has ended, which may also have changed files. */
        jobEnded() {
            changed();
            contents.forget();
        },
    };
}

const bytesOf = (sent: unknown) => Buffer.byteLength(JSON.stringify(sent));

export type Serving = ReturnType<typeof createServing>;
