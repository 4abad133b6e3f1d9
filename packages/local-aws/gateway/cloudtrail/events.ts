import { createHash } from "node:crypto";
import type { LoggedRequest } from "local-personalize";
import type { LoggedAccess } from "../enforcement/access-log.ts";

/** CloudTrail's record of one call. */
export interface TrailEvent {
    readonly id: string;
    /** Epoch milliseconds. */
    readonly at: number;
    readonly source: string;
    readonly name: string;
    /** The ARN of the caller; empty for an unknown caller. */
    readonly principal: string;
    /** Empty for a call without a region. */
    readonly region: string;
    /** ARNs and names of the call's resources. */
    readonly resources: readonly string[];
    readonly errorCode?: string;
    readonly errorMessage?: string;
}

/**
 * The events in the logs of the local AWS, newest first. They are each call that Personalize's control plane accepted
 * or refused, except reads. They are also each call of any service that policies or signatures refused. A call may be
 * denied because of a role that it passes. It then has the name `PassRole`: the log has no other name for it.
 */
export function eventsOf(requests: readonly LoggedRequest[], accesses: readonly LoggedAccess[]): TrailEvent[] {
    const callers = accesses.filter(({ decision }) => decision === "allowed" || decision === "unnamed");
    const taken = requests.map(({ id, at, operation, region, arn, name, outcome }): TrailEvent => {
        // The log of accesses is written before the call, and counts equal ones under the time of the first.
        const caller = callers.findLast((access) => access.action === `personalize:${operation}` && access.at <= at);
        return {
            id: eventId("request", id),
            at,
            source: "personalize.amazonaws.com",
            name: operation,
            principal: caller?.principal ?? "",
            region,
            resources: [arn, name].filter((found) => found !== null),
            ...(outcome !== "accepted" && { errorCode: outcome }),
        };
    });
    const kept = accesses
        .filter(
            ({ decision, action }) => (decision === "denied" || decision === "refused") && /^[\w-]+:\w+$/.test(action),
        )
        .map(({ id, at, action, resource, principal, decision, reason }): TrailEvent => {
            const [service = "", name = ""] = action.split(":");
            return {
                id: eventId("access", id),
                at,
                source: `${service === "cloudwatch" ? "monitoring" : service}.amazonaws.com`,
                name,
                principal,
                region: resource.split(":")[3] ?? "",
                resources: resource === "*" ? [] : [resource, resource.split(/[:/]/).at(-1) ?? resource],
                errorCode: decision === "denied" ? "AccessDenied" : (reason ?? "AccessDenied"),
                ...(reason !== undefined && { errorMessage: reason }),
            };
        });
    return [...taken, ...kept].sort((a, b) => b.at - a.at);
}

/** An event has the same id in every answer. */
function eventId(log: string, id: number): string {
    const digest = createHash("sha256").update(`${log} ${id}`).digest("hex");
    return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
