import { type CloudTrailClient, type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { parseState } from "../../../cost/guard-state.ts";
import { monthSpendUsd } from "../../../cost/spend.ts";
import { iso } from "../../../cost/time.ts";
import { messageOf } from "../../../personalize/errors.ts";
import { kinds, type ResourceKindName } from "../../../personalize/kinds.ts";
import { readGuardState, readStateFlags } from "../../../personalize/operations/state-flags.ts";
import type { CommonInputs, ResourceKind } from "../../../personalize/resource.ts";
import type { RecordedResource } from "./stack.ts";
import { isFailed, type Overall, overall, type ResourceStatus, statusOf } from "./status.ts";

/** The state of a resource; if it failed, with the last refused call about it. */
export interface ReportedResource extends ResourceStatus {
    readonly lastCallError: CallError | null;
}

/** The state of a stack. */
export interface StackReport {
    readonly overall: Overall;
    readonly resources: readonly ReportedResource[];
    /** Null if it may not be read. */
    readonly money: GuardNote | null;
    /** Parts that may not be read, or did not answer, with the reason. */
    readonly unread: readonly { readonly what: string; readonly reason: string }[];
}

/** One client for each region. */
export interface ReportClients {
    personalize(region: string): PersonalizeClient;
    cloudTrail(region: string): CloudTrailClient;
    ssm(region: string): SSMClient;
}

/**
 * Reads the state of all recorded resources, and the facts that explain it. The service must answer; explanations may
 * be missing.
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
            unread.push({ what, reason: messageOf(error) });
            return null;
        }
    };
    const resources: ReportedResource[] = [];
    for (const [index, status] of statuses.entries()) {
        // After one refusal CloudTrail is not called again.
        const asks = isFailed(status) && unread.length === 0;
        const of = recorded[index];
        const lookUp =
            of && asks && (() => lastCallError(clients.cloudTrail(region), of.kind, namesOf(of, status), now));
        resources.push({ ...status, lastCallError: (lookUp && (await orUnread("CloudTrail", lookUp))) || null });
    }
    const money = region === "" ? null : await orUnread("state flags", () => guardNote(clients.ssm(region), stack));
    return { overall: overall(statuses), resources, money, unread };
}

/** Names of the resource in CloudTrail: its ARN, its input name, or the end of the ARN. */
function namesOf({ kind, inputs }: RecordedResource, { arn }: ResourceStatus): readonly string[] {
    const { displayName } = kinds[kind] as unknown as ResourceKind<CommonInputs>;
    const names = [arn, arn?.split("/").at(-1), displayName(inputs as unknown as CommonInputs)];
    return names.filter((name): name is string => typeof name === "string" && name !== "");
}

/** State flags about a stack's cost. */
export interface GuardNote {
    /** Set while the campaign is parked, by the cost guard or by a person. */
    readonly parked: { readonly since: string; readonly reason: string } | null;
    /**
     * Cost of the month's campaign hours so far, US dollars, at the minimum while requests are not counted yet. ISO
     * 8601.
     */
    readonly spent: { readonly month: string; readonly usd: number; readonly until: string } | null;
}

/** Reads the state flags of a stack. */
export async function guardNote(ssm: SSMClient, stack: string): Promise<GuardNote> {
    const { parked } = await readStateFlags(ssm, stack);
    const { text } = await readGuardState(ssm, stack);
    const parsed = text === undefined ? undefined : parseState(text, Date.now());
    const spend = parsed !== undefined && "state" in parsed ? parsed.state.spend : undefined;
    return {
        parked: parked ? { since: parked.since, reason: parked.reason } : null,
        spent: spend ? { month: spend.month, usd: monthSpendUsd(spend, undefined), until: iso(spend.until) } : null,
    };
}

/** A refused call about a resource, from CloudTrail. */
export interface CallError {
    /** ISO 8601. */
    readonly at: string;
    readonly call: string;
    readonly code: string;
    readonly message: string | null;
    readonly by: string;
}

/** The used part of a CloudTrail record (CloudTrail User Guide, "CloudTrail record contents"). */
interface TrailRecord {
    readonly eventSource?: string;
    readonly errorCode?: string;
    readonly errorMessage?: string;
    readonly userIdentity?: { readonly arn?: string };
}

const dayMs = 24 * 3600 * 1000;
/** An older failure does not explain a current one. */
const lookupPeriodMs = 7 * dayMs;

/** The noun in the service's calls. */
const nounOf = (kind: ResourceKindName) => (kind === "MetadataDataset" ? "Dataset" : kind);

/**
 * The last failed create, update or delete call about a resource with one of these names. Undefined if CloudTrail has
 * none in a week. CloudTrail shows a call after about 15 minutes and allows two lookups a second. Each call name is
 * looked up alone, its fifty newest events.
 *
 * @throws the errors of LookupEvents, for example AccessDenied
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
                StartTime: new Date(now - lookupPeriodMs),
                EndTime: new Date(now + dayMs),
                MaxResults: 50,
            }),
        );
        errors.push(...Events.filter((event) => isAbout(event, names)).flatMap((event) => errorIn(event, call)));
    }
    return errors.sort((a, b) => b.at.localeCompare(a.at))[0];
}

/** Whether an event names the resource, among its resources or in its parameters. */
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
