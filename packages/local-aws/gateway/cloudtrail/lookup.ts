import type { TrailEvent } from "./events.ts";

/** The input of LookupEvents; times in epoch seconds. */
interface LookupInput {
    readonly LookupAttributes?: readonly { readonly AttributeKey?: string; readonly AttributeValue?: string }[];
    readonly StartTime?: number;
    readonly EndTime?: number;
    readonly MaxResults?: number;
    readonly NextToken?: string;
}

const maxAtOnce = 50;

/** Checks whether a call is LookupEvents. The gateway answers LookupEvents; MiniStack stores the trails. */
export const isLookup = (target: string | undefined) => target?.endsWith(".LookupEvents") ?? false;

/**
 * Answers LookupEvents: the `events` of a region, newest first, filtered by the requested attribute (API reference: one
 * at most). Events without a region are included.
 */
export function lookupEvents(
    events: readonly TrailEvent[],
    input: unknown,
    { region, accountId }: { readonly region: string; readonly accountId: string },
): object {
    const criteria: LookupInput = typeof input === "object" && input !== null ? input : {};
    const matches = events.filter(
        (event) =>
            (event.region === "" || event.region === region) &&
            event.at >= (criteria.StartTime ?? 0) * 1000 &&
            event.at <= (criteria.EndTime ?? Number.POSITIVE_INFINITY) * 1000 &&
            (criteria.LookupAttributes ?? []).every(({ AttributeKey = "", AttributeValue = "" }) =>
                (attributes[AttributeKey]?.(event) ?? []).includes(AttributeValue),
            ),
    );
    const first = Math.max(
        0,
        criteria.NextToken === undefined ? 0 : matches.findIndex(({ id }) => id === criteria.NextToken),
    );
    const count = Math.min(criteria.MaxResults ?? maxAtOnce, maxAtOnce);
    const next = matches[first + count];
    return {
        Events: matches.slice(first, first + count).map((event) => written(event, region, accountId)),
        ...(next && { NextToken: next.id }),
    };
}

const userName = ({ principal }: TrailEvent) => principal.split("/").at(-1) ?? "";

const attributes: Readonly<Record<string, (event: TrailEvent) => readonly string[]>> = {
    EventId: ({ id }) => [id],
    EventName: ({ name }) => [name],
    EventSource: ({ source }) => [source],
    ReadOnly: (event) => [isReadOnly(event)],
    ResourceName: ({ resources }) => resources,
    Username: (event) => [userName(event)],
};

const isReadOnly = ({ name }: TrailEvent) => String(/^(Get|List|Describe|Head|View|Lookup|Simulate)/.test(name));

/** Returns an event as the JSON record that CloudTrail lists and delivers (User Guide, "CloudTrail record contents"). */
export function recordOf(event: TrailEvent, awsRegion: string, accountId: string): object {
    const time = new Date(event.at).toISOString();
    return {
        eventVersion: "1.11",
        userIdentity: {
            type: event.principal.includes(":assumed-role/") ? "AssumedRole" : "IAMUser",
            arn: event.principal,
            accountId,
        },
        eventTime: `${time.slice(0, 19)}Z`,
        eventSource: event.source,
        eventName: event.name,
        awsRegion,
        ...(event.errorCode !== undefined && { errorCode: event.errorCode }),
        ...(event.errorMessage !== undefined && { errorMessage: event.errorMessage }),
        eventID: event.id,
        readOnly: isReadOnly(event) === "true",
        eventType: "AwsApiCall",
        managementEvent: true,
        recipientAccountId: accountId,
    };
}

function written(event: TrailEvent, region: string, accountId: string): object {
    return {
        EventId: event.id,
        EventName: event.name,
        EventSource: event.source,
        EventTime: event.at / 1000,
        ReadOnly: isReadOnly(event),
        Username: userName(event),
        Resources: event.resources.map((ResourceName) => ({ ResourceName })),
        CloudTrailEvent: JSON.stringify(recordOf(event, region, accountId)),
    };
}
