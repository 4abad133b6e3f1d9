import { type CloudTrailClient, type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import type { ResourceKindName } from "../../../personalize/kinds.ts";

/** A call about a resource that AWS refused, as CloudTrail has it. */
export interface CallError {
    /** ISO 8601. */
    readonly at: string;
    readonly call: string;
    readonly code: string;
    readonly message: string | null;
    readonly by: string;
}

/** What part of a CloudTrail record is read here (CloudTrail User Guide, "CloudTrail record contents"). */
interface TrailRecord {
    readonly eventSource?: string;
    readonly errorCode?: string;
    readonly errorMessage?: string;
    readonly userIdentity?: { readonly arn?: string };
}

const day = 24 * 3600 * 1000;
/** A failure of earlier is no help with one of today. */
const looksBack = 7 * day;

/** As the service's calls are named. */
const nounOf = (kind: ResourceKindName) => (kind === "MetadataDataset" ? "Dataset" : kind);

/**
 * The last call that failed of those that make, change or delete a resource of one of these ARNs and names; undefined where CloudTrail shows none in a
 * week. It takes about a quarter of an hour until CloudTrail shows a call, and it allows two lookups a second, so each
 * name of a call is looked up by itself, its fifty newest events.
 *
 * @throws what LookupEvents throws, AccessDenied for instance
 */
export async function lastCallError(
    client: CloudTrailClient,
    kind: ResourceKindName,
    names: readonly string[],
    now: number,
): Promise<CallError | undefined> {
    const calls = ["Create", "Update", "Delete"].map((verb) => `${verb}${nounOf(kind)}`);
    const errors: CallError[] = [];
    for (const call of calls) {
        const { Events = [] } = await client.send(
            new LookupEventsCommand({
                LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: call }],
                StartTime: new Date(now - looksBack),
                EndTime: new Date(now + day),
                MaxResults: 50,
            }),
        );
        errors.push(...Events.filter((event) => isAbout(event, names)).flatMap((event) => errorIn(event, call)));
    }
    return errors.sort((a, b) => b.at.localeCompare(a.at))[0];
}

/** Whether an event names the resource, among its resources or anywhere in what was asked. */
function isAbout({ Resources = [], CloudTrailEvent = "" }: Event, names: readonly string[]): boolean {
    return names.some(
        (name) => Resources.some(({ ResourceName }) => ResourceName === name) || CloudTrailEvent.includes(`"${name}"`),
    );
}

function errorIn({ EventTime, CloudTrailEvent = "{}", Username }: Event, call: string): CallError[] {
    const { eventSource, errorCode, errorMessage, userIdentity } = JSON.parse(CloudTrailEvent) as TrailRecord;
    return eventSource !== "personalize.amazonaws.com" || errorCode === undefined
        ? []
        : [
              {
                  at: EventTime?.toISOString() ?? "",
                  call,
                  code: errorCode,
                  message: errorMessage ?? null,
                  by: userIdentity?.arn ?? Username ?? "",
              },
          ];
}
