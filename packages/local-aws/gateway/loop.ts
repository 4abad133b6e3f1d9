import { setTimeout as sleep } from "node:timers/promises";
import { createClientSettings, type MiniStackAddress } from "./ministack.ts";

/** Settings of the AWS clients with which the gateway's loops call MiniStack directly, as the account's root user. */
export const createLoopSettings = (miniStack: MiniStackAddress) => ({
    ...createClientSettings(miniStack),
    // One attempt is enough, because the gateway's loop repeats its work. A suspended MiniStack must not block the
    // loop.
    maxAttempts: 1,
    requestHandler: { requestTimeout: 5000, throwOnRequestTimeout: true },
});

/**
 * Calls `work` again and again, with a pause of `milliseconds` between two calls, until stopped. A failure does not end
 * the loop. A failure is reported once, and again if its message changes.
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
    const running = run();
    return {
        /** Returns the number of completed calls of `work`, including failed calls. */
        rounds: () => rounds,
        /** Ends the loop after the current call of `work`. */
        async stop(): Promise<void> {
            abort.abort();
            await running;
        },
    };
}

/** Returns MiniStack clients by region, created at their first use. */
export function clientsByRegion<C extends { destroy(): void }>(
    miniStack: MiniStackAddress,
    make: (settings: ReturnType<typeof createLoopSettings> & { readonly region: string }) => C,
) {
    const clients = new Map<string, C>();
    return {
        of(region: string): C {
            const client = clients.get(region) ?? make({ ...createLoopSettings(miniStack), region });
            clients.set(region, client);
            return client;
        },
        regions: () => [...clients.keys()],
        destroy(): void {
            for (const client of clients.values()) client.destroy();
        },
    };
}
