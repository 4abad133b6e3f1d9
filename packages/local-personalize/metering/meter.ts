import type { Speed, UsageRecord } from "../contract.ts";
import type { CampaignProperties, Deployment, Tag } from "../control/properties.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import { creationEnd, updateEnd } from "../control/states.ts";
import type { Resource, Store } from "../control/store.ts";
import { formatUsageType, units } from "./usage-types.ts";
import { type CampaignMeasure, chooseMeasure, clip, type Segment, toWindows, windowStart } from "./windows.ts";

const flushMilliseconds = 1000;
const hour = 3_600_000;

interface Asked {
    readonly campaign: Resource<object>;
    readonly measure: CampaignMeasure;
    readonly start: number;
    requests: number;
}

/**
 * Meters the usage that the service would bill. Requests and streamed bytes are counted in memory and written about
 * once a second and on close, so that a recommendation does not wait for the disk. kill -9 loses at most one second of
 * these counts. The capacity of campaigns is calculated from their stored state, so none of it is lost.
 */
export function createMeter({ store, speed, log }: { store: Store; speed: Speed; log(message: string): void }) {
    const { ledger, clock } = store;
    const requestsByCampaign = new Map<number, Asked>();
    const askedBefore: Asked[] = [];
    const streamed = new Map<number, { dataset: Resource<object>; time: number; bytes: number }>();

    /** Records a resource. If the resource still exists, also records its current tags. */
    const know = (resource: Resource<object>, more: readonly Tag[] = []) => {
        const { id, region, arn } = resource;
        if (store.find(region, arn)?.id !== id) ledger.knowGone({ id, region, arn });
        else ledger.know({ id, region, arn, tags: [...more, ...store.tags(id)] });
    };

    const flush = () => {
        if (requestsByCampaign.size === 0 && streamed.size === 0) return;
        store.transaction(() => {
            for (const { campaign, measure, start, requests } of [...askedBefore, ...requestsByCampaign.values()]) {
                know(campaign);
                ledger.addWindow(campaign.id, { measure, start, minimum: 0, requests });
            }
            for (const { dataset, time, bytes } of streamed.values()) {
                know(dataset);
                ledger.add(dataset.id, "DataIngestion", time, bytes);
            }
        });
        requestsByCampaign.clear();
        askedBefore.length = 0;
        streamed.clear();
    };

    /** Writes the counts, and the capacity of all campaigns up to `now`. */
    const settle = (now = clock.now()) => {
        store.transaction(() => {
            flush();
            for (const campaign of store.everywhere<CampaignProperties>("campaign")) {
                if (campaign.deletedAt !== null) continue;
                const recipeOf = (arn: string) =>
                    store.find<VersionProperties>(campaign.region, arn)?.properties.recipeArn;
                know(campaign);
                const until = ledger.until(campaign.id);
                const segments = clip(segmentsOf(campaign, speed, recipeOf), until, now);
                for (const window of toWindows(segments)) ledger.addWindow(campaign.id, window);
                ledger.settledUntil(campaign.id, Math.max(until, now));
            }
            ledger.closeWindows(now);
        });
    };

    const timer = setInterval(() => {
        try {
            flush();
        } catch (error) {
            log(`Usage could not be written: ${error instanceof Error ? error.stack : error}`);
        }
    }, flushMilliseconds).unref();

    return {
        /**
         * Writes all usage up to `now`. Call this before a campaign is changed or deleted, and before the clock is
         * moved.
         */
        settle,
        /** Counts a recommendation of a campaign. */
        recommended(campaign: Resource<object>, measure: CampaignMeasure, now: number): void {
            const start = windowStart(measure, now);
            const count = requestsByCampaign.get(campaign.id);
            if (count?.start === start && count.measure === measure) {
                count.requests++;
                return;
            }
            if (count) askedBefore.push(count);
            requestsByCampaign.set(campaign.id, { campaign, measure, start, requests: 1 });
        },
        /** Counts the bytes that PutEvents, PutItems or PutUsers added to a dataset. */
        streamed(dataset: Resource<object>, bytes: number, now: number): void {
            const count = streamed.get(dataset.id);
            if (count) count.bytes += bytes;
            else streamed.set(dataset.id, { dataset, time: now, bytes });
        },
        /** Records the bytes of an import, within the transaction that ends the job. */
        imported(job: Resource<object>, bytes: number): void {
            know(job);
            ledger.add(job.id, "DataIngestion", clock.now(), bytes);
        },
        /** Records a training with the tags of its version and solution, within the transaction that ends it. */
        trained(version: Resource<object>, used: { trainingHours: number } | { interactions: number }): void {
            const solution = store.find(version.region, version.parent ?? "");
            know(version, solution && store.tags(solution.id));
            const [measure, amount] =
                "interactions" in used
                    ? (["TrainingInteractions", used.interactions] as const)
                    : (["TrainingHours", Math.round(used.trainingHours * hour)] as const);
            ledger.add(version.id, measure, clock.now(), amount);
        },
        /** Returns the usage; see `Emulator.usage`. */
        usage({ from, to }: { from: number; to: number }): UsageRecord[] {
            settle();
            return ledger.between(from, to).map(({ region, arn, tags, measure, hour, amount }) => {
                const { unit, counted } = units[measure];
                return {
                    region,
                    measure,
                    usageType: formatUsageType(region, measure),
                    resourceArn: arn,
                    tags: Object.fromEntries(tags.map(({ tagKey, tagValue }) => [tagKey, tagValue])),
                    hour,
                    quantity: amount / counted,
                    unit,
                };
            });
        },
        close(): void {
            clearInterval(timer);
            settle();
        },
    };
}

export type Meter = ReturnType<typeof createMeter>;

/**
 * Returns the periods of a campaign's provisioned capacity: from ACTIVE to its last update, and from there without an
 * end. `recipeOf` returns the recipe of a solution version. Call `settle` before an update or a deletion changes the
 * campaign.
 */
function segmentsOf(
    campaign: Resource<CampaignProperties>,
    speed: Speed,
    recipeOf: (solutionVersionArn: string) => string | undefined,
): Segment[] {
    const { update, ...before } = campaign.properties;
    const active = campaign.failure === null ? creationEnd(campaign, speed) : Number.POSITIVE_INFINITY;
    const updated =
        update && update.failure === undefined
            ? updateEnd(campaign.kind, update.createdAt, speed)
            : Number.POSITIVE_INFINITY;
    const segment = ({ minProvisionedTPS, solutionVersionArn }: Deployment, from: number, to: number): Segment => ({
        from,
        to,
        minProvisionedTPS,
        measure: chooseMeasure(recipeOf(solutionVersionArn)),
    });
    return [
        segment(before, active, updated),
        ...(update ? [segment(update, updated, Number.POSITIVE_INFINITY)] : []),
    ].filter(({ from, to }) => from < to);
}
