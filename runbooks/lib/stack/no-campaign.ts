import { DescribeCampaignCommand, PersonalizeClient } from "@aws-sdk/client-personalize";
import { SSMClient } from "@aws-sdk/client-ssm";
import { goneOrThrow } from "pulumi-personalize/core";
import { isNotFound } from "pulumi-personalize/errors";
import { isBatch, type StackConfig } from "../../../core/config/config.ts";
import { nameInArn, parkedText } from "../../../core/operations/operation.ts";
import { readStateFlags } from "../../../core/operations/state-flags.ts";
import { exitCodes, RunbookError } from "../cli/runbook.ts";
import { shortName } from "./all-stacks.ts";

/** Returns the error for a stack without a campaign: the reason, and the command that creates one. */
export async function noCampaign(stack: string, outputs: Readonly<Record<string, string>>): Promise<RunbookError> {
    const { datasetGroupArn, solutionVersionArn } = outputs;
    const region = datasetGroupArn?.split(":")[3];
    if (!region || !solutionVersionArn) {
        return new RunbookError("The stack has no campaign. See `npm run watch-status`, then run `pulumi up`.");
    }
    if (outputs.servingMode === "batch") {
        return servesLists(stack, `Ask its API: curl ${outputs.apiUrl}/recommendations/22`);
    }
    return (
        (await parkedError(stack, region)) ??
        new RunbookError(
            `The stack has version ${nameInArn(solutionVersionArn)} and no campaign. ` +
                "Create one: pulumi config set campaignEnabled true && pulumi up",
        )
    );
}

/** Throws the error of a command that needs a campaign, if the stack serves lists of batch inference instead. */
export function refuseBatch(config: Pick<StackConfig, "serving" | "stack">, instead: string): void {
    if (isBatch(config)) throw servesLists(config.stack, instead);
}

const servesLists = (stack: string, instead: string) =>
    new RunbookError(
        `Stack ${stack} serves lists of batch inference (serving.mode batch), without a campaign. ${instead}`,
    );

async function parkedError(stack: string, region: string): Promise<RunbookError | undefined> {
    const { parked } = await readStateFlags(new SSMClient({ region }), shortName(stack));
    return parked && new RunbookError(parkedText(parked));
}

/**
 * Returns a helpful error for a request that names a missing campaign or filter, with the next command, and for a
 * filter with the existing ones. Returns any other error unchanged.
 */
export async function notFound(
    error: unknown,
    {
        stack,
        campaignArn,
        filter,
        filterNames = new Map(),
    }: {
        readonly stack: string;
        readonly campaignArn: string;
        readonly filter: string | undefined;
        /** Names in Personalize of the stack's filters, by name in config `filters`. */
        readonly filterNames: ReadonlyMap<string, string> | undefined;
    },
): Promise<unknown> {
    if (!isNotFound(error)) return error;
    const region = campaignArn.split(":")[3] ?? "";
    const client = new PersonalizeClient({ region });
    const campaign = await client.send(new DescribeCampaignCommand({ campaignArn })).catch(goneOrThrow);
    if (campaign === undefined) {
        const parked = await parkedError(stack, region);
        if (parked !== undefined) return parked;
        return new RunbookError(
            `Campaign ${nameInArn(campaignArn)} was deleted outside Pulumi. Create it again: pulumi refresh && pulumi up`,
        );
    }
    if (filter === undefined) return error;
    const name = filterNames.get(filter);
    if (name !== undefined) {
        return new RunbookError(
            `Filter ${name} was deleted outside Pulumi. Create it again: pulumi refresh && pulumi up`,
        );
    }
    const there = filterNames.size > 0 ? `It has: ${[...filterNames.keys()].sort().join(", ")}` : "It has none";
    return new RunbookError(
        `The stack has no filter ${filter}. ${there}. Add it to config filters, and run \`pulumi up\` (docs/configuration.md).`,
        exitCodes.usage,
    );
}
