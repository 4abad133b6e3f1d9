import { randomBytes, randomUUID } from "node:crypto";
import { alreadyExists } from "../errors.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import { beginDelete, type Call, needActive } from "./resources.ts";
import type { Store } from "./store.ts";

interface EventTrackerProperties {
    trackingId: string;
}

/** Returns the event tracker with a tracking ID. */
export const findTracker = (store: Store, region: string, trackingId: unknown) =>
    store
        .list<EventTrackerProperties>("event-tracker", region)
        .find(({ properties }) => properties.trackingId === trackingId);

const createEventTracker = (call: Call, { datasetGroupArn }: { datasetGroupArn: string }, add: Add) => {
    const group = needActive(call, "dataset-group", datasetGroupArn);
    // A dataset group has at most one event tracker.
    const [other] = call.store.list("event-tracker", call.region, group.arn);
    if (other) throw alreadyExists(other.arn);
    const properties: EventTrackerProperties = { trackingId: randomUUID() };
    return add({ tail: `event-tracker/${randomBytes(4).toString("hex")}`, properties });
};

export const eventTrackerHandlers = createKindHandlers("event-tracker", {
    parent: "datasetGroupArn",
    create: createEventTracker,
    view: ({ options: { accountId } }) => ({ accountId }),
    remove: beginDelete,
});
