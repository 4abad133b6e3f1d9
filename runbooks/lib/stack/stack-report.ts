import { type CloudTrailClient, type Event, LookupEventsCommand } from "@aws-sdk/client-cloudtrail";
import type { PersonalizeClient } from "@aws-sdk/client-personalize";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { anyKind, type CommonInputs, kinds, type ResourceKindName } from "pulumi-personalize/core";
import { formatError } from "terminal-text";
import { type GuardState, parseState } from "../../../core/cost/guard-state.ts";
import { monthSpendUsd } from "../../../core/cost/spend.ts";
import { day, iso } from "../../../core/cost/time.ts";
import { readGuardState } from "../../../core/operations/guard-parameter.ts";
import { readStateFlags } from "../../../core/operations/state-flags.ts";
import type { RecordedResource } from "./stack.ts";
import { isFailed, type Overall, type ResourceStatus, readStatus, worstState } from "./status.ts";

/** The state of a resource. For a failed resource, also the last call of AWS's API that concerns it and failed. */
export interface ReportedResource extends ResourceStatus {
    readonly lastCallError: CallError | null;
}

/** The state of a stack. */
export interface StackReport {
    readonly overall: Overall;
    readonly resources: readonly ReportedResource[];
    /** The state flags of the campaign and this month's spend; null if the caller cannot read the state flags. */
    readonly money: GuardNote | null;
    /** Sources that could not be read, with the reason. */
    readonly unread: readonly { readonly what: string; readonly reason: string }[];
}

/** One client for each region. */
export interface ReportClients {
    personalize(region: string): PersonalizeClient;
    cloudTrail(region: string): CloudTrailClient;
    ssm(region: string): SSMClient;
}

/**
 * Reads the state of all recorded resources and data that explains it. Fails if Personalize does not answer; other
 * sources may be missing.
 */
export async function reportOn(
    clients: ReportClients,
    stack: string,
    recorded: readonly RecordedResource[],
    now: number,
): Promise<StackReport> {
    const statuses = await readStatus(clients.personalize, recorded, now);
    const region = recorded[0]?.region ?? "";
    const unread: { what: string; reason: string }[] = [];
    const orUnread = async <T>(what: string, work: () => Promise<T>): Promise<T | null> => {
        try {
            return await work();
        } catch (error) {
            unread.push({ what, reason: formatError(error) });
            return null;
        }
    };
    const resources: ReportedResource[] = [];
    for (const [index, status] of statuses.entries()) {
        // Do not call CloudTrail again after it has denied access once.
        const asks = isFailed(status) && unread.length === 0;
        const of = recorded[index];
        const lookUp =
            of && asks && (() => lastCallError(clients.cloudTrail(region), of.kind, namesOf(of, status), now));
        resources.push({ ...status, lastCallError: (lookUp && (await orUnread("CloudTrail", lookUp))) || null });
    }
    const money = region === "" ? null : await orUnread("state flags", () => guardNote(clients.ssm(region), stack));
    const reported = money?.parked
        ? resources.map((resource, index) => asParked(resource, recorded[index]))
        : resources;
    return { overall: worstState(reported), resources: reported, money, unread };
}

/**
 * If the campaign of a parked stack does not exist, returns the state PARKED instead of GONE, because the cost guard
 * and the runbook `park` delete the campaign on purpose.
 */
const asParked = (resource: ReportedResource, recorded: RecordedResource | undefined): ReportedResource =>
    resource.state === "GONE" && recorded?.kind === "Campaign"
        ? { ...resource, state: "PARKED", nextStep: "`npm run resume` creates it again, and `pulumi up` does not" }
        : resource;

/** Returns the names that CloudTrail may use for the resource: ARN, input name, or end of the ARN. */
function namesOf({ kind, inputs }: RecordedResource, { arn }: ResourceStatus): readonly string[] {
    const { displayName } = anyKind(kinds[kind]);
    const names = [arn, arn?.split("/").at(-1), displayName(inputs as unknown as CommonInputs)];
    return names.filter((name): name is string => typeof name === "string" && name !== "");
}

/** The state flags of the campaign, and the spend that the cost guard counted. */
interface GuardNote {
    /** Time and reason of parking, by the cost guard or a user; null while the campaign is not parked. */
    readonly parked: { readonly since: string; readonly reason: string } | null;
    /** Set while `pulumi up` keeps the campaign at this version although a newer one exists. */
    readonly held: { readonly since: string; readonly reason: string; readonly solutionVersionArn: string } | null;
    readonly spent: MonthSpent | null;
}

/**
 * Cost of a month's campaign hours, US dollars, as the cost guard counted them: at the minimum TPS for hours whose
 * requests are not counted yet. `until` is in ISO 8601.
 */
export interface MonthSpent {
    readonly month: string;
    readonly usd: number;
    readonly until: string;
}

/** Reads the cost guard's state; undefined before its first run, or if it is unusable. Throws SSM's errors. */
export async function readUsableState(ssm: SSMClient, stack: string, now: number): Promise<GuardState | undefined> {
    const { text } = await readGuardState(ssm, stack);
    const parsed = text === undefined ? undefined : parseState(text, now);
    return parsed !== undefined && "state" in parsed ? parsed.state : undefined;
}

/** Returns undefined instead of the cost guard's sum that cannot be read, and warns. */
export function warnOfSum(error: Error): undefined {
    process.stderr.write(`warning: the cost guard's sum cannot be read: ${error.name}: ${error.message}\n`);
}

/** Reads the cost guard's sum of the current month; null before its first run. Throws SSM's errors. */
export async function readMonthSpent(ssm: SSMClient, stack: string): Promise<MonthSpent | null> {
    const spend = (await readUsableState(ssm, stack, Date.now()))?.spend;
    return spend ? { month: spend.month, usd: monthSpendUsd(spend, undefined), until: iso(spend.until) } : null;
}

/** Reads the parked flag and the cost guard's state. */
async function guardNote(ssm: SSMClient, stack: string): Promise<GuardNote> {
    const { parked, serving } = await readStateFlags(ssm, stack);
    return {
        parked: parked ? { since: parked.since, reason: parked.reason } : null,
        held: serving?.hold
            ? { since: serving.since, reason: serving.reason, solutionVersionArn: serving.solutionVersionArn }
            : null,
        spent: await readMonthSpent(ssm, stack),
    };
}

/** A failed call of AWS's API about a resource, from CloudTrail. */
interface CallError {
    /** ISO 8601. */
    readonly at: string;
    readonly call: string;
    readonly code: string;
    readonly message: string | null;
    readonly by: string;
}

/** The used members of a CloudTrail record (CloudTrail User Guide, "CloudTrail record contents"). */
interface TrailRecord {
    readonly eventSource?: string;
    readonly errorCode?: string;
    readonly errorMessage?: string;
    readonly userIdentity?: { readonly arn?: string };
}

/** The period of the lookup: older failures do not explain a current one. */
const lookupPeriodMs = 7 * day;

/**
 * Returns the last failed create, update or delete call about a resource with one of these names; undefined if
 * CloudTrail has none in the last week. CloudTrail lists calls after about 15 minutes and allows two lookups a second.
 * Each operation needs its own lookup, which returns the fifty newest events.
 * @throws LookupEvents' errors, for example AccessDenied
 */
async function lastCallError(
    client: CloudTrailClient,
    kind: ResourceKindName,
    names: readonly string[],
    now: number,
): Promise<CallError | undefined> {
    const calls = ["Create", "Update", "Delete"].map((verb) => `${verb}${kind}`);
    const errors: CallError[] = [];
    for (const call of calls) {
        const { Events = [] } = await client.send(
            new LookupEventsCommand({
                LookupAttributes: [{ AttributeKey: "EventName", AttributeValue: call }],
                StartTime: new Date(now - lookupPeriodMs),
                EndTime: new Date(now + day),
                MaxResults: 50,
            }),
        );
        errors.push(...Events.filter((event) => isAbout(event, names)).flatMap((event) => toCallErrors(event, call)));
    }
    return errors.sort((a, b) => b.at.localeCompare(a.at))[0];
}

/** Checks whether an event contains a name of the resource in its resources or parameters. */
function isAbout({ Resources = [], CloudTrailEvent = "" }: Event, names: readonly string[]): boolean {
    return names.some(
        (name) => Resources.some(({ ResourceName }) => ResourceName === name) || CloudTrailEvent.includes(`"${name}"`),
    );
}

function toCallErrors({ EventTime, CloudTrailEvent = "{}", Username }: Event, call: string): CallError[] {
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
