import { type CloudTrailClient, type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { parseState } from "../../../cost/guard-state.ts";
import { monthSpendUsd } from "../../../cost/spend.ts";
import { iso } from "../../../cost/time.ts";
import { describe } from "../../../personalize/errors.ts";
import { kinds, type ResourceKindName } from "../../../personalize/kinds.ts";
import { readGuardState, readStateFlags } from "../../../personalize/operations/state-flags.ts";
import type { CommonInputs, ResourceKind } from "../../../personalize/resource.ts";
import type { RecordedResource } from "./stack.ts";
import { isFailed, type Overall, overall, type ResourceStatus, statusOf } from "./status.ts";

/** A resource as it stands; where it failed, with the last call about it that AWS refused. */
export interface ReportedResource extends ResourceStatus {
    readonly lastCallError: CallError | null;
}

/** How a stack stands. */
export interface StackReport {
    readonly overall: Overall;
    readonly resources: readonly ReportedResource[];
    /** null where it may not be read. */
    readonly money: GuardNote | null;
    /** What may not be read, or did not answer, and why. */
    readonly unread: readonly { readonly what: string; readonly reason: string }[];
}

/** Each by its region. */
export interface ReportClients {
    personalize(region: string): PersonalizeClient;
    cloudTrail(region: string): CloudTrailClient;
    ssm(region: string): SSMClient;
}

/**
 * Looks at all that is recorded of a stack, and at what explains it. The service's own answer must come; what only
 * explains may be missing.
 */
export async function reportOn(
    clients: ReportClients,
    stack: string,
    recorded: readonly RecordedResource[],
    now: number,
): Promise<StackReport> {
    const statuses = await statusOf(clients.personalize, recorded, now);
    const region = recorded[0]?.region ?? "";
    const unread: { what: string; reason: string }[] = [];
    const orUnread = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
        try {
            return await work();
        } catch (error) {
            unread.push({ what, reason: describe(error) });
            return null;
        }
    };
    const resources: ReportedResource[] = [];
    for (const [index, status] of statuses.entries()) {
        // One refusal is enough to know that CloudTrail may not be read.
        const asks = isFailed(status) && unread.length === 0;
        const of = recorded[index];
        const look = of && asks && (() => lastCallError(clients.cloudTrail(region), of.kind, namesOf(of, status), now));
        resources.push({ ...status, lastCallError: (look && (await orUnread("CloudTrail", look))) || null });
    }
    const money = region === "" ? null : await orUnread("state flags", () => guardNote(clients.ssm(region), stack));
    return { overall: overall(statuses), resources, money, unread };
}

/** Under what a call may have named it: by its ARN, as the program makes it, or as the ARN ends. */
function namesOf({ kind, inputs }: RecordedResource, { arn }: ResourceStatus): readonly string[] {
    const { nameOf } = kinds[kind] as unknown as ResourceKind<CommonInputs>;
    const names = [arn, arn?.split("/").at(-1), nameOf(inputs as unknown as CommonInputs)];
    return names.filter((name): name is string => typeof name === "string" && name !== "");
}

/** What stands noted of a stack's money. */
export interface GuardNote {
    /** There while the campaign is parked, by the cost guard or by a person. */
    readonly parked: { readonly since: string; readonly reason: string } | null;
    /** What the month's campaign hours cost so far, at the minimum where requests are not reckoned yet; ISO 8601. */
    readonly spent: { readonly month: string; readonly usd: number; readonly until: string } | null;
}

/** Reads the marks of a stack. */
export async function guardNote(ssm: SSMClient, stack: string): Promise<GuardNote> {
    const { parked } = await readStateFlags(ssm, stack);
    const { text } = await readGuardState(ssm, stack);
    const parsed = text === undefined ? undefined : parseState(text);
    const spend = parsed !== undefined && "state" in parsed ? parsed.state.spend : undefined;
    return {
        parked: parked ? { since: parked.since, reason: parked.reason } : null,
        spent: spend ? { month: spend.month, usd: monthSpendUsd(spend, undefined), until: iso(spend.until) } : null,
    };
}

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
