import { join } from "node:path";
import { putEvent } from "../../support/events.ts";
import { startTestAws } from "../../support/local-aws.ts";
import { advance, ask, fine, metered } from "./metered.ts";

/** Estimated and metered cost of Personalize in one month, in US dollars. */
export interface BilledMonth {
    readonly recipe: string;
    /** Number of recommendation requests in the month. */
    readonly requests: number;
    readonly estimatedUsd: number;
    readonly meteredUsd: number;
    /** The cost that the local Cost Explorer returns. */
    readonly shownUsd: number;
    readonly quantities: ReadonlyMap<string, number>;
    readonly errorPercent: number;
    readonly seconds: number;
}

const hour = 3600;
const day = 24 * hour;

/**
 * Reads estimates in US dollars from preview's output: a month of an idle campaign, a month with the expected requests,
 * and one import with one training.
 */
function saidBy(preview: string): { readonly idle: number; readonly busy: number; readonly once: number } {
    const amounts = (line: RegExp) => {
        const matchedLine = line.exec(preview)?.[0];
        if (matchedLine === undefined) throw new Error(`preview's output has no line ${line}:\n${preview}`);
        // If preview shows a range of costs, use the upper end of the range.
        return [...matchedLine.matchAll(/≈ (?:\$[\d.,]+ to )?(?:less than )?\$([\d.,]+)/g)].map(([, usd = ""]) =>
            Number(usd.replaceAll(",", "")),
        );
    };
    const [idle = Number.NaN, busy = Number.NaN] = amounts(/campaign, minimum \d+ TPS.*/);
    const [imported = Number.NaN] = amounts(/import .*/);
    const [training = Number.NaN] = amounts(/training, by .*/);
    return { idle, busy, once: imported + training };
}

/**
 * Deploys a stack and simulates a calendar month: mostly without requests, with six hours at 2 requests per second, a
 * second training, and two days without a campaign (parked). Compares the metered cost with preview's estimate for the
 * same hours and requests.
 */
export async function billMonth(recipe: string, say: (line: string) => void): Promise<BilledMonth> {
    const begun = performance.now();
    const aws = await startTestAws();
    const configFile = join(aws.instance.dir, "workspace", `Pulumi.${aws.stack}.yaml`);
    const ofStack = async (name: string, ...args: string[]) =>
        fine(name, await aws.runbook(name, "--config-file", configFile, ...args));
    const tps = 2;
    const busyHours = 6;
    // Set a limit that the month does not reach, and let the quality gate accept every version.
    const gate = { maximumNdcgDropPercent: 100, minimumNdcgOverPopularityPercent: -100 };
    const common = { recipe, eventTracker: true, guardMinutes: 60, monthlyLimitUsd: "100000", gate };
    try {
        await aws.configure({ ...common, expectedRequestsPerDay: tps * day });
        const predicted = saidBy((await fine("preview", await aws.engine("preview"))).stdout);
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
            // The five minutes include the time that the requests took, so pass only the rest.
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
            predicted.idle * months(there - busyHours * hour) +
            predicted.busy * months(busyHours * hour) +
            predicted.once;
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
