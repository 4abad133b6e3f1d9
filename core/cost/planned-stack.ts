import { isBatch, type StackConfig } from "../config/config.ts";
import { countOwnMetrics } from "../config/metrics.ts";

/** Returns the part of a planned stack that follows from its configuration. */
export const plannedByConfig = (config: StackConfig) => ({
    region: config.region,
    recipe: config.recipe,
    /** Whether the campaign exists: false while it is parked or disabled. */
    hasCampaign: config.campaignEnabled,
    minProvisionedTPS: config.minProvisionedTPS,
    traces: config.observability.traces,
    expectedRequestsPerDay: config.expectedRequestsPerDay,
    /** Days between two automatic trainings; undefined without them. */
    autoTrainingDays: config.performAutoTraining ? config.autoTrainingDays : undefined,
    guardMinutes: config.guardMinutes,
    auditTrail: config.auditTrail,
    customMetrics: config.observability.customMetrics
        ? countOwnMetrics({ api: config.api, batch: isBatch(config) })
        : 0,
    api: config.api,
    /** Whether CloudFront is in front of the API. */
    edge: config.storefront === "cloudfront",
});

/** The parts of a planned stack that have a price. */
export interface PlannedStack extends Omit<Readonly<ReturnType<typeof plannedByConfig>>, "recipe" | "traces"> {
    /** Recipe name; undefined with AutoML. */
    readonly recipe: string | undefined;
    /** Whether X-Ray traces the API; absent: true. */
    readonly traces?: boolean;
    readonly interactions: number;
    /** Bytes of all uploaded and imported files. */
    readonly bytes: number;
    /** Number of metrics of all alarms, because CloudWatch bills each metric. */
    readonly alarmMetrics: number;
    /**
     * The maximum number of viewers in each batch inference job, and the days between two jobs, if config
     * `serving.mode` is `batch`; undefined with a campaign.
     */
    readonly batchLists?: { readonly viewers: number; readonly everyDays: number } | undefined;
    readonly dashboards: number;
}

/** Returns whether the stack has a campaign while it is not parked: true unless batch inference makes its lists. */
export const unparked = ({ batchLists }: Pick<PlannedStack, "batchLists">) => ({
    hasCampaign: batchLists === undefined,
});
