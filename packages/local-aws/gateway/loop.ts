import { setTimeout as sleep } from "node:timers/promises";
import { type MiniStackAddress, settingsOf } from "./ministack.ts";

/** Settings with which the gateway's loops call MiniStack: on its own port, as the account itself. */
export const endpointOf = (miniStack: MiniStackAddress) => ({
    ...settingsOf(miniStack),
    // A loop tries again by itself, and must not wait for a MiniStack that hangs.
    maxAttempts: 1,
    requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true },
});

/**
 * Repeats a work until it is stopped, with this many milliseconds between an end and the next beginning. A failure does
 * not end the loop; it is reported once, and again when its reason changes.
 */
export function every(milliseconds: number, work: () => Promise<void>, failed: (error: Error) => void) {
    const abort = new AbortController();
    let rounds = 0;
    const run = async () => {
        let reported = "";
        while (!abort.signal.aborted) {
            try {
                await work();
                reported = "";
            } catch (thrown) {
                const error = thrown instanceof Error ? thrown : new Error(String(thrown));
                if (error.message !== reported && !abort.signal.aborted) failed(error);
                reported = error.message;
            }
            rounds += 1;
            await sleep(milliseconds, undefined, { ref: false, signal: abort.signal }).catch(() => {});
        }
    };
    const ended = run();
    return {
        /** Number of times that the work has ended, well or not. */
        rounds: () => rounds,
        /** Waits until the work in progress has ended. */
        async stop(): Promise<void> {
            abort.abort();
            await ended;
        },
    };
}

/** Clients of MiniStack by region, made at their first use. */
export function clientsByRegion<C extends { destroy(): void }>(
    miniStack: MiniStackAddress,
    make: (settings: ReturnType<typeof endpointOf> & { readonly region: string }) => C,
) {
    const clients = new Map<string, C>();
    return {
        of(region: string): C {
            const client = clients.get(region) ?? make({ ...endpointOf(miniStack), region });
            clients.set(region, client);
            return client;
        },
        regions: () => [...clients.keys()],
        destroy(): void {
            for (const client of clients.values()) client.destroy();
        },
    };
}
