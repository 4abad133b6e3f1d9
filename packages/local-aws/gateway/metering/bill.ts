import { join } from "node:path";
import type { Metered } from "local-personalize";
import { hasV2Billing } from "./cost.ts";
import { openLedger } from "./ledger.ts";
import { usageOf, windowMilliseconds } from "./usage.ts";
import { units } from "./usage-types.ts";

/** What AWS would bill for Amazon Personalize. */
export type Bill = ReturnType<typeof openBill>;

/** Opens the bill in a folder. `now` returns the time of the emulator, in epoch milliseconds. */
export function openBill(dataDir: string, now: () => number) {
    const ledger = openLedger(join(dataDir, "usage.sqlite"));
    return {
        /** Counts what the emulator reports. Each count is on disk before the call is answered. */
        count(metered: Metered): void {
            const { resource, at } = metered;
            if (metered.event === "called" && metered.status === 200) {
                const start = at - (at % windowMilliseconds);
                if (resource.kind !== "campaign") ledger.add(resource, "DataIngestion", start, metered.bytes);
                else ledger.add(resource, "RecommendationRequests", start, units.RecommendationRequests.counted / 1000);
            } else if (metered.event === "imported") {
                ledger.addJob(resource, "DataIngestion", at, metered.bytes);
            } else if (metered.event === "trained") {
                const { recipeArn, interactions, hours } = metered;
                if (hasV2Billing(recipeArn)) ledger.addJob(resource, "TrainingInteractions", at, interactions);
                else ledger.addJob(resource, "TrainingHours", at, Math.round(hours * units.TrainingHours.counted));
            } else if (metered.event === "provisioned") {
                const isV2 = hasV2Billing(metered.recipeArn);
                const measure = isV2 ? "RecommendationRequests" : "RecommendationTPSHours";
                ledger.provision(resource, at, metered.minProvisionedTPS, measure);
            }
        },
        /**
         * Returns the usage that AWS would bill, by resource and hour, oldest first. The hours are those that begin in
         * `[from, to)`, epoch milliseconds. Deleted resources are included; running ones are included up to now.
         */
        usage: (period: { from: number; to: number }) => usageOf(ledger.counts(period), ledger.periods(now()), period),
        now,
        close: ledger.close,
    };
}
