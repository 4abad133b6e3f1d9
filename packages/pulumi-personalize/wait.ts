import { formatError } from "terminal-text";
import type { Advice } from "./advice.ts";
import { isDeadEnd, isSettled } from "./diff.ts";
import { isTransient } from "./errors.ts";
import type { ClientOf, Description } from "./resource.ts";

/** The clients, texts, clock and log that the lifecycle of every resource kind uses. */
export interface LifecycleDeps extends WaitDeps {
    readonly client: ClientOf;
    readonly advice: Advice;
}

/** Clock, log and random numbers of a wait. Tests replace them, so that hours of waiting take no time. */
export interface WaitDeps {
    sleep(seconds: number): Promise<void>;
    /** Returns the seconds since any fixed moment. */
    now(): number;
    log(message: string): void;
    /** Throws if the engine that records the results has stopped. */
    assertEngineAlive(): Promise<void>;
    random(): number;
}

export interface WaitPlan {
    /** The name of the resource in progress lines and errors. */
    readonly what: string;
    readonly usual: string;
    readonly pollSeconds: number;
    readonly deadlineMinutes: number;
    /** Instruction for the operator after the deadline. */
    readonly goOn: string;
}

export type Verdict<T> = { readonly done: T } | { readonly state: string } | { readonly failed: string };

const heartbeatSeconds = 60;
const longestBackoff = 8;

/**
 * Polls until `judge` decides, every `pollSeconds` with a jitter of 10 %. Continues after throttling, and after
 * failures of the service or the network. Each consecutive failure doubles the pause, up to eight times `pollSeconds`.
 *
 * @throws Error if the resource failed, or after the deadline; the message contains the next step
 */
export async function waitFor<L, T>(
    deps: WaitDeps,
    plan: WaitPlan,
    poll: () => Promise<L>,
    judge: (polled: L) => Verdict<T>,
): Promise<T> {
    const start = deps.now();
    let reportedState = "";
    let saidAt = start;
    let backoff = 1;
    for (;;) {
        await deps.assertEngineAlive();
        const verdict = await attempt(poll, judge);
        if ("done" in verdict) return verdict.done;
        if ("failed" in verdict) throw new Error(`${plan.what}: ${verdict.failed}`);
        const elapsed = deps.now() - start;
        if (elapsed > plan.deadlineMinutes * 60) {
            throw new Error(`${plan.what} is still ${verdict.state} after ${duration(elapsed)}. ${plan.goOn}`);
        }
        if (verdict.state !== reportedState || deps.now() - saidAt >= heartbeatSeconds) {
            // After a minute, operators may want to interrupt the wait, so the message adds what Ctrl-C does.
            const hint = elapsed >= heartbeatSeconds ? `. Ctrl-C twice ends this wait. ${plan.goOn}` : "";
            deps.log(`${plan.what}: ${verdict.state}, ${duration(elapsed)} (usually ${plan.usual})${hint}`);
            reportedState = verdict.state;
            saidAt = deps.now();
        }
        backoff = "unanswered" in verdict ? Math.min(2 * backoff, longestBackoff) : 1;
        await deps.sleep(backoff * pause(deps, plan.pollSeconds));
    }
}

/**
 * Returns the seconds until the next poll: `pollSeconds` with a jitter of 10 %, so that parallel waits do not poll at
 * the same time.
 */
export const pause = (deps: Pick<WaitDeps, "random">, pollSeconds: number) => pollSeconds * (0.9 + 0.2 * deps.random());

async function attempt<L, T>(
    poll: () => Promise<L>,
    judge: (polled: L) => Verdict<T>,
): Promise<Verdict<T> | { state: string; unanswered: true }> {
    try {
        return judge(await poll());
    } catch (error) {
        if (!isTransient(error)) throw error;
        return { state: `no answer (${formatError(error)})`, unanswered: true };
    }
}

/** Formats seconds for people: `95` → `1 min 35 s`. */
export function duration(seconds: number): string {
    const whole = Math.round(seconds);
    if (whole < 60) return `${whole} s`;
    const hours = Math.floor(whole / 3600);
    const minutes = Math.floor((whole % 3600) / 60);
    return hours > 0 ? `${hours} h ${minutes} min` : `${minutes} min ${whole % 60} s`;
}

const minutesOfUnit: Readonly<Record<string, number>> = { s: 1 / 60, m: 1, h: 60, d: 1440 };

/**
 * Returns the minutes of a duration of Pulumi's option `customTimeouts`, such as `1h30m`, `90s` or `1d`.
 * @throws Error if it is not a duration
 */
export function minutesOf(duration: string): number {
    const parts = [...duration.matchAll(/(\d+(?:\.\d+)?)([smhd])/gy)];
    if (duration === "" || parts.map(([part]) => part).join("") !== duration) {
        throw new Error(`customTimeouts contains "${duration}", which is not a duration such as 30m or 1h30m`);
    }
    return parts.reduce((sum, [, count, unit = ""]) => sum + Number(count) * (minutesOfUnit[unit] ?? 0), 0);
}

/** Checks whether an update with this status still changes its resource. */
export const isUnderWay = (status: string) => /PENDING|IN_PROGRESS/.test(status);

/**
 * Returns whether a resource is ready, failed or still changing. After a failed update it is ready, with its previous
 * properties.
 */
export function verdictOn(description: Description): Verdict<Description> {
    if (isDeadEnd(description.status)) {
        return {
            failed: `${description.status}. Reason from Personalize: ${description.failureReason ?? "none given"}`,
        };
    }
    if (!isSettled(description.status)) return { state: description.status };
    return description.update && isUnderWay(description.update.status)
        ? { state: `UPDATE ${description.update.status}` }
        : { done: description };
}
