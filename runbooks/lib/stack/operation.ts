import { setTimeout as sleep } from "node:timers/promises";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Command } from "commander";
import { campaignNameOf, type StackConfig } from "../../../config/config.ts";
import { campaign } from "../../../personalize/campaign.ts";
import { personalizeClients } from "../../../personalize/clients.ts";
import { type OperatedCampaign, type OperationDeps, solutionOf } from "../../../personalize/operations/operation.ts";
import { readStateFlags } from "../../../personalize/operations/state-flags.ts";
import { goneOrThrow } from "../../../personalize/remove.ts";
import { isOurs, tagsOf } from "../../../personalize/tags.ts";
import { type CommonOptions, RunbookError } from "../cli/runbook.ts";
import { shortName } from "./all-stacks.ts";
import { type RecordedResource, recordedResources } from "./stack.ts";
import { requireStackConfig, selectedStack } from "./stack-config.ts";

/** Options of the runbooks that change what a stack serves. */
export interface OperationOptions extends CommonOptions {
    readonly configFile?: string;
    readonly reason?: string;
    readonly dryRun?: boolean;
    readonly yes?: boolean;
}

/** Adds the option that `pulumi up` has, too. */
export const withConfigFile = (command: Command): Command =>
    command.option(
        "--config-file <file>",
        "the stack's configuration, as `pulumi up` takes it; default: Pulumi.<stack>.yaml",
    );

/** A stack, as an operation on it finds it. */
export interface OperatedStack {
    /** As Pulumi is told it. */
    readonly stack: string;
    readonly config: StackConfig;
    readonly recorded: readonly RecordedResource[];
    /** ARN of what the program made of a kind; undefined where it is not there. */
    arnOf(kind: RecordedResource["kind"]): string | undefined;
}

/**
 * Reads a stack's configuration and state.
 *
 * @throws RunbookError when there is no such stack, or its configuration has problems.
 */
export async function operatedStack({ stack: named, configFile }: OperationOptions): Promise<OperatedStack> {
    const stack = named ?? (await selectedStack("Name one with --stack."));
    const reading = requireStackConfig(stack, configFile);
    // Where there is no such stack, the state's words count: whoever operates one is not about to make it.
    reading.catch(() => undefined);
    const recorded = await recordedResources(stack);
    return { stack, config: await reading, recorded, arnOf: (kind) => arnIn(recorded, kind) };
}

/** ARN of what the program made of a kind, for the campaign or for the ranking one; undefined where it is not there. */
export const arnIn = (
    recorded: readonly RecordedResource[],
    kind: RecordedResource["kind"],
    { ranks = false }: { readonly ranks?: boolean } = {},
): string | undefined =>
    recorded.findLast((made) => made.kind === kind && made.arn !== undefined && (made.ranks ?? false) === ranks)?.arn;

/** Of the campaign that orders given films (config rankingCampaign); each undefined where the state has none. */
export function rankingOf(recorded: readonly RecordedResource[]): {
    readonly campaignArn: string | undefined;
    readonly solutionVersionArn: string | undefined;
} {
    const arnOf = (kind: RecordedResource["kind"]) => arnIn(recorded, kind, { ranks: true });
    return { campaignArn: arnOf("Campaign"), solutionVersionArn: arnOf("SolutionVersion") };
}

/**
 * For what needs the campaign.
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
 * The stack's campaign: the one that the state has, else the one of ours that has the name which the program gives. It
 * may be gone; undefined when there is neither.
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
    return isOurs(tags, of.config.tags) ? arn : undefined;
}

/**
 * The campaign as the program would make it, at a version; `name` is of another one than the first. What was made outside comes
 * back under the name that it had there, so that config adopt still means it.
 */
export function campaignInputs(
    { config }: OperatedStack,
    solutionVersionArn: string,
    minProvisionedTPS: number,
    name = campaignNameOf(config),
) {
    return {
        region: config.region,
        tags: config.tags,
        pollSeconds: config.pollSeconds,
        deadlineMinutes: config.deadlines.campaign,
        name,
        solutionArn: solutionOf(solutionVersionArn),
        solutionVersionArn,
        minProvisionedTPS,
    };
}

/** The real world for an operation: progress on stderr; `signal` ends every wait, and with it the operation. */
export function operationDeps(signal: AbortSignal): OperationDeps {
    return {
        client: personalizeClients(),
        ssm: (region) => new SSMClient({ region }),
        sleep: (seconds) => sleep(seconds * 1000, undefined, { signal }),
        now: () => performance.now() / 1000,
        log: (message) => process.stderr.write(`${message}\n`),
        // A runbook has no engine: it is itself who would note what happens.
        assertEngineAlive: async () => signal.throwIfAborted(),
        random: Math.random,
    };
}
