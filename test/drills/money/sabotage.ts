import { runGuard } from "../../../app/functions/cost-guard/run-guard.ts";
import type { GuardRun } from "./month.ts";

/** Faulty guards that the drill must detect. */
export const sabotages: Readonly<Record<string, () => GuardRun>> = {
    /** Acts first and records the intent afterwards. */
    "forgets-intent": () => (ports, config) => {
        let held: string | undefined;
        let first = true;
        return runGuard(
            {
                ...ports,
                async writeState(text) {
                    if (!first) return ports.writeState(text);
                    [first, held] = [false, text];
                    return (await ports.readState()).version + 1;
                },
                // The last interface that a run calls.
                async publish(gauges) {
                    if (held !== undefined) await ports.writeState(held);
                    await ports.publish(gauges);
                },
            },
            config,
        );
    },
    "parks-an-hour-late": () => {
        let wanted: number | undefined;
        return (ports, config) =>
            runGuard(
                {
                    ...ports,
                    async park(reason) {
                        wanted ??= ports.now();
                        if (ports.now() - wanted < 3_600_000) return;
                        wanted = undefined;
                        await ports.park(reason);
                    },
                },
                config,
            );
    },
    /** Ignores the ranking campaign. */
    "overlooks-the-ranking": () => (ports, config) => runGuard({ ...ports, ranking: undefined }, config),
    /** Counts the stack's prefetch requests as use. */
    "counts-the-prefetch": () => (ports, config) => runGuard({ ...ports, prefetched: async () => new Map() }, config),
    "notifies-under-a-new-id": () => (ports, config) =>
        runGuard({ ...ports, notify: (one) => ports.notify({ ...one, id: `${one.id}/${ports.now()}` }) }, config),
};
