import { setTimeout as sleep } from "node:timers/promises";
import { seededRandom } from "../lib/command.ts";
import type { ApiAnswer, ApiRequest, Call } from "./call.ts";

export interface LoadShape {
    readonly requests: number;
    readonly viewers: number;
    /** Exponent of Zipf's law: the n-th busiest viewer sends requests with weight 1 / n to this power. */
    readonly exponent: number;
    /** Share of requests that are events. */
    readonly events: number;
    readonly seed: number;
    /** Returns the viewer's id. Rank 0 is the busiest viewer. */
    readonly nameOf: (rank: number) => string;
}

export interface Asked {
    readonly kind: "list" | "event";
    readonly answer: ApiAnswer;
}

/** Returns a function that draws a rank from 0 to `count` - 1 by Zipf's law. */
export function zipf(count: number, exponent: number, random: () => number): () => number {
    const sums = new Float64Array(count);
    let sum = 0;
    for (let rank = 0; rank < count; rank++) {
        sum += (rank + 1) ** -exponent;
        sums[rank] = sum;
    }
    return () => {
        const drawn = random() * sum;
        let [low, high] = [0, count - 1];
        while (low < high) {
            const middle = (low + high) >> 1;
            if ((sums[middle] as number) > drawn) high = middle;
            else low = middle + 1;
        }
        return low;
    };
}

/**
 * Sends requests for viewers' lists, and a share of `events` that say that a viewer watched a film. Each request is
 * sent by the next free caller of `callers`, which stands for the next free Lambda process. After an event, the
 * viewer's requests contain the revision that the API returned, as the storefront's requests do. Calls `before` with
 * each request's number. Starts no further request after the signal `over` is aborted.
 */
export async function load(
    callers: readonly Call[],
    { requests, viewers, exponent, events, seed, nameOf }: LoadShape,
    before: (at: number) => void = () => {},
    over?: AbortSignal,
): Promise<Asked[]> {
    const random = seededRandom(seed);
    const draw = zipf(viewers, exponent, random);
    const revisions = new Map<string, number>();
    const timedCalls: Asked[] = [];
    let next = 0;

    async function work(call: Call): Promise<void> {
        while (next < requests && !over?.aborted) {
            before(next);
            next += 1;
            const viewer = nameOf(draw());
            if (random() < events) {
                const answer = await call(watchRequest(viewer, String(1 + Math.floor(random() * 200))));
                if (answer.status === 202) {
                    revisions.set(viewer, Math.max(answer.body.revision, revisions.get(viewer) ?? 0));
                }
                timedCalls.push({ kind: "event", answer: slim(answer) });
            } else {
                timedCalls.push({ kind: "list", answer: slim(await call(listRequest(viewer, revisions.get(viewer)))) });
            }
        }
    }

    await Promise.all(callers.map(work));
    return timedCalls;
}

/** Returns a call that first waits this number of milliseconds, and then sends the request. */
export const resting =
    (call: Call, milliseconds: number): Call =>
    async (request) => {
        await sleep(milliseconds);
        return await call(request);
    };

export const listRequest = (userId: string, since?: number): ApiRequest => ({
    method: "GET",
    resource: "/recommendations/{userId}",
    path: { userId },
    query: { numResults: "25", ...(since !== undefined && { since: String(since) }) },
});

const watchRequest = (userId: string, itemId: string): ApiRequest => ({
    method: "POST",
    resource: "/events",
    body: { userId, sessionId: `session-${userId}`, events: [{ eventType: "Watch", itemId }] },
});

/**
 * Returns only the parts of an answer that the bench counts. Fifty thousand complete answers would fill the memory of
 * the measured process.
 */
const slim = (answer: ApiAnswer): ApiAnswer => ({
    ...answer,
    body: { source: answer.body?.source, reason: answer.body?.reason },
});

/** Returns, for each viewer, the seconds from sending an event to the first answer with a changed list. */
export async function secondsToChange(
    callers: readonly Call[],
    viewers: readonly string[],
    mostSeconds = 10,
): Promise<number[]> {
    const seconds: number[] = [];
    for (const [at, viewer] of viewers.entries()) {
        // With several processes, send the event to one process and request the list from another.
        const [one, other] = [callers[at % callers.length], callers[(at + 1) % callers.length]] as [Call, Call];
        const idsOf = (items: readonly { itemId: string }[]) => items.map(({ itemId }) => itemId).join();
        const before = (await other(listRequest(viewer))).body;
        const begun = performance.now();
        const passed = () => (performance.now() - begun) / 1000;
        const { body } = await one(watchRequest(viewer, before.items[1].itemId));
        for (;;) {
            const after = (await other(listRequest(viewer, body.revision))).body;
            if (idsOf(after.items) !== idsOf(before.items) || passed() > mostSeconds) break;
            await sleep(50);
        }
        seconds.push(passed());
    }
    return seconds;
}

/** Returns viewer ids: a prefix, followed by consecutive numbers from `first`. */
export const createViewerIds = (prefix: string, count: number, first = 1): string[] =>
    Array.from({ length: count }, (_, at) => `${prefix}${first + at}`);
