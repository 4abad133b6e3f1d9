import { setTimeout as sleep } from "node:timers/promises";
import { SSMClient } from "@aws-sdk/client-ssm";
import { campaign, goneOrThrow, isOurs, listTags, personalizeClients } from "pulumi-personalize/core";
import { campaignNameOf, type StackConfig } from "../../../core/config/config.ts";
import { advice } from "../../../core/operations/advice.ts";
import {
    type OperatedCampaign,
    type OperationDeps,
    parkedText,
    solutionOf,
} from "../../../core/operations/operation.ts";
import { readStateFlags } from "../../../core/operations/state-flags.ts";
import type { runbooks } from "../../runbooks.mjs";
import { RunbookError, runAction, runbook } from "../cli/runbook.ts";
import { shortName } from "./all-stacks.ts";
import { type RecordedResource, recordedResources } from "./stack.ts";
import { requireStackConfig, selectedStack } from "./stack-config.ts";

/** Creates the command of a runbook (see `runbook`) with the option `--config-file` of `pulumi up`. */
export const stackRunbook = (name: keyof typeof runbooks, examples: readonly string[], more?: string) =>
    runbook(name, examples, more).option(
        "--config-file <file>",
        "the stack's configuration, as `pulumi up` takes it; default: Pulumi.<stack>.yaml",
    );

/** The options of a command of `stackRunbook`. */
export type OperationOptions = ReturnType<ReturnType<typeof stackRunbook>["opts"]>;

/** A stack with its configuration and state. */
export interface OperatedStack {
    /** The stack's name in Pulumi commands. */
    readonly stack: string;
    readonly config: StackConfig;
    readonly recorded: readonly RecordedResource[];
    /** Returns the ARN of the stack's resource of the kind `kind`; undefined if the stack has none. */
    arnOf(kind: RecordedResource["kind"]): string | undefined;
}

/**
 * Reads a stack's configuration and state.
 *
 * @throws RunbookError if the stack does not exist, or its configuration has problems.
 */
export async function operatedStack({ stack: named, configFile }: OperationOptions): Promise<OperatedStack> {
    const stack = named ?? (await selectedStack());
    const [config, recorded] = await Promise.all([requireStackConfig(stack, configFile), recordedResources(stack)]);
    return { stack, config, recorded, arnOf: (kind) => findRecordedArn(recorded, kind) };
}

/** Runs an operation on the stack of a parsed command; see `runAction`. */
export const runOperation = (
    options: OperationOptions,
    operate: (stack: OperatedStack, deps: OperationDeps, signal: AbortSignal) => Promise<number>,
): Promise<void> =>
    runAction(options.verbose, async (signal) => operate(await operatedStack(options), operationDeps(signal), signal));

/** Returns the ARN of the resource of a kind in the stack's state; undefined if the state has none. */
export const findRecordedArn = (
    recorded: readonly RecordedResource[],
    kind: RecordedResource["kind"],
): string | undefined => recorded.findLast((resource) => resource.kind === kind && resource.arn !== undefined)?.arn;

/**
 * Checks that the campaign is not parked.
 * @throws RunbookError if the campaign is parked
 */
export async function refuseParked(deps: OperationDeps, { region, stack }: StackConfig): Promise<void> {
    const { parked } = await readStateFlags(deps.ssm(region), stack);
    if (parked) throw new RunbookError(parkedText(parked));
}

/**
 * Returns the stack's campaign: the one in Pulumi's state, otherwise the campaign in AWS that has its name and the
 * stack's tags. The campaign may be deleted in AWS. Undefined if neither exists.
 */
export async function operatedCampaign(deps: OperationDeps, of: OperatedStack): Promise<OperatedCampaign | undefined> {
    const { stack, config } = of;
    const campaignArn = of.arnOf("Campaign") ?? config.adopt.campaign ?? (await oursByName(deps, of));
    return campaignArn === undefined
        ? undefined
        : { stack: shortName(stack), campaignArn, pollSeconds: config.pollSeconds };
}

async function oursByName(deps: OperationDeps, of: OperatedStack): Promise<string | undefined> {
    const client = deps.client(of.config.region);
    const arn = await campaign.find(client, campaignInputs(of, "", 1));
    const tags = arn === undefined ? {} : ((await listTags(client, arn).catch(goneOrThrow)) ?? {});
    return isOurs(tags, ownerOf(of)) ? arn : undefined;
}

/** Returns the stack's ID from the state; undefined for a stack without resources, which owns nothing. */
const ownerOf = ({ recorded }: OperatedStack): string | undefined =>
    recorded.map(({ inputs }) => inputs.owner).find((owner) => typeof owner === "string");

/**
 * Returns the inputs with which the program would create a campaign that serves `solutionVersionArn`. An adopted
 * campaign keeps its name, so that config `adopt` stays valid.
 */
export function campaignInputs(of: OperatedStack, solutionVersionArn: string, minProvisionedTPS: number) {
    const { config } = of;
    const owner = ownerOf(of);
    return {
        region: config.region,
        tags: config.tags,
        ...(owner !== undefined && { owner }),
        pollSeconds: config.pollSeconds,
        deadlineMinutes: campaign.deadlineMinutes,
        name: campaignNameOf(config),
        solutionArn: solutionOf(solutionVersionArn),
        solutionVersionArn,
        minProvisionedTPS,
    };
}

/**
 * Creates the dependencies of an operation in AWS. The operation prints its progress to stderr; `signal` aborts the
 * operation and each wait.
 */
export function operationDeps(signal: AbortSignal): OperationDeps {
    return {
        client: personalizeClients(),
        ssm: (region) => new SSMClient({ region }),
        sleep: (seconds) => sleep(seconds * 1000, undefined, { signal }),
        now: () => performance.now() / 1000,
        log: (message) => process.stderr.write(`${message}\n`),
        // A runbook runs without Pulumi's engine, and updates Pulumi's state itself.
        assertEngineAlive: async () => signal.throwIfAborted(),
        random: Math.random,
        advice,
    };
}
