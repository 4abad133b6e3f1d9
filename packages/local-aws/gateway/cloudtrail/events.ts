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
    /** The caller's ARN; empty for an unknown caller. */
    readonly principal: string;
    /** The region in which CloudTrail lists the call; empty for a call whose region is unknown. */
    readonly region: string;
    /** ARNs and names of the call's resources. */
    readonly resources: readonly string[];
    readonly errorCode?: string;
    readonly errorMessage?: string;
}

/**
 * Global services, whose events CloudTrail lists in us-east-1. Since November 2021 a trail of another region does not
 * contain them, unless the trail is a multi-Region trail (CloudTrail User Guide, "Global service events").
 */
const globalServices = new Set(["iam", "cloudfront"]);

/**
 * Returns CloudTrail events, newest first: accepted and rejected Personalize calls that change something, and calls of
 * any service that IAM or the signature check denied. A call that was denied because of iam:PassRole appears as
 * `PassRole`, because the access log records only this action. The callers of the requests are found in `recent`.
 */
export function toTrailEvents(
    requests: readonly LoggedRequest[],
    accesses: readonly LoggedAccess[],
    recent = accesses,
): TrailEvent[] {
    const callers = recent.filter(({ decision }) => decision === "allowed" || decision === "unnamed");
    const taken = requests.map(({ id, at, operation, region, arn, name, outcome }): TrailEvent => {
        // Find the caller in the access log. The gateway writes an entry before the call, and writes equal calls as one
        // entry with the time of the first call.
        const caller = callers.findLast((access) => access.action === `personalize:${operation}` && access.at <= at);
        return {
            id: eventId("request", id),
            at,
            source: "personalize.amazonaws.com",
            name: operation,
            principal: caller?.principal ?? "",
            region,
            resources: [arn, name].filter((resource) => resource !== null),
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
                // `PassRole` stands for a call of the service that gets the role, so its region is unknown.
                region:
                    globalServices.has(service) && name !== "PassRole" ? "us-east-1" : (resource.split(":")[3] ?? ""),
                resources: resource === "*" ? [] : [resource, resource.split(/[:/]/).at(-1) ?? resource],
                errorCode: decision === "denied" ? "AccessDenied" : (reason ?? "AccessDenied"),
                ...(reason !== undefined && { errorMessage: reason }),
            };
        });
    return [...taken, ...kept].sort((a, b) => b.at - a.at);
}

/** Returns the event's id, which is the same in every response. */
function eventId(log: string, id: number): string {
    const digest = createHash("sha256").update(`${log} ${id}`).digest("hex");
    return digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
}
