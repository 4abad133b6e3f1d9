import { messageOf } from "terminal-text";
import { decide, requestsSince } from "../../../core/cost/decide.ts";
import type { GuardConfig } from "../../../core/cost/guard-config.ts";
import {
    addNotification,
    freshState,
    type GuardState,
    parseState,
    stateText,
    without,
} from "../../../core/cost/guard-state.ts";
import { isOfParking, sentNotification } from "../../../core/cost/notifications.ts";
import { isLeaving, type Observations } from "../../../core/cost/observations.ts";
import { type ServingObservations, servingSince } from "../../../core/cost/serving-spend.ts";
import { cents } from "../../../core/cost/spend.ts";
import { toMonth } from "../../../core/cost/time.ts";
import { collector, type Failures, type GuardPorts } from "./guard-ports.ts";

/** What the steps of a run share. `now` is its time in epoch milliseconds. */
interface Run {
    readonly ports: GuardPorts;
    readonly config: GuardConfig;
    readonly failures: Failures;
    readonly now: number;
}

/**
 * Runs the cost guard once: observes, decides, stores the pending work, does the work, and stores the result. If a run
 * crashes at any point, the next run continues, and sends each pending notification with the same ID again. A failed
 * part does not stop the others. Without a stored state, the run still parks the campaign and closes the API and the
 * page, because both can be repeated; it sends no other notifications and deletes nothing.
 *
 * @throws AggregateError at the end, with each failed part, for the failures' queue and its alarm
 */
export async function runGuard(ports: GuardPorts, config: GuardConfig): Promise<void> {
    const now = ports.now();
    const failures = collector(ports);
    const run = { ports, config, failures, now };
    const stored = await failures.of("read the state", () => ports.readState());
    const parsedState = stored?.text === undefined ? undefined : parseState(stored.text, now);
    const campaign = await failures.of("describe the campaign", async () => ({ found: await ports.campaign() }));
    if (campaign === undefined && !(parsedState && "state" in parsedState)) throw failures.error();
    const { lost, decided, observations } = await decideFrom(run, parsedState, campaign);
    const facts = { problem: lost ?? "", parameter: stored?.name ?? "" };
    const told = lost === undefined ? undefined : addNotification(decided.state, now, "state-lost", facts);
    const state = told ?? decided.state;
    // Never overwrite a state that could not be read.
    const noted =
        stored &&
        (await failures.of("store the state", () =>
            ports.writeState(stateText({ ...state, basedOn: stored.version })),
        ));
    if (noted !== undefined && noted !== (stored?.version ?? 0) + 1) {
        // A schedule may start two runs at the same time. The first one that stores its state does the work; the next
        // run does the rest.
        ports.log({ did: "leave the work to a parallel run" });
        return;
    }

    if (noted === undefined) await stopOnly(run, state);
    const done = noted === undefined ? state : await act(run, state, observations);
    await failures.of("publish metrics", () => ports.publish(decided.gauges));
    const spend = { month: toMonth(now), usd: cents(decided.gauges.monthSpendUsd), at: now };
    await failures.of("show the month's spend", () => ports.showSpend(spend));
    if (noted !== undefined && done !== state) {
        await failures.of("store the state", async () => {
            const latest = await ports.readState();
            const later = latest.text === undefined ? undefined : parseState(latest.text, now);
            // Do not overwrite the state of a later run that started from this state: that run has newer information
            // and does the rest.
            if (!(later && "state" in later && later.state.basedOn === noted)) {
                await ports.writeState(stateText({ ...done, basedOn: noted }));
            }
        });
    }
    const { monthSpendUsd, hourlyUsd } = decided.gauges;
    ports.log({ did: "run", monthSpendUsd, hourlyUsd, limitUsd: config.monthlyLimitUsd, failed: failures.all.length });
    if (failures.all.length > 0) throw failures.error();
}

/**
 * Decides from the stored state. If that state is unusable, decides from a fresh state, and returns the reason in
 * `lost`.
 */
async function decideFrom(
    run: Run,
    parsedState: ReturnType<typeof parseState> | undefined,
    campaign: Observations["campaign"],
) {
    const { now, config } = run;
    const from = async (previousState: GuardState, lost?: string) => {
        const since = {
            requests: requestsSince(previousState, now),
            serving: servingSince(previousState.serving, now),
        };
        const observations = await lookAround(run, campaign, since);
        return { lost, observations, decided: decide(previousState, now, config, observations) };
    };
    const fresh = freshState(now, campaign?.found);
    if (parsedState === undefined) return from(fresh);
    if ("problem" in parsedState) return from(fresh, parsedState.problem);
    try {
        return await from(parsedState.state);
    } catch (error) {
        return from(fresh, `cannot be used (${messageOf(error)})`);
    }
}

async function lookAround(
    { ports, failures, config: { prefetches, idleAction } }: Run,
    campaign: Observations["campaign"],
    since: Readonly<Record<"requests" | "serving", number>>,
): Promise<Observations> {
    const [kept, isAddressConfirmed, requests, prefetched, serving, parked, solutions] = await Promise.all([
        campaign?.found && failures.of("read the campaign's tags", () => ports.kept()),
        idleAction === "park" && failures.of("read the topic's subscriptions", () => ports.isAddressConfirmed()),
        failures.of("read the campaign's requests", () => ports.requests(since.requests)),
        prefetches
            ? failures.of("read the prefetch's requests", () => ports.prefetched(since.requests))
            : new Map<number, number>(),
        ports.serving && servingObservations(ports.serving, failures, since.serving),
        failures.of("read the parked flag", async () => ({ flag: await ports.parked() })),
        failures.of("list the solutions", () => ports.solutions()),
    ]);
    return { campaign, kept, isAddressConfirmed, requests, prefetched, serving, parked, solutions };
}

async function servingObservations(
    port: NonNullable<GuardPorts["serving"]>,
    failures: Failures,
    since: number,
): Promise<ServingObservations> {
    const [usage, jobs, closed] = await Promise.all([
        failures.of("read the use of API and page", () => port.usage(since)),
        failures.of("read the spend of batch inference jobs", () => port.jobs()),
        failures.of("read whether the API is closed", () => port.isClosed()),
    ]);
    for (const problem of usage?.missing ?? []) {
        await failures.of("read a part of the use of API and page", () => Promise.reject(new Error(problem)));
    }
    return { usage: usage?.windows, isComplete: usage?.missing.length === 0, jobs, closed };
}

/** Sends the pending notifications. Returns the state without the notifications that were sent. */
async function send(run: Run, state: GuardState, notifications: GuardState["unsent"]): Promise<GuardState> {
    const { ports, config, failures } = run;
    const sent = new Set<string>();
    for (const notification of notifications) {
        await failures.of(`send the notification ${notification.key}`, async () => {
            const message = sentNotification(notification, config);
            // Show the notification on the storefront first. If the run died after sending it, no later run would show
            // it.
            if (isOfParking(message)) await ports.show({ kind: message.kind, text: message.text, at: notification.at });
            await ports.notify(message);
            sent.add(notification.key);
        });
    }
    return sent.size === 0 ? state : { ...state, unsent: state.unsent.filter(({ key }) => !sent.has(key)) };
}

/**
 * Parks the campaign, and closes the API and the page, without a stored state. Sends the notification that explains
 * why; a repeated run sends it with the same ID.
 */
async function stopOnly(run: Run, state: GuardState): Promise<void> {
    await stop(run, state);
    const explains = state.unsent.filter((one) =>
        isOfParking(one) ? state.parking !== undefined : one.kind === "api-closed",
    );
    await send(run, state, explains);
}

/**
 * Parks the campaign, and closes the API and the page, if the state has this work as pending. Returns the state
 * without the completed work.
 */
async function stop({ ports, failures }: Run, state: GuardState): Promise<GuardState> {
    const { parking, closing } = state;
    if (parking !== undefined) {
        // Keep `parking` in the state until the campaign's status is DELETE IN_PROGRESS. Personalize can accept a
        // deletion that then fails.
        await failures.of("park the campaign", () => ports.park(parking));
    }
    if (closing === undefined) return state;
    const isDone = await failures.of("close the API and the page", async () => {
        await ports.serving?.close(closing.reason);
        return true;
    });
    return isDone ? without(state, "closing") : state;
}

/** Does the pending work of the state; first parks the campaign. Returns the state without the completed work. */
async function act(run: Run, decided: GuardState, { solutions }: Observations): Promise<GuardState> {
    const { ports, failures } = run;
    let state = await stop(run, decided);
    const { probe } = state;
    state = await send(run, state, decided.unsent);
    if (probe !== undefined && !probe.sent) {
        const isSent = await failures.of("probe the campaign", async () => {
            await ports.probe();
            return true;
        });
        state = isSent ? { ...state, probe: { ...probe, sent: true } } : state;
    }
    for (const [name, { deleting }] of Object.entries(state.solutions)) {
        const there = solutions?.find(({ arn }) => arn.endsWith(`/${name}`));
        if (deleting !== undefined && there !== undefined && !isLeaving(there)) {
            await failures.of(`delete the solution ${name}`, () => ports.deleteSolution(name));
        }
    }
    return state;
}
