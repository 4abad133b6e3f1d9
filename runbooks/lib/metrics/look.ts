import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import {
    DescribeCampaignCommand,
    type PersonalizeClient,
    paginateListDatasetImportJobs,
} from "@aws-sdk/client-personalize";
import type { SSMClient } from "@aws-sdk/client-ssm";
import { requestsSince } from "../../../money/decide.ts";
import { type CampaignSeen, isLeaving } from "../../../money/guard-looks.ts";
import { type GuardState, parseState } from "../../../money/guard-state.ts";
import type { RequestWindows } from "../../../money/spend.ts";
import { day } from "../../../money/time.ts";
import { readGuardMark } from "../../../personalize/marks.ts";
import { goneOrThrow } from "../../../personalize/remove.ts";
import { requestWindows } from "../../../personalize/request-windows.ts";
import { listVersions, type Metrics, metricsOf } from "../versions.ts";

/** What is known of a stack at a moment, in milliseconds since 1970. */
export interface StackLook {
    readonly now: number;
    /** The campaign and ARN of the version that it serves; undefined where there is none. */
    readonly campaign: (CampaignSeen & { readonly solutionVersionArn: string }) | undefined;
    readonly requests: RequestWindows;
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
    const { stack, campaignArn, datasetArn, solutionArn } = at;
    const campaign = campaignArn === undefined ? undefined : await campaignIn(personalize, campaignArn);
    const { text } = await readGuardMark(ssm, stack);
    const parsed = text === undefined ? undefined : parseState(text);
    const guard = parsed !== undefined && "state" in parsed ? parsed.state : undefined;
    const since = Math.max(guard ? requestsSince(guard, now) : (campaign?.createdAt ?? now), now - longestLook);
    const requests =
        campaignArn === undefined
            ? new Map()
            : await requestWindows(cloudwatch, campaignArn, Math.min(since, now), now);
    return {
        now,
        campaign,
        requests,
        guard,
        versions: solutionArn === undefined ? [] : await activeVersions(personalize, solutionArn, campaign),
        importedAt: datasetArn === undefined ? undefined : await newestImport(personalize, datasetArn),
    };
}

async function campaignIn(client: PersonalizeClient, campaignArn: string): Promise<StackLook["campaign"]> {
    const describe = new DescribeCampaignCommand({ campaignArn });
    const { campaign } = (await client.send(describe).catch(goneOrThrow)) ?? {};
    const status = campaign?.status ?? "";
    return campaign === undefined || status === "CREATE FAILED" || isLeaving({ status })
        ? undefined
        : {
              status,
              createdAt: campaign.creationDateTime?.getTime() ?? 0,
              updatedAt: campaign.lastUpdatedDateTime?.getTime() ?? 0,
              minProvisionedTPS: campaign.minProvisionedTPS ?? 1,
              solutionVersionArn: campaign.solutionVersionArn ?? "",
          };
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
