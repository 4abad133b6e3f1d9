import type { EventTrackerProperties } from "../control/event-trackers.ts";
import type { DatasetProperties } from "../control/properties.ts";
import { type Call, computePhase } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput } from "../errors.ts";
import { longestSeconds } from "../importing/read-csv.ts";
import type { NewEvent } from "./event-store.ts";
import { readProperties } from "./properties.ts";

export interface PutEventsInput {
    trackingId: string;
    userId?: string;
    sessionId: string;
    eventList: EventInput[];
}

interface EventInput {
    eventId?: string;
    eventType: string;
    itemId?: string;
    properties?: string;
    sentAt: number;
    [other: string]: unknown;
}

/** Limit of an event's JSON in bytes: 10 KB. */
const longestEvent = 10_240;
const reserved = ["userid", "sessionid", "eventtype", "timestamp", "recommendationid", "impression"];

/**
 * Returns the interactions dataset of the tracker's events. Throws InvalidInputException (the service model of
 * PutEvents has no other error) if no tracker has the ID, the tracker is not ACTIVE, or its dataset group has no
 * interactions dataset.
 */
export function trackedDataset(call: Call, trackingId: string): Resource<DatasetProperties> {
    const tracker = call.store
        .list<EventTrackerProperties>("event-tracker", call.region)
        .find(({ properties }) => properties.trackingId === trackingId);
    const status = tracker ? computePhase(call, tracker).status : "GONE";
    if (!tracker || status === "GONE") {
        throw invalidInput(`There is no event tracker with the tracking id ${trackingId}.`);
    }
    if (status !== "ACTIVE") throw invalidInput(`The event tracker ${tracker.arn} is ${status}; it must be ACTIVE.`);
    const datasets = call.store.list<DatasetProperties>("dataset", call.region, tracker.parent ?? "");
    const interactions = datasets.find(
        (dataset) =>
            dataset.properties.datasetType === "INTERACTIONS" &&
            !/^(CREATE|DELETE) |^GONE/.test(computePhase(call, dataset).status),
    );
    if (interactions) return interactions;
    throw invalidInput(`The dataset group ${tracker.parent} has no Item interactions dataset that is ACTIVE.`);
}

/**
 * Returns the validated events of a call that was received at `receivedAt` (epoch milliseconds). Throws
 * InvalidInputException for properties that are not a JSON object or use reserved words, and for an event of more than
 * 10 KB.
 */
export function readEvents({ userId, sessionId, eventList }: PutEventsInput, receivedAt: number): NewEvent[] {
    return eventList.map((event, index) => {
        const what = `event ${index + 1}`;
        const { eventId = null, eventType, sentAt, itemId, ...rest } = event;
        const text = JSON.stringify(rest);
        if (Buffer.byteLength(JSON.stringify(event)) > longestEvent)
            throw invalidInput(`The ${what} is longer than 10 KB.`);
        if (sentAt >= 10 ** longestSeconds) {
            throw invalidInput(`The sentAt of ${what} is not in UNIX epoch time in seconds.`);
        }
        const properties = readProperties(event.properties, what);
        const word = Object.keys(properties).find((key) => reserved.includes(key.toLowerCase()));
        if (word !== undefined)
            throw invalidInput(`The properties of ${what} may not have ${word}, which is reserved.`);
        // The first version of the API had no itemId, and took it from the properties; that still works.
        const item = itemId ?? properties.itemId;
        if (item !== undefined && typeof item !== "string")
            throw invalidInput(`The itemId of ${what} is not a string.`);
        const ids = { eventId, userId: userId ?? null, sessionId, itemId: item ?? null };
        return { ...ids, eventType, sentAt, receivedAt, rest: text };
    });
}
