import { CloudTrailClient, DescribeTrailsCommand, type Trail } from "@aws-sdk/client-cloudtrail";
import type { StackConfig } from "../../../config/config.ts";
import { approximately, priceNote, prices } from "../../../config/prices.ts";
import type { AccountDeps } from "./account.ts";
import { type Check, type Finding, ok, warn } from "./check.ts";

/** Checks for another trail in the stack's region, including multi-Region and organization trails. */
export const auditTrail: Check<AccountDeps> = async ({ config }) => {
    if (!config.auditTrail) {
        return ok("not needed: no trail (config auditTrail)");
    }
    const { trailList = [] } = await new CloudTrailClient({ region: config.region }).send(
        new DescribeTrailsCommand({ includeShadowTrails: true }),
    );
    return trailFinding(trailList, config);
};

/** Returns a warning with the cost of the stack's audit trail if the region has other trails, too. */
export function trailFinding(
    trails: readonly Trail[],
    { names, region, stack }: Pick<StackConfig, "names" | "region" | "stack">,
): Finding {
    const others = trails.filter(({ Name, HomeRegion }) => Name !== names.trail || HomeRegion !== region);
    if (others.length === 0) {
        return ok("no other trail in the region: the first copy of management events is free");
    }
    const { usd } = prices.trailEvents;
    return warn(
        `the region has trail ${others.map(({ Name, TrailARN }) => TrailARN ?? Name).join(", ")}. CloudTrail bills a second ` +
            `copy of management events: ${approximately(usd)} for 100,000 events ${priceNote}`,
        `pulumi config set --stack ${stack} auditTrail false`,
    );
}
