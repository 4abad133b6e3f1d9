import { setTimeout as sleep } from "node:timers/promises";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Command } from "commander";
import { campaignNameOf, type StackConfig } from "../../../config/config.ts";
import { campaign } from "../../../personalize/campaign.ts";
import { type OperatedCampaign, type OperationDeps, solutionOf } from "../../../personalize/operations/operation.ts";
import { readStateFlags } from "../../../personalize/operations/state-flags.ts";
import { goneOrThrow } from "../../../personalize/remove.ts";
import { personalizeClients } from "../../../personalize/resource.ts";
import { isOurs, ownerTag, type Tags, tagsOf } from "../../../personalize/tags.ts";
import { type CommonOptions, RunbookError } from "../cli/runbook.ts";
import { shortName } from "./all-stacks.ts";
import { type RecordedResource, recordedResources } from "./stack.ts";
import { requireStackConfig, selectedStack } from "./stack-config.ts";

/** Options of runbooks that change the serving campaign. */
export interface OperationOptions extends CommonOptions {
    readonly configFile?: string;
    readonly reason?: string;
    readonly dryRun?: boolean;
    readonly yes?: boolean;
}

/** Adds the option `--config-file` of `pulumi up`. */
export const withConfigFile = (command: Command): Command =>
    command.option(
        "--config-file <file>",
        "the stack's configuration, as `pulumi up` takes it; default: Pulumi.<stack>.yaml",
    );

/** A stack as an operation finds it. */
export interface OperatedStack {
    /** The stack's name for Pulumi. */
    readonly stack: string;
    readonly config: StackConfig;
    readonly recorded: readonly RecordedResource[];
    /** ARN of the program's resource of a kind; undefined if it does not exist. */
    arnOf(kind: RecordedResource["kind"]): string | undefined;
}

/**
 * Reads a stack's configuration and state.
 *
 * @throws RunbookError if the stack does not exist, or its configuration has problems.
 */
export async function operatedStack({ stack: named, configFile }: OperationOptions): Promise<OperatedStack> {
    const stack = named ?? (await selectedStack("Name one with --stack."));
    const reading = requireStackConfig(stack, configFile);
    // If the stack does not exist, the error of the state is better. An operator of a stack does not want to create it.
    reading.catch(() => undefined);
    const recorded = await recordedResources(stack);
    return { stack, config: await reading, recorded, arnOf: (kind) => arnIn(recorded, kind) };
}

/**
 * ARN of the program's resource of a kind, of the first campaign or the ranking one. Undefined if it does not exist.
 */
export const arnIn = (
    recorded: readonly RecordedResource[],
    kind: RecordedResource["kind"],
    { ranks = false }: { readonly ranks?: boolean } = {},
): string | undefined =>
    recorded.findLast((made) => made.kind === kind && made.arn !== undefined && (made.ranks ?? false) === ranks)?.arn;

/** ARNs of the ranking campaign (config rankingCampaign) and its version; undefined if the state has none. */
export function rankingOf(recorded: readonly RecordedResource[]): {
    readonly campaignArn: string | undefined;
    readonly solutionVersionArn: string | undefined;
} {
    const arnOf = (kind: RecordedResource["kind"]) => arnIn(recorded, kind, { ranks: true });
    return { campaignArn: arnOf("Campaign"), solutionVersionArn: arnOf("SolutionVersion") };
}

/**
 * Refuses while the campaign is parked.
 *
 * @throws RunbookError while it is parked.
 */
export async function refuseParked(deps: OperationDeps, { region, stack }: StackConfig): Promise<void> {
    const { parked } = await readStateFlags(deps.ssm(region), stack);
    if (parked) {
        throw new RunbookError(
            `The campaign has been parked since ${parked.since}. Bring it back first: npm run resume`,
        );
    }
}

/**
 * The stack's campaign: the one in the state, otherwise the stack's own by its name. It may be deleted in AWS;
 * undefined without either.
 */
export async function operatedCampaign(deps: OperationDeps, of: OperatedStack): Promise<OperatedCampaign | undefined> {
    const { stack, config } = of;
    const campaignArn = of.arnOf("Campaign") ?? config.adopt.campaign ?? (await oursByName(deps, of));
    return campaignArn === undefined
        ? undefined
        : {
              stack: shortName(stack),
              campaignArn,
              pollSeconds: config.pollSeconds,
              deadlineMinutes: config.deadlines.campaign,
          };
}

async function oursByName(deps: OperationDeps, of: OperatedStack): Promise<string | undefined> {
    const client = deps.client(of.config.region);
    const arn = await campaign.find(client, campaignInputs(of, "", 1));
    const tags = arn === undefined ? {} : ((await tagsOf(client, arn).catch(goneOrThrow)) ?? {});
    return isOurs(tags, tagsOfStack(of)) ? arn : undefined;
}

/** The stack's tags with its id, from its state. A stack without an id owns no resource with one. */
const tagsOfStack = ({ config, recorded }: OperatedStack): Tags => ({
    ...config.tags,
    [ownerTag]: recorded.map(({ inputs }) => (inputs.tags as Tags | undefined)?.[ownerTag]).find(Boolean) ?? "",
});

/**
 * Inputs of the campaign as the program would make it, at a version; `name` names another campaign than the first. An
 * adopted campaign keeps its name, so that config `adopt` stays valid.
 */
export function campaignInputs(
    of: OperatedStack,
    solutionVersionArn: string,
    minProvisionedTPS: number,
    name = campaignNameOf(of.config),
) {
    const { config } = of;
    const { [ownerTag]: owner, ...tags } = tagsOfStack(of);
    return {
        region: config.region,
        tags: { ...tags, ...(owner && { [ownerTag]: owner }) },
        pollSeconds: config.pollSeconds,
        deadlineMinutes: config.deadlines.campaign,
        name,
        solutionArn: solutionOf(solutionVersionArn),
        solutionVersionArn,
        minProvisionedTPS,
    };
}

/** Dependencies of an operation in AWS: progress on stderr; `signal` ends every wait and the operation. */
export function operationDeps(signal: AbortSignal): OperationDeps {
    return {
        client: personalizeClients(),
        ssm: (region) => new SSMClient({ region }),
        sleep: (seconds) => sleep(seconds * 1000, undefined, { signal }),
        now: () => performance.now() / 1000,
        log: (message) => process.stderr.write(`${message}\n`),
        // A runbook has no engine: it records the result itself.
        assertEngineAlive: async () => signal.throwIfAborted(),
        random: Math.random,
    };
}
