import { setTimeout as sleep } from "node:timers/promises";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { SSMClient } from "@aws-sdk/client-ssm";
import type { Command } from "commander";
import type { StackConfig } from "../../config.ts";
import { campaign } from "../../personalize/campaign.ts";
import type { OperatedCampaign, OperationDeps } from "../../personalize/operation.ts";
import { goneOrThrow } from "../../personalize/remove.ts";
import { isOurs, tagsOf } from "../../personalize/tags.ts";
import { shortName } from "./all-stacks.ts";
import { askPulumi } from "./pulumi.ts";
import { type CommonOptions, exitCodes, RunbookError } from "./runbook.ts";
import { type RecordedResource, recordedResources } from "./stack.ts";
import { projectName, readStackConfig, stackConfigFile } from "./stack-config.ts";

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
    const stack = named ?? (await selectedStack());
    const file = configFile ?? stackConfigFile(stack);
    const [recorded, found] = await Promise.all([
        recordedResources(stack),
        projectName().then((project) => readStackConfig(stack, project, file)),
    ]);
    if ("problems" in found) {
        const lines = found.problems.map(({ path, reason }) => `  ${path} ${reason}`);
        throw new RunbookError(`The configuration of stack ${stack} has problems:\n${lines.join("\n")}`);
    }
    if (!("config" in found)) {
        throw new RunbookError(`The configuration of stack ${stack} cannot be read: ${found.stderr}`);
    }
    return { stack, config: found.config, recorded, arnOf: (kind) => arnIn(recorded, kind) };
}

/** ARN of what the program made of a kind; undefined where it is not there. */
export const arnIn = (recorded: readonly RecordedResource[], kind: RecordedResource["kind"]): string | undefined =>
    recorded.findLast((made) => made.kind === kind && made.arn !== undefined)?.arn;

async function selectedStack(): Promise<string> {
    const { exitCode, stdout, stderr } = await askPulumi("stack", "--show-name");
    if (exitCode !== 0) {
        throw new RunbookError(`There is no stack selected (${stderr}). Name one by --stack.`, exitCodes.noStack);
    }
    return stdout.trim();
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

/** The campaign as the program would make it, at a version. */
export function campaignInputs({ config }: OperatedStack, solutionVersionArn: string, minProvisionedTPS: number) {
    return {
        region: config.region,
        tags: config.tags,
        pollSeconds: config.pollSeconds,
        deadlineMinutes: config.deadlines.campaign,
        // What was made outside comes back under the name that it had there, so that config adopt still means it.
        name: config.adopt.campaign?.split("/").at(-1) ?? config.names.campaign,
        solutionArn: solutionVersionArn.slice(0, solutionVersionArn.lastIndexOf("/")),
        solutionVersionArn,
        minProvisionedTPS,
    };
}

/** The real world for an operation: progress on stderr; `signal` ends every wait, and with it the operation. */
export function operationDeps(signal: AbortSignal): OperationDeps {
    const clients = new Map<string, PersonalizeClient>();
    return {
        client(region, tries) {
            const key = `${region} ${tries}`;
            const client = clients.get(key) ?? new PersonalizeClient({ region, maxAttempts: tries === "once" ? 1 : 8 });
            clients.set(key, client);
            return client;
        },
        ssm: (region) => new SSMClient({ region }),
        sleep: (seconds) => sleep(seconds * 1000, undefined, { signal }),
        now: () => performance.now() / 1000,
        log: (message) => process.stderr.write(`${message}\n`),
        // A runbook has no engine: it is itself who would note what happens.
        assertEngineAlive: async () => signal.throwIfAborted(),
        random: Math.random,
    };
}
