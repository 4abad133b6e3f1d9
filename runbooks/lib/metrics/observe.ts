import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { type PersonalizeClient, paginateListDatasetImportJobs } from "@aws-sdk/client-personalize";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { rankingMetrics, servingMetrics } from "../../../config/metrics.ts";
import { requestsSince } from "../../../cost/decide.ts";
import { type CampaignLooks, type CampaignSeen, isLeaving } from "../../../cost/guard-looks.ts";
import { type GuardState, parseState } from "../../../cost/guard-state.ts";
import type { RequestWindows } from "../../../cost/spend.ts";
import { day } from "../../../cost/time.ts";
import { campaignSeen } from "../../../personalize/operations/campaign-seen.ts";
import { requestWindows } from "../../../personalize/operations/request-windows.ts";
import { readGuardState } from "../../../personalize/operations/state-flags.ts";
import { listVersions, type Metrics, metricsOf } from "../training/versions.ts";

/** What is known of a stack at a moment, in milliseconds since 1970. */
export interface StackLook {
    readonly now: number;
    /** The campaign and ARN of the version that it serves; undefined where there is none. */
    readonly campaign: (CampaignSeen & { readonly solutionVersionArn: string }) | undefined;
    readonly requests: RequestWindows;
    /** Of the campaign that orders given films; undefined where there is none. */
    readonly ranking: CampaignLooks | undefined;
    /** What the cost guard noted; undefined where it did not run yet, or its note is of no use. */
    readonly guard: GuardState | undefined;
    /** ACTIVE versions with their metrics, the oldest first. */
    readonly versions: readonly { readonly solutionVersionArn: string; readonly metrics: Metrics }[];
    /** When the newest import of interactions that is ACTIVE was begun. */
    readonly importedAt: number | undefined;
}

export interface LookClients {
    readonly personalize: PersonalizeClient;
    readonly cloudwatch: CloudWatchClient;
    readonly ssm: SSMClient;
}

/** ARNs of the stack's own, each undefined where the program has not made it. */
export interface LookedAt {
    readonly stack: string;
    readonly campaignArn: string | undefined;
    readonly rankingCampaignArn: string | undefined;
    readonly datasetArn: string | undefined;
    readonly solutionArn: string | undefined;
}

/** CloudWatch keeps datapoints of five minutes for 63 days. */
const longestLook = 62 * day;
/** Every metric of every version is billed; older ones do not change any more, and `npm run versions` has them. */
const mostVersions = 5;

/** Looks at everything that is published. Reads only. */
export async function lookAtStack(clients: LookClients, at: LookedAt, now: number): Promise<StackLook> {
    const { personalize, cloudwatch, ssm } = clients;
    const { stack, campaignArn, rankingCampaignArn, datasetArn, solutionArn } = at;
    const campaign = campaignArn === undefined ? undefined : await campaignIn(personalize, campaignArn);
    const { text } = await readGuardState(ssm, stack);
    const parsed = text === undefined ? undefined : parseState(text);
    const guard = parsed !== undefined && "state" in parsed ? parsed.state : undefined;
    const since = Math.max(guard ? requestsSince(guard, now) : (campaign?.createdAt ?? now), now - longestLook);
    const requestsOf = (arn: string, metric: string) =>
        requestWindows(cloudwatch, arn, Math.min(since, now), now, metric);
    const requests = campaignArn === undefined ? new Map() : await requestsOf(campaignArn, servingMetrics.requests);
    const ranking =
        rankingCampaignArn === undefined
            ? undefined
            : {
                  campaign: { found: await campaignIn(personalize, rankingCampaignArn) },
                  requests: await requestsOf(rankingCampaignArn, rankingMetrics.requests),
              };
    return {
        now,
        campaign,
        requests,
        ranking,
        guard,
        versions: solutionArn === undefined ? [] : await activeVersions(personalize, solutionArn, campaign),
        importedAt: datasetArn === undefined ? undefined : await newestImport(personalize, datasetArn),
    };
}

/** One that is on its way out is none here. */
async function campaignIn(client: PersonalizeClient, campaignArn: string): Promise<StackLook["campaign"]> {
    const seen = await campaignSeen(client, campaignArn);
    return seen && isLeaving(seen) ? undefined : seen;
}

async function activeVersions(
    client: PersonalizeClient,
    solutionArn: string,
    campaign: StackLook["campaign"],
): Promise<StackLook["versions"]> {
    const active = (await listVersions(client, solutionArn)).filter(({ status }) => status === "ACTIVE");
    const newest = new Set(active.slice(-mostVersions));
    const versions: { solutionVersionArn: string; metrics: Metrics }[] = [];
    for (const [index, version] of active.entries()) {
        const { solutionVersionArn } = version;
        const serves = (one: typeof version | undefined) => one?.solutionVersionArn === campaign?.solutionVersionArn;
        // What serves is compared with the one before it, however old they are.
        if (newest.has(version) || serves(version) || serves(active[index + 1])) {
            const metrics = await metricsOf(client, solutionVersionArn);
            versions.push(...(metrics === null ? [] : [{ solutionVersionArn, metrics }]));
        }
    }
    return versions;
}

async function newestImport(client: PersonalizeClient, datasetArn: string): Promise<number | undefined> {
    const moments: number[] = [];
    for await (const { datasetImportJobs = [] } of paginateListDatasetImportJobs({ client }, { datasetArn })) {
        const active = datasetImportJobs.filter(({ status }) => status === "ACTIVE");
        moments.push(...active.map(({ creationDateTime }) => creationDateTime?.getTime() ?? 0));
    }
    return moments.length === 0 ? undefined : Math.max(...moments);
}
