import { BudgetsClient, DescribeBudgetsCommand } from "@aws-sdk/client-budgets";
import { CloudTrailClient, DescribeTrailsCommand, type Trail } from "@aws-sdk/client-cloudtrail";
import { PersonalizeClient, paginateListDatasetGroups } from "@aws-sdk/client-personalize";
import { paginateListServiceQuotas, type ServiceQuota, ServiceQuotasClient } from "@aws-sdk/client-service-quotas";
import { STSClient } from "@aws-sdk/client-sts";
import { isTransient } from "pulumi-personalize/errors";
import { hasName, isCredentials, oneLine, shell } from "terminal-text";
import type { StackConfig } from "../../../core/config/config.ts";
import { approximately, priceNote, prices } from "../../../core/config/prices.ts";
import { readPages, whoAmI } from "../stack/stack.ts";
import { type Check, type Finding, fail, ok, warn } from "./check.ts";

/** Hours that a slow `pulumi up` takes. The credentials must be valid for this time. */
const runHours = 2;

const resumes = "If they expire, AWS continues the work: log in again and run `pulumi up` again, which resumes";
const again = "aws sso login";

/** The default quota of active dataset groups per region, used if the account's quota cannot be read. */
const defaultGroupQuota = 5;

/** Checks that credentials are valid for the duration of the first `up`. */
export const identity: Check = async (config) => {
    let expiration: Date | undefined;
    let sessionToken: string | undefined;
    let arn: string;
    try {
        ({ expiration, sessionToken } = await new STSClient({ region: config.region }).config.credentials());
        ({ arn } = await whoAmI(config.region));
    } catch (error) {
        if (isCredentials(error)) {
            return fail(
                `AWS rejected the credentials: ${oneLine(error)}`,
                "aws sso login   # or set AWS_PROFILE, then try again",
            );
        }
        if (isTransient(error)) {
            return fail(`AWS does not answer: ${oneLine(error)}`, "# check the network and its proxy, then try again");
        }
        throw error;
    }
    if (expiration === undefined) {
        return sessionToken === undefined
            ? ok(`${arn}, without expiry`)
            : warn(`${arn}, valid for an unknown time: \`pulumi up\` may take ${runHours} hours. ${resumes}`, again);
    }
    const minutes = Math.floor((expiration.getTime() - Date.now()) / 60_000);
    return minutes >= runHours * 60
        ? ok(`${arn}, valid for ${Math.floor(minutes / 60)} more hours`)
        : warn(`${arn}, valid for ${minutes} minutes, and \`pulumi up\` may take ${runHours} hours. ${resumes}`, again);
};

/** Checks that the quota allows one more dataset group. */
export const personalize: Check = async ({ region, names }) => {
    const client = new PersonalizeClient({ region });
    const groups = await readPages(paginateListDatasetGroups({ client }, {}), (page) => page.datasetGroups);
    const quota = await fetchGroupQuota(region);
    const limit = quota?.Value ?? defaultGroupQuota;
    const of = `${groups.length} of ${limit} dataset groups${quota === undefined ? " (the default quota; Service Quotas did not answer)" : ""}`;
    if (groups.some(({ name }) => name === names.datasetGroup)) return ok(`${of}, including ours`);
    if (groups.length < limit) return ok(of);
    const ask =
        quota?.QuotaCode === undefined
            ? shell("aws", "service-quotas", "list-service-quotas", "--region", region, "--service-code", "personalize")
            : shell(
                  ...["aws", "service-quotas", "request-service-quota-increase", "--region", region],
                  ...["--service-code", "personalize", "--quota-code", quota.QuotaCode],
                  ...["--desired-value", String(limit + 1)],
              );
    return fail(`${of}: ${groups.map(({ name }) => name).join(", ")}. Delete one, or ask for more`, ask);
};

/**
 * Checks that the account can create budgets. A member account of an organization cannot until its payer account
 * enables them (org-formation-cli pull request 198 quotes AWS's message).
 */
export const budgets: Check = async ({ budget, region, stack }) => {
    if (!budget) return ok("not needed: only the cost guard watches the spend (config budget)");
    const { accountId } = await whoAmI(region);
    try {
        const list = new DescribeBudgetsCommand({ AccountId: accountId, MaxResults: 1 });
        await new BudgetsClient({ region }).send(list);
    } catch (error) {
        if (hasName(error, "AccessDeniedException")) {
            return fail(
                `AWS denies access to budgets, and the program creates no campaign without a budget: ${oneLine(error)}`,
                `pulumi config set --stack ${stack} budget false   # only the cost guard watches the spend then`,
            );
        }
        throw error;
    }
    return ok("the account allows budgets");
};

/** Reads the account's quota of active dataset groups; undefined if Service Quotas does not return it. */
async function fetchGroupQuota(region: string): Promise<ServiceQuota | undefined> {
    const client = new ServiceQuotasClient({ region, maxAttempts: 1 });
    const quotas = await readPages(
        paginateListServiceQuotas({ client }, { ServiceCode: "personalize" }),
        (page) => page.Quotas,
    ).catch(() => []);
    return quotas.find(({ QuotaName = "", Value }) => /dataset groups/i.test(QuotaName) && Value !== undefined);
}

/** Checks for another trail that records the stack's region, including multi-Region and organization trails. */
export const auditTrail: Check = async (config) => {
    if (!config.auditTrail) return ok("not needed: no trail (config auditTrail)");
    const { trailList = [] } = await new CloudTrailClient({ region: config.region }).send(
        new DescribeTrailsCommand({ includeShadowTrails: true }),
    );
    return trailFinding(trailList, config);
};

/** Returns a warning with the cost of the stack's audit trail if the account has other trails, too. */
export function trailFinding(
    trails: readonly Trail[],
    { names, region, stack }: Pick<StackConfig, "names" | "region" | "stack">,
): Finding {
    const others = trails.filter(({ Name, HomeRegion }) => Name !== names.trail || HomeRegion !== region);
    if (others.length === 0) return ok("no other trail: the first copy of management events is free");
    const { usd } = prices.trailEvents;
    return warn(
        `the account has trail ${others.map(({ Name, TrailARN }) => TrailARN ?? Name).join(", ")}. CloudTrail bills a second ` +
            `copy of management events: ${approximately(usd)} for 100,000 events ${priceNote}`,
        `pulumi config set --stack ${stack} auditTrail false`,
    );
}
