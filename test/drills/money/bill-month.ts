import { join } from "node:path";
import { putEvent } from "../../support/events.ts";
import { startTestAws } from "../../support/local-aws.ts";
import { advance, ask, fine, metered } from "./metered.ts";

/** Estimated and metered costs of a month, US dollars, Personalize only. */
export interface BilledMonth {
    readonly recipe: string;
    /** The number of requests. */
    readonly requests: number;
    readonly estimatedUsd: number;
    readonly meteredUsd: number;
    /** The local Cost Explorer's cost of the usage. */
    readonly shownUsd: number;
    readonly quantities: ReadonlyMap<string, number>;
    readonly errorPercent: number;
    readonly seconds: number;
}

const hour = 3600;
const day = 24 * hour;

/**
 * Reads the preview's estimate for Personalize, US dollars: an idle month, a month with requests, and one import and
 * training.
 */
function saidBy(preview: string): { readonly idle: number; readonly busy: number; readonly once: number } {
    const amounts = (line: RegExp) => {
        const found = line.exec(preview)?.[0];
        if (found === undefined) throw new Error(`preview has no ${line}:\n${preview}`);
        // The estimate's sum uses the upper end of each range.
        return [...found.matchAll(/≈ (?:\$[\d.,]+ to )?(?:less than )?\$([\d.,]+)/g)].map(([, usd = ""]) =>
            Number(usd.replaceAll(",", "")),
        );
    };
    const [idle = Number.NaN, busy = Number.NaN] = amounts(/campaign, minimum \d+ TPS.*/);
    const [imported = Number.NaN] = amounts(/import .*/);
    const [training = Number.NaN] = amounts(/training, by .*/);
    return { idle, busy, once: imported + training };
}

/**
 * Creates a stack and simulates a calendar month that is mostly idle, with some hours at 2 requests a second, two
 * parked days and a second training. Compares Cost Explorer with the preview's estimate for the same days and requests.
 */
export async function billMonth(recipe: string, say: (line: string) => void): Promise<BilledMonth> {
    const begun = performance.now();
    const aws = await startTestAws();
    const configFile = join(aws.instance.dir, "workspace", `Pulumi.${aws.stack}.yaml`);
    const ofStack = async (name: string, ...args: string[]) =>
        fine(name, await aws.runbook(name, "--config-file", configFile, ...args));
    const tps = 2;
    const busyHours = 6;
    // The limit must allow the busy month, and the gate must accept any version: this drill does not check quality.
    const gate = { maximumNdcgDropPercent: 100, minimumNdcgOverPopularityPercent: -100 };
    const common = { recipe, eventTracker: true, guardMinutes: 60, monthlyLimitUsd: "100000", gate };
    try {
        await aws.configure({ ...common, expectedRequestsPerDay: tps * day });
        const said = saidBy((await fine("preview", await aws.engine("preview"))).stdout);
        await fine("up", await aws.engine("up"));
        const { campaignArn = "", eventTrackerId = "" } = await aws.outputs();

        const now = new Date(await advance(aws, 0));
        const start = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 1);
        const end = Date.UTC(now.getUTCFullYear(), now.getUTCMonth() + 2);
        let at = await advance(aws, (start - now.getTime()) / 1000);
        let requests = 0;
        const pass = async (seconds: number) => {
            at = await advance(aws, seconds);
        };
        await pass(9 * day);
        await pass(300 - ((at / 1000) % 300));
        for (let window = 0; window < (busyHours * hour) / 300; window += 1) {
            const before = performance.now();
            requests += await ask(aws, campaignArn, tps * 300);
            for (const itemId of ["1", "2"])
                await putEvent(aws, eventTrackerId, { userId: "22", itemId, sentAt: at / 1000 });
            // The elapsed time is part of the five minutes.
            await pass(Math.max(0, 300 - (performance.now() - before) / 1000));
        }
        say(`${recipe}: ${requests} requests in ${busyHours} hours of the month`);
        await pass(3 * day);
        await aws.writeInteractions(2);
        await ofStack("retrain");
        await pass(3 * day);
        await ofStack("park", "--yes");
        await pass(2 * day);
        await ofStack("resume", "--yes");
        await pass((end - at) / 1000 + hour);

        const { usd, shownUsd, quantities } = await metered(aws, start, end);
        const months = (seconds: number) => seconds / hour / 730;
        const there = (end - start) / 1000 - 2 * day;
        const estimatedUsd =
            said.idle * months(there - busyHours * hour) + said.busy * months(busyHours * hour) + said.once;
        return {
            recipe,
            requests,
            estimatedUsd,
            meteredUsd: usd,
            shownUsd,
            quantities,
            errorPercent: (100 * Math.abs(estimatedUsd - usd)) / usd,
            seconds: (performance.now() - begun) / 1000,
        };
    } finally {
        await aws.stop();
    }
}
