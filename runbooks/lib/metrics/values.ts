import type { CloudWatchClient, MetricDatum } from "@aws-sdk/client-cloudwatch";
import { type PersonalizeClient, paginateListDatasetImportJobs } from "@aws-sdk/client-personalize";
import { modelMetrics, ownMetrics } from "../../../core/config/metrics.ts";
import { isLeaving, type ObservedCampaign } from "../../../core/cost/observations.ts";
import { type RequestWindows, usedTPS } from "../../../core/cost/spend.ts";
import { hour, minute, window } from "../../../core/cost/time.ts";
import { observeCampaign, requestWindows } from "../../../core/operations/observe-campaign.ts";
import { nameInArn } from "../../../core/operations/operation.ts";
import { judgedMetric } from "../../../core/operations/quality-gate.ts";
import { fetchMetrics, listVersions, type Metrics } from "../../../core/operations/solution-versions.ts";
import { readPages } from "../stack/stack.ts";

/** A stack's state at a time; times in epoch milliseconds. */
export interface StackObservation {
    readonly now: number;
    /** The campaign with its version's ARN; undefined without a campaign. */
    readonly campaign: (ObservedCampaign & { readonly solutionVersionArn: string }) | undefined;
    /** The campaign's requests in the last complete window. */
    readonly requests: RequestWindows;
    /** ACTIVE versions with their metrics, oldest first. */
    readonly versions: readonly { readonly solutionVersionArn: string; readonly metrics: Metrics }[];
    /** Start of the newest ACTIVE import of interactions. */
    readonly importedAt: number | undefined;
}

interface ObservationClients {
    readonly personalize: PersonalizeClient;
    readonly cloudwatch: CloudWatchClient;
}

/** ARNs of the stack's resources; undefined if a resource does not exist. */
interface ObservedResources {
    readonly campaignArn: string | undefined;
    readonly datasetArn: string | undefined;
    readonly solutionArn: string;
}

/**
 * The number of newest versions whose metrics are published, because each metric of a version costs money. Metrics of
 * older versions do not change; `npm run versions` shows them.
 */
const maxVersions = 5;

/** Reads everything that the metrics need. */
export async function observeStack(
    { personalize, cloudwatch }: ObservationClients,
    { campaignArn, datasetArn, solutionArn }: ObservedResources,
    now: number,
): Promise<StackObservation> {
    const campaign = campaignArn === undefined ? undefined : await fetchCampaign(personalize, campaignArn);
    return {
        now,
        campaign,
        requests:
            campaignArn === undefined
                ? new Map()
                : await requestWindows(cloudwatch, campaignArn, now - 2 * window, now),
        versions: await activeVersions(personalize, solutionArn, campaign),
        importedAt: datasetArn === undefined ? undefined : await newestImport(personalize, datasetArn),
    };
}

/** Reads the campaign; undefined if it is being deleted. */
async function fetchCampaign(client: PersonalizeClient, campaignArn: string): Promise<StackObservation["campaign"]> {
    const observed = await observeCampaign(client, campaignArn);
    return observed && isLeaving(observed) ? undefined : observed;
}

async function activeVersions(
    client: PersonalizeClient,
    solutionArn: string,
    campaign: StackObservation["campaign"],
): Promise<StackObservation["versions"]> {
    const active = (await listVersions(client, solutionArn)).filter(({ status }) => status === "ACTIVE");
    const newest = new Set(active.slice(-maxVersions));
    const versions: { solutionVersionArn: string; metrics: Metrics }[] = [];
    for (const [index, version] of active.entries()) {
        const { solutionVersionArn } = version;
        const serves = (one: typeof version | undefined) => one?.solutionVersionArn === campaign?.solutionVersionArn;
        // Include the serving version and the version that was trained before it, however old they are, because the
        // report compares both.
        if (newest.has(version) || serves(version) || serves(active[index + 1])) {
            const metrics = await fetchMetrics(client, solutionVersionArn);
            versions.push(...(metrics === null ? [] : [{ solutionVersionArn, metrics }]));
        }
    }
    return versions;
}

async function newestImport(client: PersonalizeClient, datasetArn: string): Promise<number | undefined> {
    const pages = paginateListDatasetImportJobs({ client }, { datasetArn });
    const jobs = await readPages(pages, (page) => page.datasetImportJobs);
    const active = jobs.filter(({ status }) => status === "ACTIVE");
    return active.length === 0
        ? undefined
        : Math.max(...active.map(({ creationDateTime }) => creationDateTime?.getTime() ?? 0));
}

/** One value of a metric. */
export interface MetricValue {
    readonly name: string;
    readonly value: number;
    /** Id of the solution version; undefined for a stack metric. */
    readonly version?: string;
}

/** Returns the start of the minute, so that a second run in the same minute publishes equal values. */
export const minuteStart = (now: number): number => Math.floor(now / minute) * minute;

/**
 * Returns the values to publish, named as in core/config/metrics.ts, without unknown ones. The cost guard publishes idle
 * time and cost itself.
 */
export function metricValues({ now, campaign, requests, versions, importedAt }: StackObservation): MetricValue[] {
    const values: readonly [string, number | undefined][] = [
        [ownMetrics.provisionedTPS, campaign?.minProvisionedTPS ?? 0],
        [ownMetrics.usedTPS, usedTPS(now, requests)],
        [ownMetrics.campaignAge, campaign && Math.max(0, now - campaign.createdAt) / hour],
        [ownMetrics.dataAge, importedAt === undefined ? undefined : Math.max(0, now - importedAt) / hour],
        [ownMetrics.ndcgDrop, ndcgDrop(versions, campaign?.solutionVersionArn)],
    ];
    return [
        ...values.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
        ...versions.flatMap(({ solutionVersionArn, metrics }) =>
            modelMetrics.flatMap((name) => {
                const value = metrics[name];
                return value === undefined ? [] : [{ name, value, version: nameInArn(solutionVersionArn) }];
            }),
        ),
    ];
}

/**
 * Compares NDCG@10 of the serving version and of the version trained before it, as the quality gate does. Returns by
 * how many percent the serving version is worse; 0 if it is not worse or no earlier version exists; undefined if
 * unknown.
 */
function ndcgDrop(versions: StackObservation["versions"], serving: string | undefined): number | undefined {
    const at = versions.findIndex(({ solutionVersionArn }) => solutionVersionArn === serving);
    const reached = versions[at]?.metrics[judgedMetric];
    const before = versions[at - 1]?.metrics[judgedMetric];
    if (reached === undefined) return undefined;
    return before === undefined || before === 0 ? 0 : Math.max(0, 100 * (1 - reached / before));
}

/**
 * Returns the values in the format of PutMetricData, all with the time `at`. A call accepts 1,000, more than the metrics of
 * the published versions.
 */
export const toMetricData = (values: readonly MetricValue[], stack: string, at: number): MetricDatum[] =>
    values.map(({ name, value, version }) => ({
        MetricName: name,
        Value: value,
        Timestamp: new Date(at),
        Dimensions: [
            { Name: "Stack", Value: stack },
            ...(version === undefined ? [] : [{ Name: "SolutionVersion", Value: version }]),
        ],
    }));
