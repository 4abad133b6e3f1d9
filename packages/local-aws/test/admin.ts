import { setTimeout as sleep } from "node:timers/promises";
import { readJson } from "../../../test/support/json.ts";
import type { LoggedRequest } from "../../local-personalize/emulator.ts";
import type { Instance } from "../instance.ts";

/** Returns functions for the /_local endpoints of a local AWS. */
export function createAdmin({ port }: Pick<Instance, "port">) {
    async function ask<Answer extends object>(path: string, init: RequestInit = {}): Promise<Answer> {
        const response = await fetch(`http://127.0.0.1:${port}/_local/${path}`, init);
        const body = await readJson<Answer>(response);
        if (!response.ok) {
            throw new Error(`${path}: ${JSON.stringify(body)}`);
        }
        return body;
    }
    return {
        async requests(after = 0): Promise<readonly LoggedRequest[]> {
            return (await ask<{ requests: LoggedRequest[] }>(`requests?after=${after}`)).requests;
        },
        arm: (fault: object): Promise<object> => ask("faults", { method: "POST", body: JSON.stringify(fault) }),
        armed: async () => (await ask<{ faults: { seen: number; struck: number }[] }>("faults")).faults,
        /** Waits until the gateway has started and completed another round of the loop `loop`. */
        async rounds(loop: "alarms" | "serviceMetrics" | "budgets"): Promise<void> {
            const count = async () => (await ask<Record<string, number>>("rounds"))[loop] ?? 0;
            for (const enough = (await count()) + 2; (await count()) < enough; ) await sleep(50);
        },
        /**
         * Selects which of the documented forms Personalize's responses use, for values that AWS documents in two
         * forms.
         */
        forms: (body: "received" | "other"): Promise<object> => ask("forms", { method: "POST", body }),
        clear: (): Promise<object> => ask("faults", { method: "DELETE" }),
    };
}
