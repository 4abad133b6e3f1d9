import type { EmulatorRequest, Meter, MeteredResource, Speed } from "../contract.ts";
import type { AttributedValue } from "../events/attribution.ts";
import { toRecord } from "../wire/validate.ts";
import { findDataset } from "./datasets.ts";
import { findTracker } from "./event-trackers.ts";
import type { AttributionProperties } from "./metric-attributions.ts";
import type { CampaignProperties } from "./properties.ts";
import type { VersionProperties } from "./solution-versions.ts";
import { creationDurations, creationEnd, type Kind, updateEnd } from "./states.ts";
import type { Resource, Store } from "./store.ts";

/** The runtime operations that the emulator answers. */
const metered = /^(GetRecommendations|GetPersonalizedRanking|Put(Events|Items|Users))$/;

/** The kinds of jobs that the meter gets. */
const meteredJobs: readonly Kind[] = ["dataset-import-job", "solution-version"];

/** Reports calls, jobs, campaigns and attributed events to the meter of the host. */
export function createMetering(store: Store, speed: Speed, meter: Meter) {
    const { clock } = store;

    /** Describes a resource with its current tags. `arns` are the ARNs of the resources that it belongs to. */
    const describe = (resource: Resource<object>, arns: MeteredResource["arns"]): MeteredResource => {
        const { id, kind, region, arn, parent } = resource;
        const solution = kind === "solution-version" ? store.find(region, parent ?? "") : undefined;
        const tags = [solution?.id ?? 0, id].flatMap((tagged) => store.tags(tagged));
        const byKey = Object.fromEntries(tags.map(({ tagKey, tagValue }) => [tagKey, tagValue]));
        return { id, kind, region, arn, arns, tags: byKey };
    };

    // A runtime call does not wait for SQLite: the subjects are read again only after a change of the store.
    const subjects = new Map<string, MeteredResource>();
    let seen = store.changes();
    const subjectOf = (region: string, input: Record<string, unknown>): MeteredResource | undefined => {
        if (seen !== store.changes()) subjects.clear();
        seen = store.changes();
        const key = JSON.stringify([region, input.campaignArn, input.datasetArn, input.trackingId]);
        const subject = subjects.get(key) ?? readSubject(region, input);
        if (subject) subjects.set(key, subject);
        return subject;
    };

    /** Returns the campaign, the dataset, or the dataset of the event tracker that a runtime call names. */
    const readSubject = (region: string, input: Record<string, unknown>): MeteredResource | undefined => {
        const { campaignArn, datasetArn, trackingId } = input;
        const named = store.find(region, String(campaignArn ?? datasetArn));
        if (named?.kind === "campaign") return describe(named, { CampaignArn: named.arn });
        const tracker = findTracker(store, region, trackingId);
        const dataset = tracker ? findDataset(store, region, tracker.parent ?? "", "INTERACTIONS") : named;
        if (dataset?.kind !== "dataset") return undefined;
        const arns = { DatasetGroupArn: dataset.parent ?? "", DatasetArn: dataset.arn };
        return describe(dataset, { ...arns, ...(tracker && { EventTrackerArn: tracker.arn }) });
    };

    const describeJob = (job: Resource<object>): MeteredResource => {
        const { kind, region, arn, parent } = job;
        if (kind === "solution-version") return describe(job, { SolutionArn: parent ?? "", SolutionVersionArn: arn });
        const DatasetGroupArn = store.find(region, parent ?? "")?.parent ?? "";
        return describe(job, { DatasetGroupArn, DatasetArn: parent ?? "", DatasetImportJobArn: arn });
    };

    return {
        /** Reports an answered call for a resource that exists. */
        called({ operation, region, body }: EmulatorRequest, status: number, milliseconds: number): void {
            const input = toRecord(body);
            const resource = metered.test(operation) ? subjectOf(region, input) : undefined;
            if (!resource) return;
            const sent = input.eventList ?? input.items ?? input.users;
            const bytes = sent === undefined ? 0 : Buffer.byteLength(JSON.stringify(sent));
            meter({ event: "called", resource, at: clock.now(), operation, status, milliseconds, bytes });
        },
        /** Reports the start of an import or training. */
        started(job: Resource<object>): void {
            if (meteredJobs.includes(job.kind))
                meter({ event: "started", resource: describeJob(job), at: clock.now() });
        },
        /** Reports the end of an import or training, within the transaction that stores it. */
        ended(job: Resource): void {
            if (!meteredJobs.includes(job.kind)) return;
            const began = job.createdAt + creationDurations(job.kind, speed).pending;
            const at = clock.now();
            const ended = { resource: describeJob(job), at, milliseconds: creationEnd(job, speed) - began };
            const { bytes, recipeArn, considered, trainingHours } = job.properties;
            if (job.failure !== null) meter({ event: "failed", ...ended });
            else if (job.kind === "dataset-import-job") meter({ event: "imported", ...ended, bytes: Number(bytes) });
            else {
                const training = { hours: Number(trainingHours), interactions: Number(considered) };
                meter({ event: "trained", ...ended, ...training, recipeArn: String(recipeArn) });
            }
        },
        /** Reports the capacities of all campaigns, with their tags. */
        provisioned(): void {
            for (const campaign of store.everywhere<CampaignProperties>("campaign")) {
                const resource = describe(campaign, { CampaignArn: campaign.arn });
                for (const { since, minProvisionedTPS, solutionVersionArn } of capacitiesOf(campaign, speed)) {
                    const version = store.find<VersionProperties>(campaign.region, solutionVersionArn);
                    const { recipeArn = "" } = version?.properties ?? {};
                    meter({ event: "provisioned", resource, at: since, minProvisionedTPS, recipeArn });
                }
            }
        },
        /** Reports the values of events for the metrics of a metric attribution. */
        attributed(attribution: Resource<AttributionProperties>, values: readonly AttributedValue[]): void {
            const resource = describe(attribution, { DatasetGroupArn: attribution.parent ?? "" });
            for (const { metricName, source, value, timestamp } of values) {
                meter({ event: "attributed", resource, at: timestamp * 1000, metricName, source, value });
            }
        },
    };
}

/**
 * Returns the capacities that a campaign has by its stored state, each with its start (epoch milliseconds), which may be
 * in the future: of its creation, of its last update, and none after its deletion.
 */
function capacitiesOf(
    { kind, properties, deletedAt, failure, ...campaign }: Resource<CampaignProperties>,
    speed: Speed,
) {
    const { update, ...before } = properties;
    const end = deletedAt ?? Number.MAX_SAFE_INTEGER;
    return [
        ...(failure === null ? [{ ...before, since: creationEnd({ kind, ...campaign }, speed) }] : []),
        ...(update && update.failure === undefined
            ? [{ ...update, since: updateEnd(kind, update.createdAt, speed) }]
            : []),
        ...(deletedAt === null ? [] : [{ ...before, minProvisionedTPS: 0, since: deletedAt }]),
    ].filter(({ since }) => since <= end);
}
