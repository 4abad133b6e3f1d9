import { decide, type Gauges, requestsSince } from "../../../cost/decide.ts";
import {
    addNotification,
    freshState,
    type GuardConfig,
    type GuardState,
    parseState,
    without,
} from "../../../cost/guard-state.ts";
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
import type { RequestWindows } from "../../../cost/spend.ts";
import { monthOf, stamp } from "../../../cost/time.ts";

/**
 * One run of the cost guard: look, decide, note what is to be done, do it, note what was done. A run that dies at any
 * point is gone on with by the next, and says nothing under a second id. What fails hides nothing else.
 *
 * @throws AggregateError at the end, with each part that failed, for the failures' queue and the alarm on it.
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
    const observations = await lookAround(ports, failures, campaign, requestsSince(known, now));
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
        // A schedule may start a run twice: who noted first acts, and whatever neither does is noted for the next run.
        ports.log({ did: "leave the work to a parallel run" });
        return;
    }

    const before = state;
    state = await act(ports, config, failures, state, observations);
    await failures.of("publish metrics", () => ports.publish(decided.gauges));
    if (state !== before) {
        await failures.of("store the state", async () => {
            const latest = await ports.readState();
            const later = latest.text === undefined ? undefined : parseState(latest.text);
            // A run that goes on from what was noted above knows more, and does the rest.
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
): Promise<Observations> {
    const { ranking: port } = ports;
    const [kept, requests, ranking, parked, solutions] = await Promise.all([
        campaign?.found && failures.of("read the campaign's tags", () => ports.kept()),
        failures.of("read the campaign's requests", () => ports.requests(since)),
        port && rankingObservations(port, failures, since),
        failures.of("read the parked flag", async () => ({ flag: await ports.parked() })),
        failures.of("list the solutions", () => ports.solutions()),
    ]);
    return { campaign, kept, requests, ranking, parked, solutions };
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

/** Does what the state says is to be done, the brake first; answers the state without what was. */
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
        // What is noted goes only when a look shows the campaign on its way out: an accepted deletion may yet fail.
        await failures.of("park the campaign", () => ports.park(parking.reason));
    }
    for (const notification of decided.notices) {
        const sent = await failures.of(`send the notification ${notification.key}`, async () => {
            const sent = sentNotification(notification, config);
            // First, because what was sent is not done again.
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
    /** What a part answers; undefined when it fails, which is logged and kept. */
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

/** The world as the cost guard meets it. Each call may fail; moments are milliseconds since 1970. */
export interface GuardPorts {
    now(): number;
    /** One line of JSON. */
    log(line: Readonly<Record<string, unknown>>): void;

    /** The stack's campaign; undefined where there is none. */
    campaign(): Promise<ObservedCampaign | undefined>;
    /** Whether the campaign carries the tag `keep`. */
    kept(): Promise<boolean>;
    /** Requests of the campaign by windows of five minutes, from that moment on. */
    requests(since: number): Promise<RequestWindows>;
    /** The same of the campaign that orders given films; undefined where the stack's config has none. */
    readonly ranking: Pick<GuardPorts, "campaign" | "requests"> | undefined;
    parked(): Promise<ObservedParking | undefined>;
    /** The solutions that carry the stack's tags. */
    solutions(): Promise<readonly ObservedSolution[]>;

    /** What the last run noted, and under which name; text is undefined before the first. `version` grows by 1 a note. */
    readState(): Promise<{ readonly text: string | undefined; readonly version: number; readonly name: string }>;
    /** Answers the version that this note has. */
    writeState(text: string): Promise<number>;

    /** Asks the campaign once, as nobody's user. */
    probe(): Promise<void>;
    /** Notes the campaign as parked and asks for its deletion, and the ranking campaign's. Done before: asks no second time. */
    park(reason: string): Promise<void>;
    deleteSolution(name: string): Promise<void>;
    /** Shows it to the viewers of the page, as long as there is no campaign; does nothing where there is no page. */
    show(notification: SentNotification): Promise<void>;
    notify(notification: SentNotification): Promise<void>;
    publish(gauges: Gauges): Promise<void>;
}
