import * as pulumi from "@pulumi/pulumi";
import { campaignNameOf, type StackConfig } from "../../config/config.ts";
import type { GuardScope } from "../../iam/guard-access.ts";
import type { ServiceCaller } from "../../iam/import-access.ts";

/** What the policies of the guard's roles are made from. */
export function guardScopeOf(config: StackConfig, caller: pulumi.Input<ServiceCaller>): pulumi.Output<GuardScope> {
    const { project, stack, names } = config;
    const campaign = campaignNameOf(config);
    const ranking = config.serving.rankingCampaign ? names.ranking : undefined;
    return pulumi.output(caller).apply((known) => ({ ...known, project, stack, names, campaign, ranking }));
}
