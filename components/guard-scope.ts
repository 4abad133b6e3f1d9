import * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../config.ts";
import type { GuardScope } from "../iam/guard-access.ts";
import type { ServiceCaller } from "../iam/import-access.ts";

/** What the policies of the guard's roles are made from. */
export function guardScopeOf(config: StackConfig, caller: pulumi.Input<ServiceCaller>): pulumi.Output<GuardScope> {
    const { project, stack, names, adopt } = config;
    // What was made outside has the name that it had there.
    const campaign = adopt.campaign?.split("/").at(-1) ?? names.campaign;
    return pulumi.output(caller).apply((known) => ({ ...known, project, stack, names, campaign }));
}
