import type { EmulatorRequest, MetricValues, Speed, UsageRecord } from "../contract.ts";
import { findDataset } from "../control/datasets.ts";
import type { EventTrackerProperties } from "../control/event-trackers.ts";
import type { CampaignProperties } from "../control/properties.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import { creationDurations, creationEnd, type Kind, updateEnd } from "../control/states.ts";
import type { Resource, Store } from "../control/store.ts";
import { toRecord } from "../wire/validate.ts";
import { hasV2Billing } from "./cost.ts";
import { usageOf, windowMilliseconds } from "./usage.ts";
import { type Measure, units } from "./usage-types.ts";

const flushMilliseconds = 1000;
const minuteMilliseconds = 60_000;

/** Minimum milliseconds between two reads of a metric, to limit the number of values to publish. */
const restMilliseconds = 5000;

type Series = Pick<MetricValues, "region" | "name" | "unit" | "dimensions">;

/** The runtime operations that the emulator answers. */
const counted = /^(GetRecommendations|GetPersonalizedRanking|Put(Events|Items|Users))$/;

/** The kinds of jobs that are counted. */
const countedKinds: readonly Kind[] = ["dataset-import-job", "solution-version"];

export type Meter = ReturnType<typeof createMeter>;

/**
 * Counts each call and each job once, for the bill and for the service's CloudWatch metrics. The counts of calls are in
 * memory, so that a recommendation does not wait for the disk. Those of the bill are written about once a second and on
 * close: kill -9 loses at most one second of them. The capacity of campaigns is calculated from their stored state, so
 * none of it is lost.
 */
export function createMeter({ store, speed, log }: { store: Store; speed: Speed; log(message: string): void }) {
    const { ledger, clock } = store;
    /** Counted usage that is not in the ledger yet. */
    const unwritten = new Map<string, Parameters<typeof write>>();
    const { add, take } = collectMetrics(clock);

    /**
     * Writes usage to the ledger. If the resource still exists, also records its current tags: those of a solution version
     * include those of its solution.
     */
    const write = (resource: Resource<object>, measure: Measure, start: number, amount: number) => {
        const { id, kind, region, arn, parent } = resource;
        const solution = kind === "solution-version" ? store.find(region, parent ?? "") : undefined;
        const tags = [solution?.id ?? 0, id].flatMap((tagged) => store.tags(tagged));
        ledger.know(resource, store.find(region, arn)?.id === id ? tags : undefined);
        ledger.add(id, measure, start, amount);
    };

    const flush = () => {
        if (unwritten.size === 0) return;
        store.transaction(() => {
            for (const count of unwritten.values()) write(...count);
        });
        unwritten.clear();
    };

    /** Writes the counts, and the capacity of all campaigns until now. */
    const settle = () => {
        flush();
        store.transaction(() => {
            for (const campaign of store.everywhere<CampaignProperties>("campaign")) {
                ledger.know(campaign, store.tags(campaign.id));
                for (const { since, minProvisionedTPS, solutionVersionArn } of capacitiesOf(campaign, speed)) {
                    if (since > Math.min(clock.now(), campaign.deletedAt ?? since)) continue;
                    const version = store.find<VersionProperties>(campaign.region, solutionVersionArn);
                    const isV2 = hasV2Billing(version?.properties.recipeArn);
                    const measure = isV2 ? "RecommendationRequests" : "RecommendationTPSHours";
                    ledger.provision(campaign.id, since, minProvisionedTPS, measure);
                }
            }
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
        add,
        settle,
        /**
         * Counts a runtime call: for the bill, and for the metrics of successful calls, of their latency, and of errors.
         * The error metrics have a value for each call, 1 for an error and otherwise 0 (developer guide, "CloudWatch
         * metrics"). Calls for a resource that does not exist are not counted.
         */
        observe({ operation, region, body }: EmulatorRequest, status: number, milliseconds: number): void {
            const input = toRecord(body);
            const subject = counted.test(operation) ? subjectOf(store, region, input) : undefined;
            if (!subject) return;
            const { resource, dimensions } = subject;
            const count = (name: string, value: number, unit: MetricValues["unit"] = "Count") =>
                add({ region, name, unit, dimensions }, value);
            count(`${operation}4xxErrors`, status >= 400 && status < 500 ? 1 : 0);
            count(`${operation}5xxErrors`, status >= 500 ? 1 : 0);
            if (status !== 200) return;
            count(operation.startsWith("Put") ? `${operation}Requests` : operation, 1);
            // AWS's name of the latency of PutEvents has no s.
            count(`${operation.replace("Events", "Event")}Latency`, milliseconds, "Milliseconds");
            const now = clock.now();
            const start = now - (now % windowMilliseconds);
            const [measure, amount] =
                resource.kind === "campaign"
                    ? (["RecommendationRequests", units.RecommendationRequests.counted / 1000] as const)
                    : (["DataIngestion", bytesOf(input.eventList ?? input.items ?? input.users)] as const);
            const key = `${resource.id} ${start}`;
            unwritten.set(key, [resource, measure, start, amount + (unwritten.get(key)?.[3] ?? 0)]);
        },
        /** Counts the start of an import or training for the metrics. */
        begun(job: Resource<object>): void {
            if (countedKinds.includes(job.kind)) add(jobSeries(store, job, "Requests"), 1);
        },
        /** Counts an import or training, within the transaction that ends the job. */
        ended(job: Resource): void {
            if (!countedKinds.includes(job.kind)) return;
            add(jobSeries(store, job, "Error"), job.failure === null ? 0 : 1);
            if (job.failure !== null) return;
            const started = job.createdAt + creationDurations(job.kind, speed).pending;
            add(jobSeries(store, job, "ExecutionTime", "Seconds"), (creationEnd(job, speed) - started) / 1000);
            const { bytes, recipeArn, considered, trainingHours } = job.properties;
            const [now, hours] = [clock.now(), Math.round(Number(trainingHours) * units.TrainingHours.counted)];
            if (job.kind === "dataset-import-job") {
                add({ ...jobSeries(store, job, "", "Bytes"), name: "DatasetSize" }, Number(bytes));
                write(job, "DataIngestion", now, Number(bytes));
            } else if (hasV2Billing(String(recipeArn))) write(job, "TrainingInteractions", now, Number(considered));
            else write(job, "TrainingHours", now, hours);
        },
        take,
        /** Returns the usage; see `Emulator.usage`. */
        usage(period: { from: number; to: number }): UsageRecord[] {
            settle();
            return usageOf(ledger.counts(period), ledger.periods(clock.now()), period);
        },
        close(): void {
            clearInterval(timer);
            settle();
        },
    };
}

/** Collects the values of the service's metrics in memory. */
function collectMetrics(clock: Store["clock"]) {
    const collected = new Map<string, MetricValues>();
    const takenAt = new Map<string, number>();
    return {
        /** Adds a value to a metric in the minute of `time`. */
        add(series: Series, value: number, time = clock.now()): void {
            const minute = time - (time % minuteMilliseconds);
            const key = `${minute} ${nameOf(series)}`;
            const values = collected.get(key) ?? {
                ...series,
                minute,
                count: 0,
                sum: 0,
                minimum: value,
                maximum: value,
            };
            values.count++;
            values.sum += value;
            values.minimum = Math.min(values.minimum, value);
            values.maximum = Math.max(values.maximum, value);
            collected.set(key, values);
        },
        /** Returns and removes the values; see `Emulator.takeMetrics`. */
        take({ all = false } = {}): MetricValues[] {
            const now = performance.now();
            const isResting = (values: MetricValues) =>
                now - (takenAt.get(nameOf(values)) ?? -restMilliseconds) < restMilliseconds;
            const taken = [...collected].filter(([, values]) => all || !isResting(values));
            for (const [key, values] of taken) {
                collected.delete(key);
                takenAt.set(nameOf(values), now);
            }
            return taken.map(([, values]) => values);
        },
    };
}

const nameOf = ({ region, name, dimensions }: Series) => `${region} ${name} ${Object.values(dimensions).join(" ")}`;

const bytesOf = (sent: unknown) => Buffer.byteLength(JSON.stringify(sent));

/**
 * Returns the campaign, the dataset, or the dataset of the event tracker that a runtime call names, with the dimensions of
 * its metrics.
 */
function subjectOf(store: Store, region: string, input: Record<string, unknown>) {
    const { campaignArn, datasetArn, trackingId } = input;
    const resource = store.find(region, String(campaignArn ?? datasetArn));
    if (resource?.kind === "campaign") return { resource, dimensions: { CampaignArn: resource.arn } };
    if (resource?.kind === "dataset") {
        return { resource, dimensions: { DatasetGroupArn: resource.parent ?? "", DatasetArn: resource.arn } };
    }
    const tracker = store
        .list<EventTrackerProperties>("event-tracker", region)
        .find(({ properties }) => properties.trackingId === trackingId);
    const DatasetGroupArn = tracker?.parent ?? "";
    const dataset = tracker && findDataset(store, region, DatasetGroupArn, "INTERACTIONS");
    return (
        dataset && {
            resource: dataset,
            dimensions: { DatasetGroupArn, DatasetArn: dataset.arn, EventTrackerArn: tracker.arn },
        }
    );
}

/** Returns a metric of an import or training. */
function jobSeries(store: Store, job: Resource<object>, name: string, unit: MetricValues["unit"] = "Count"): Series {
    const { region, arn, parent } = job;
    if (job.kind === "solution-version") {
        const dimensions = { SolutionArn: parent ?? "", SolutionVersionArn: arn };
        return { region, name: `SolutionTrainingJob${name}`, unit, dimensions };
    }
    const DatasetGroupArn = store.find(region, parent ?? "")?.parent ?? "";
    const dimensions = { DatasetGroupArn, DatasetArn: parent ?? "", DatasetImportJobArn: arn };
    return { region, name: `DatasetImportJob${name}`, unit, dimensions };
}

/**
 * Returns the capacities that a campaign has by its stored state, each with its start (epoch milliseconds): of its
 * creation, of its last update, and none after its deletion.
 */
function capacitiesOf(
    { kind, properties, deletedAt, failure, ...campaign }: Resource<CampaignProperties>,
    speed: Speed,
) {
    const { update, ...before } = properties;
    return [
        ...(failure === null ? [{ ...before, since: creationEnd({ kind, ...campaign }, speed) }] : []),
        ...(update && update.failure === undefined
            ? [{ ...update, since: updateEnd(kind, update.createdAt, speed) }]
            : []),
        ...(deletedAt === null ? [] : [{ ...before, minProvisionedTPS: 0, since: deletedAt }]),
    ];
}
