import { randomBytes, randomUUID } from "node:crypto";
import { alreadyExists } from "../errors.ts";
import { createKindHandlers } from "./handlers.ts";
import type { Tag } from "./properties.ts";
import { beginDelete, type Call, create, needActive } from "./resources.ts";

export interface EventTrackerProperties {
    trackingId: string;
}

const createEventTracker = (call: Call, input: { name: string; datasetGroupArn: string; tags?: Tag[] }) => {
    const { name, tags } = input;
    const { arn: parent } = needActive(call, "dataset-group", input.datasetGroupArn);
    // A dataset group has at most one event tracker.
    const [other] = call.store.list("event-tracker", call.region, parent);
    if (other) throw alreadyExists(other.arn);
    const tail = `event-tracker/${randomBytes(4).toString("hex")}`;
    const properties: EventTrackerProperties = { trackingId: randomUUID() };
    return create(call, { kind: "event-tracker", tail, name, parent, properties, tags });
};

export const eventTrackerHandlers = createKindHandlers("event-tracker", {
    parent: "datasetGroupArn",
    create: createEventTracker,
    view: ({ options: { accountId } }) => ({ accountId }),
    remove: beginDelete,
});
