import { closingDone } from "../../../cost/close-if-attacked.ts";
import { decide, type Gauges, requestsSince } from "../../../cost/decide.ts";
import type { GuardConfig } from "../../../cost/guard-config.ts";
import { addNotification, freshState, type GuardState, parseState, without } from "../../../cost/guard-state.ts";
import { probeSent } from "../../../cost/idle.ts";
import { isOfParking, type SentNotification, sentNotification } from "../../../cost/notifications.ts";
import {
    type CampaignObservations,
    isLeaving,
    type Observations,
    type ObservedCampaign,
    type ObservedParking,
    type ObservedSolution,
} from "../../../cost/observations.ts";
import { type ServingObservations, servingSince, type UsageWindows } from "../../../cost/serving-spend.ts";
import { cents, type RequestWindows } from "../../../cost/spend.ts";
import { monthOf, stamp } from "../../../cost/time.ts";
import type { MonthSpend } from "../../serving/ports.ts";

/**
 * One run of the cost guard: observe, decide, store the pending work, do it, store the result. If a run crashes at any
 * point, the next run continues and sends nothing under a second id. A failed part does not stop the others.
 *
 * @throws AggregateError at the end, with each failed part, for the failures' queue and its alarm.
 */
export async function runGuard(ports: GuardPorts, config: GuardConfig): Promise<void> {
    const now = ports.now();
    const failures = collector(ports);
    const { text, version, name } = await ports.readState();
    const found = text === undefined ? undefined : parseState(text);
    const campaign = await failures.of("describe the campaign", async () => ({ found: await ports.campaign() }));
    if (campaign === undefined && !(found && "state" in found)) {
        throw failures.error();
    }
    const known = found && "state" in found ? found.state : freshState(now, campaign?.found);
    const servingFrom = servingSince(known.serving, now);
    const observations = await lookAround(ports, failures, campaign, requestsSince(known, now), servingFrom, config);
    const decided = decide(known, now, config, observations);
    const lost = found && "problem" in found ? found.problem : undefined;
    const notified = { problem: lost ?? "", parameter: name };
    const about = stamp(now);
    let state =
        (lost &&
            addNotification(decided.state, {
                kind: "state-lost",
                month: monthOf(now),
                about,
                at: now,
                facts: notified,
            })) ||
        decided.state;
    const noted = await ports.writeState(JSON.stringify({ ...state, basedOn: version }));
    if (noted !== version + 1) {
        // A schedule may start two runs at once. The first to store its state acts; the next run does the rest.
        ports.log({ did: "leave the work to a parallel run" });
        return;
    }

    const before = state;
    state = await act(ports, config, failures, state, observations);
    await failures.of("publish metrics", () => ports.publish(decided.gauges));
    const spend = { month: monthOf(now), usd: cents(decided.gauges.monthSpendUsd), at: now };
    await failures.of("show the month's spend", () => ports.showSpend(spend));
    if (state !== before) {
        await failures.of("store the state", async () => {
            const latest = await ports.readState();
            const later = latest.text === undefined ? undefined : parseState(latest.text);
            // A later run that started from this state knows more and does the rest.
            if (!(later && "state" in later && later.state.basedOn === noted)) {
                await ports.writeState(JSON.stringify({ ...state, basedOn: noted }));
            }
        });
    }
    const { monthSpendUsd, hourlyUsd } = decided.gauges;
    ports.log({ did: "run", monthSpendUsd, hourlyUsd, limitUsd: config.monthlyLimitUsd, failed: failures.all.length });
    if (failures.all.length > 0) {
        throw failures.error();
    }
}

async function lookAround(
    ports: GuardPorts,
    failures: Failures,
    campaign: Observations["campaign"],
    since: number,
    servingFrom: number,
    { prefetches }: GuardConfig,
): Promise<Observations> {
    const { ranking: port } = ports;
    const [kept, requests, prefetched, ranking, serving, parked, solutions] = await Promise.all([
        campaign?.found && failures.of("read the campaign's tags", () => ports.kept()),
        failures.of("read the campaign's requests", () => ports.requests(since)),
        prefetches
            ? failures.of("read the prefetch's requests", () => ports.prefetched(since))
            : new Map<number, number>(),
        port && rankingObservations(port, failures, since),
        ports.serving && servingObservations(ports.serving, failures, servingFrom),
        failures.of("read the parked flag", async () => ({ flag: await ports.parked() })),
        failures.of("list the solutions", () => ports.solutions()),
    ]);
    return { campaign, kept, requests, prefetched, ranking, serving, parked, solutions };
}

async function servingObservations(
    port: NonNullable<GuardPorts["serving"]>,
    failures: Failures,
    since: number,
): Promise<ServingObservations> {
    const [usage, closed] = await Promise.all([
        failures.of("read the use of API and page", () => port.usage(since)),
        failures.of("read the closed flag", async () => ({ flag: await port.isClosed() })),
    ]);
    for (const problem of usage?.missing ?? []) {
        await failures.of("read a part of the use of API and page", () => Promise.reject(new Error(problem)));
    }
    return { usage: usage?.windows, isComplete: usage?.missing.length === 0, closed };
}

async function rankingObservations(
    port: NonNullable<GuardPorts["ranking"]>,
    failures: Failures,
    since: number,
): Promise<CampaignObservations> {
    const [campaign, requests] = await Promise.all([
        failures.of("describe the ranking campaign", async () => ({ found: await port.campaign() })),
        failures.of("read the ranking campaign's requests", () => port.requests(since)),
    ]);
    return { campaign, requests };
}

/** Does the pending work, parking first; returns the state without the completed work. */
async function act(
    ports: GuardPorts,
    config: GuardConfig,
    failures: Failures,
    decided: GuardState,
    { solutions }: Observations,
): Promise<GuardState> {
    let state = decided;
    const { parking, probe } = state;
    if (parking !== undefined) {
        // The entry is removed only when the campaign is being deleted, because an accepted deletion can fail.
        await failures.of("park the campaign", () => ports.park(parking.reason));
    }
    const { closing } = state;
    if (closing !== undefined) {
        const isDone = await failures.of("close the API and the page", async () => {
            await ports.serving?.close(closing.reason);
            return true;
        });
        if (isDone) state = closingDone(state);
    }
    for (const notification of decided.notices) {
        const sent = await failures.of(`send the notification ${notification.key}`, async () => {
            const sent = sentNotification(notification, config);
            // First, because a sent notification is not processed again.
            if (isOfParking(sent)) await ports.show(sent);
            await ports.notify(sent);
            return true;
        });
        if (sent) {
            state = { ...state, notices: state.notices.filter(({ key }) => key !== notification.key) };
        }
    }
    if (probe !== undefined && !probe.sent) {
        const asked = await failures.of("probe the campaign", async () => {
            await ports.probe();
            return true;
        });
        state = asked ? { ...without(state, "probe"), probe: probeSent(probe) } : state;
    }
    for (const [name, { deleting }] of Object.entries(state.solutions)) {
        const there = solutions?.find(({ arn }) => arn.endsWith(`/${name}`));
        if (deleting !== undefined && there !== undefined && !isLeaving(there)) {
            await failures.of(`delete the solution ${name}`, () => ports.deleteSolution(name));
        }
    }
    return state;
}

interface Failures {
    readonly all: readonly Error[];
    error(): AggregateError;
    /** Runs a part; returns undefined if it fails, and logs and collects the error. */
    of<T>(part: string, work: () => Promise<T>): Promise<T | undefined>;
}

function collector(ports: Pick<GuardPorts, "log">): Failures {
    const all: Error[] = [];
    return {
        all,
        error: () => new AggregateError(all, all.map(({ message }) => message).join("\n")),
        async of(part, work) {
            try {
                return await work();
            } catch (cause) {
                const message = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
                const failure = new Error(`could not ${part}: ${message}`, { cause });
                all.push(failure);
                ports.log({ failed: part, error: message });
                return undefined;
            }
        },
    };
}

/** The guard's ports to the outside. Each call may fail; moments are milliseconds since 1970. */
export interface GuardPorts {
    now(): number;
    /** One line of JSON. */
    log(line: Readonly<Record<string, unknown>>): void;

    /** The stack's campaign; undefined if there is none. */
    campaign(): Promise<ObservedCampaign | undefined>;
    /** Whether the campaign has the tag `keep`. */
    kept(): Promise<boolean>;
    /** Requests of the campaign by windows of five minutes, from this moment. */
    requests(since: number): Promise<RequestWindows>;
    /** Requests of the stack's own prefetch, by windows of five minutes, from this moment. */
    prefetched(since: number): Promise<RequestWindows>;
    /** Ports of the ranking campaign; undefined if the stack has none. */
    readonly ranking: Pick<GuardPorts, "campaign" | "requests"> | undefined;
    /** Ports of API and page; undefined if the stack has none. */
    readonly serving?:
        | {
              /** Use by windows of five minutes, from this moment, and what is missing in it. */
              usage(since: number): Promise<{ readonly windows: UsageWindows; readonly missing: readonly string[] }>;
              /** Whether the closed flag exists. */
              isClosed(): Promise<boolean>;
              /** Writes the closed flag and closes API and page; does nothing if already done. */
              close(reason: string): Promise<void>;
          }
        | undefined;
    parked(): Promise<ObservedParking | undefined>;
    /** The solutions with the stack's tags. */
    solutions(): Promise<readonly ObservedSolution[]>;

    /**
     * The stored state and its parameter's name; text is undefined before the first run. `version` grows by 1 with each
     * write.
     */
    readState(): Promise<{ readonly text: string | undefined; readonly version: number; readonly name: string }>;
    /** Returns the version of this write. */
    writeState(text: string): Promise<number>;

    /** Sends one request to the campaign, for a user who does not exist. */
    probe(): Promise<void>;
    /** Writes the parked flag and requests the deletion of all campaigns; does nothing if already done. */
    park(reason: string): Promise<void>;
    deleteSolution(name: string): Promise<void>;
    /** Shows it on the page while there is no campaign; does nothing without an API. */
    show(notification: SentNotification): Promise<void>;
    /** Shows the month's spend on the page; does nothing without an API. */
    showSpend(spend: MonthSpend): Promise<void>;
    notify(notification: SentNotification): Promise<void>;
    publish(gauges: Gauges): Promise<void>;
}
