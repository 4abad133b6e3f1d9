import { CloudTrail, type Trail } from "@aws-sdk/client-cloudtrail";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import type { Emulator } from "local-personalize";
import { unlessGone } from "../../calls.ts";
import type { AccessLog, LoggedAccess } from "../enforcement/access-log.ts";
import type { Directory } from "../enforcement/directory.ts";
import { judge } from "../enforcement/judge.ts";
import { trustComplaint } from "../enforcement/passed-roles.ts";
import { clientsByRegion, createLoopSettings, every } from "../loop.ts";
import type { MiniStackAddress } from "../ministack.ts";
import { type TrailEvent, toTrailEvents } from "./events.ts";
import { recordOf } from "./lookup.ts";

interface DeliveryOptions {
    readonly miniStack: MiniStackAddress;
    /** The region whose trails deliver. Multi-Region trails of other regions deliver too. */
    readonly region: string;
    readonly accountId: string;
    readonly emulator: Pick<Emulator, "requests">;
    readonly directory: Directory;
    /** The log of denied calls; undefined without IAM enforcement, when every role may write. */
    readonly accessLog: Pick<AccessLog, "after"> | undefined;
    log(message: string): void;
}

const service = "cloudtrail.amazonaws.com";

/** The number of accesses among which the caller of an accepted Personalize call is found. */
const keptCallers = 1000;

/**
 * Delivers new events to the log groups of trails about every second, as CloudTrail does: with the permissions of the
 * trail's role, into the stream `<account>_CloudTrail_<home region>`. An event that the role may not write is lost.
 */
export function deliverTrailEvents(options: DeliveryOptions): { stop(): Promise<void> } {
    const { accountId, emulator, accessLog } = options;
    const settings = { ...createLoopSettings(options.miniStack), region: options.region };
    const trails = new CloudTrail(settings);
    const logs = clientsByRegion(options.miniStack, (settings) => new CloudWatchLogs(settings));
    let lastRequest = emulator.requests(0).at(-1)?.id ?? 0;
    let lastAccess = accessLog?.after(0).at(-1)?.id ?? 0;
    let callers: readonly LoggedAccess[] = [];

    /** Returns the events since the previous call, oldest first. */
    function takeEvents(): readonly TrailEvent[] {
        const requests = emulator.requests(lastRequest);
        const accesses = accessLog?.after(lastAccess) ?? [];
        lastRequest = requests.at(-1)?.id ?? lastRequest;
        lastAccess = accesses.at(-1)?.id ?? lastAccess;
        callers = [...callers, ...accesses].slice(-keptCallers);
        return toTrailEvents(requests, accesses, callers).reverse();
    }

    async function deliver(): Promise<void> {
        const events = takeEvents();
        if (events.length === 0) return;
        const { trailList = [] } = await trails.describeTrails({});
        const refusals: string[] = [];
        for (const trail of trailList) {
            const refusal = await deliverTo(trail, events);
            if (refusal !== undefined) refusals.push(`${trail.Name}: ${refusal}`);
        }
        if (refusals.length > 0) throw new Error(refusals.join("; "));
    }

    /** Delivers the trail's share of the events. Returns an error message if the trail's role may not write them. */
    async function deliverTo(trail: Trail, events: readonly TrailEvent[]): Promise<string | undefined> {
        const { TrailARN = "", HomeRegion = "", CloudWatchLogsLogGroupArn: groupArn } = trail;
        const its = groupArn === undefined ? [] : await selectEvents(trails, trail, events);
        if (its.length === 0) return undefined;
        const group = String(groupArn).replace(/:\*$/, "");
        const logStreamName = `${accountId}_CloudTrail_${HomeRegion}`;
        const roleArn = trail.CloudWatchLogsRoleArn ?? "";
        const refusal =
            accessLog && (await whyNotWritten(options, { TrailARN, roleArn }, `${group}:log-stream:${logStreamName}`));
        if (refusal !== undefined) return refusal;
        const client = logs.of(HomeRegion);
        const stream = {
            logGroupName: group.slice(group.indexOf(":log-group:") + ":log-group:".length),
            logStreamName,
        };
        await unlessGone(client.createLogStream(stream), "ResourceAlreadyExistsException");
        const logEvents = its.map((event) => ({
            timestamp: event.at,
            message: JSON.stringify(recordOf(event, event.region || HomeRegion, accountId)),
        }));
        await client.putLogEvents({ ...stream, logEvents });
        return undefined;
    }

    const loop = every(1000, deliver, (error) =>
        options.log(`A trail's log group did not receive events: ${error.message}`),
    );
    return {
        async stop(): Promise<void> {
            await loop.stop();
            trails.destroy();
            logs.destroy();
        },
    };
}

/** Returns the events that a trail records: since it logs, of its regions, and without the excluded sources. */
async function selectEvents(
    trails: CloudTrail,
    { TrailARN = "", HomeRegion, IsMultiRegionTrail }: Trail,
    events: readonly TrailEvent[],
): Promise<readonly TrailEvent[]> {
    const { IsLogging, StartLoggingTime } = await trails.getTrailStatus({ Name: TrailARN });
    const { EventSelectors = [] } = await trails.getEventSelectors({ TrailName: TrailARN });
    const excluded = EventSelectors.flatMap((selector) => selector.ExcludeManagementEventSources ?? []);
    return events.filter(
        ({ at, region, source }) =>
            IsLogging &&
            at >= (StartLoggingTime?.getTime() ?? 0) &&
            (IsMultiRegionTrail || region === "" || region === HomeRegion) &&
            !excluded.includes(source),
    );
}

/** Returns why CloudTrail cannot assume the trail's role, or why the role may not write to the stream. */
async function whyNotWritten(
    { directory, accountId }: DeliveryOptions,
    { TrailARN, roleArn }: { readonly TrailARN: string; readonly roleArn: string },
    stream: string,
): Promise<string | undefined> {
    const of = { account: accountId, resource: TrailARN };
    const complaint = await trustComplaint(directory, { roleArn, service }, of);
    const role = await directory.role(roleArn);
    if (complaint || !role) return complaint?.message ?? `there is no role ${roleArn}`;
    const region = TrailARN.split(":")[3] ?? "";
    const circumstances = { region, sourceIp: service, secure: true, userAgent: service, now: new Date() };
    for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
        const check = { action, resource: stream, context: {}, policy: null };
        const principal = { ...role, account: accountId, function: null };
        const verdict = judge(principal, check, circumstances);
        if (!verdict.allowed) return verdict.message;
    }
    return undefined;
}
