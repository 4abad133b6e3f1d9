import { randomBytes, randomUUID } from "node:crypto";
import { alreadyExists } from "../errors.ts";
import type { Tag } from "./properties.ts";
import {
    beginDelete,
    type Call,
    create,
    type Handler,
    need,
    needActive,
    type PageInput,
    pageOf,
    vitals,
} from "./resources.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";

export interface EventTrackerProperties {
    trackingId: string;
}

const createEventTracker: Handler = (call, input: { name: string; datasetGroupArn: string; tags?: Tag[] }) => {
    const { name, datasetGroupArn } = input;
    const group = needActive(call, "dataset-group", datasetGroupArn);
    // A dataset group has at most one event tracker.
    const [other] = call.store.list("event-tracker", call.region, group.arn);
    if (other) throw alreadyExists(other.arn);
    const trackingId = randomUUID();
    const tail = `event-tracker/${randomBytes(4).toString("hex")}`;
    const properties: EventTrackerProperties = { trackingId };
    const tracker = { kind: "event-tracker" as const, tail, name, parent: group.arn, properties };
    return { eventTrackerArn: create(call, tracker, checkedTags(input.tags)).arn, trackingId };
};

const describeEventTracker: Handler = (call, input: { eventTrackerArn: string }) => {
    const tracker = need<EventTrackerProperties>(call, "event-tracker", input.eventTrackerArn);
    return {
        eventTracker: {
            ...summary(call, tracker),
            accountId: call.options.accountId,
            trackingId: tracker.properties.trackingId,
            datasetGroupArn: tracker.parent,
        },
    };
};

const listEventTrackers: Handler = (call, input: PageInput & { datasetGroupArn?: string }) => {
    const trackers = call.store.list("event-tracker", call.region, input.datasetGroupArn);
    const { page, ...token } = pageOf(trackers, input, `ListEventTrackers ${input.datasetGroupArn}`);
    return { eventTrackers: page.map((tracker) => summary(call, tracker)), ...token };
};

const deleteEventTracker: Handler = (call, input: { eventTrackerArn: string }) => {
    beginDelete(call, need(call, "event-tracker", input.eventTrackerArn));
};

export const eventTrackerHandlers: Record<string, Handler> = {
    CreateEventTracker: createEventTracker,
    DescribeEventTracker: describeEventTracker,
    ListEventTrackers: listEventTrackers,
    DeleteEventTracker: deleteEventTracker,
};

function summary(call: Call, tracker: Resource<object>) {
    return { name: tracker.name, eventTrackerArn: tracker.arn, ...vitals(call, tracker) };
}
