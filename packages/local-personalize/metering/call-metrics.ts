import type { EmulatorRequest } from "../contract.ts";
import type { EventTrackerProperties } from "../control/event-trackers.ts";
import { datasetOf } from "../control/group-datasets.ts";
import type { Store } from "../control/store.ts";
import type { ServiceMetrics } from "./service-metrics.ts";

/** The metric of the calls, the prefix of their error metrics, and the metric of their latency. */
interface Names {
    readonly calls: string;
    readonly errors: string;
    readonly latency: string;
}

/** Reference sheet, section 9: AWS's own names; PutEventLatency also has no s there. */
const names: Readonly<Record<string, Names>> = {
    GetRecommendations: of("GetRecommendations", "GetRecommendations"),
    GetPersonalizedRanking: of("GetPersonalizedRanking", "GetPersonalizedRanking"),
    PutEvents: { ...of("PutEventsRequests", "PutEvents"), latency: "PutEventLatency" },
    PutItems: of("PutItemsRequests", "PutItems"),
    PutUsers: of("PutUsersRequests", "PutUsers"),
};

function of(calls: string, errors: string): Names {
    return { calls, errors, latency: `${errors}Latency` };
}

/**
 * Counts calls at runtime like the service's metrics: each call, each error as a 1 among 0s, and the latency of
 * successful answers. Calls about a resource that does not exist are not counted.
 */
export function createCallMetrics(store: Store, metrics: ServiceMetrics) {
    let known = new Map<string, Readonly<Record<string, string>>>();

    const dimensionsOf = ({ operation, region, body }: EmulatorRequest) => {
        const { campaignArn, trackingId, datasetArn } = (body ?? {}) as Record<string, unknown>;
        const subject = operation === "PutEvents" ? trackingId : (campaignArn ?? datasetArn);
        if (typeof subject !== "string") return undefined;
        const key = `${region} ${subject}`;
        const found = known.get(key) ?? lookUp(store, region, subject);
        if (found) known.set(key, found);
        return found;
    };

    return {
        observe(request: EmulatorRequest, status: number, milliseconds: number): void {
            const name = Object.hasOwn(names, request.operation) ? names[request.operation] : undefined;
            const dimensions = name && dimensionsOf(request);
            if (!dimensions) return;
            const { region } = request;
            const now = store.clock.now();
            const count = (metric: string, value: number) =>
                metrics.add({ region, name: metric, unit: "Count", dimensions }, value, now);
            count(name.calls, 1);
            count(`${name.errors}4xxErrors`, status >= 400 && status < 500 ? 1 : 0);
            count(`${name.errors}5xxErrors`, status >= 500 ? 1 : 0);
            if (status === 200) {
                metrics.add({ region, name: name.latency, unit: "Milliseconds", dimensions }, milliseconds, now);
            }
        },
        /** Call this when a resource may have changed. */
        forget(): void {
            known = new Map();
        },
    };
}

/** The dimensions of calls about a campaign or a dataset, by ARN, or about a tracker, by tracking id. */
function lookUp(store: Store, region: string, subject: string): Record<string, string> | undefined {
    const resource = store.find(region, subject);
    if (resource?.kind === "campaign") return { CampaignArn: resource.arn };
    if (resource?.kind === "dataset") return { DatasetGroupArn: resource.parent ?? "", DatasetArn: resource.arn };
    const tracker = store
        .list<EventTrackerProperties>("event-tracker", region)
        .find(({ properties }) => properties.trackingId === subject);
    const dataset = tracker && datasetOf(store, region, tracker.parent ?? "", "INTERACTIONS");
    return dataset && { DatasetGroupArn: tracker.parent ?? "", DatasetArn: dataset.arn, EventTrackerArn: tracker.arn };
}
