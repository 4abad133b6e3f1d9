import { inUse } from "../errors.ts";
import type { Update } from "./properties.ts";
import { type Call, requestedFailure } from "./resources.ts";
import { type Kind, type Phase, type Status, updatePhaseAt } from "./states.ts";
import type { Resource } from "./store.ts";

type Updated = Pick<Resource<{ update?: Update }>, "kind" | "properties">;

/**
 * Returns the state of an update. Its statuses are those of a creation, such as CREATE IN_PROGRESS, and their durations
 * are counted from the start of the update.
 */
function updatePhase({ options, now }: Call, kind: Kind, { createdAt, failure }: Update): Phase {
    const phase = updatePhaseAt(kind, createdAt, options.speed, now);
    return phase.status === "ACTIVE" && failure !== undefined ? { ...phase, status: "CREATE FAILED" } : phase;
}

/** Returns the state of a resource's last update; undefined if there was none. */
export const updateOf = (call: Call, { kind, properties: { update } }: Updated) =>
    update && updatePhase(call, kind, update);

/** Checks whether a creation or update with this status is running. */
export const isRunningStatus = (status: Status) => status === "CREATE PENDING" || status === "CREATE IN_PROGRESS";

/** Checks whether an update of the resource is running. */
export const isUpdating = (call: Call, resource: Updated) =>
    isRunningStatus(updateOf(call, resource)?.status ?? "ACTIVE");

/** Returns an update that begins now, to store in the properties of its resource. Throws ResourceInUseException. */
export function beginUpdate<Changes extends object>(
    call: Call,
    resource: Resource<{ update?: Update }>,
    changes: Changes,
): Changes & Update {
    const { kind, arn } = resource;
    if (isUpdating(call, resource)) {
        const member = `latest${kind.charAt(0).toUpperCase()}${kind.slice(1)}Update`;
        throw inUse(`The ${kind} ${arn} is being updated. Wait until ${member} has ended.`);
    }
    const failure = requestedFailure(call);
    return { ...changes, createdAt: call.now, ...(failure !== null && { failure }) };
}

/** Returns a resource's last update in the format of its `latest…Update` member; undefined if there was none. */
export function latestUpdate(call: Call, resource: Updated) {
    const { update } = resource.properties;
    if (!update) return undefined;
    const { status, since } = updatePhase(call, resource.kind, update);
    return {
        ...update,
        // DescribeDataset uses UPDATE PENDING and UPDATE IN_PROGRESS; all other resources use the statuses of a
        // creation.
        status: resource.kind === "dataset" ? status.replace("CREATE", "UPDATE") : status,
        creationDateTime: update.createdAt / 1000,
        lastUpdatedDateTime: since / 1000,
        ...(status === "CREATE FAILED" && { failureReason: update.failure }),
    };
}
