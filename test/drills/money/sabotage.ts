import { runGuard } from "../../../app/functions/cost-guard/run-guard.ts";
import type { GuardRun } from "./month.ts";

/** Broken guards, which drill:money must detect. */
export const sabotages: Readonly<Record<string, () => GuardRun>> = {
    /** A guard that acts first, and stores its intent only afterwards. */
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
                // Delay the first write until `publish`, the last call of a run. So this sabotaged guard parks the
                // campaign before it has stored that it will do so.
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
    /** A guard that counts the requests of the stack's prefetch as use. */
    "counts-the-prefetch": () => (ports, config) => runGuard({ ...ports, prefetched: async () => new Map() }, config),
    "notifies-under-a-new-id": () => (ports, config) =>
        runGuard({ ...ports, notify: (one) => ports.notify({ ...one, id: `${one.id}/${ports.now()}` }) }, config),
};
