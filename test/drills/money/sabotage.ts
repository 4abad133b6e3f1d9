import { runGuard } from "../../../app/functions/cost-guard/run-guard.ts";
import type { GuardRun } from "./month.ts";

/** Guards that are not as they should be, by which the drill shows that it sees such ones. */
export const sabotages: Readonly<Record<string, () => GuardRun>> = {
    /** Does at once what it decided, and notes it only when it is done. */
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
                // What is done last.
                async publish(gauges) {
                    if (held !== undefined) await ports.writeState(held);
                    await ports.publish(gauges);
                },
            },
            config,
        );
    },
    "brakes-an-hour-late": () => {
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
    /** Knows the first campaign alone. */
    "overlooks-the-ranking": () => (ports, config) => runGuard({ ...ports, ranking: undefined }, config),
    "says-it-under-a-new-name": () => (ports, config) =>
        runGuard({ ...ports, notify: (one) => ports.notify({ ...one, id: `${one.id}/${ports.now()}` }) }, config),
};
