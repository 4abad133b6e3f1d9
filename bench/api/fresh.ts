import { setTimeout as sleep } from "node:timers/promises";
import type { Call } from "./call.ts";
import { listRequest, watchRequest } from "./load.ts";

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
        const idsOf = (films: readonly { itemId: string }[]) => films.map(({ itemId }) => itemId).join();
        const before = (await other(listRequest(viewer))).body;
        const begun = performance.now();
        const passed = () => (performance.now() - begun) / 1000;
        const { body } = await one(watchRequest(viewer, before.films[1].itemId));
        for (;;) {
            const after = (await other(listRequest(viewer, body.revision))).body;
            if (idsOf(after.films) !== idsOf(before.films) || passed() > mostSeconds) break;
            await sleep(50);
        }
        seconds.push(passed());
    }
    return seconds;
}

/** Returns viewer ids: a prefix, followed by consecutive numbers from `first`. */
export const createViewerIds = (prefix: string, count: number, first = 1): string[] =>
    Array.from({ length: count }, (_, at) => `${prefix}${first + at}`);
