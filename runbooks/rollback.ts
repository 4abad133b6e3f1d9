import { isBatch, type StackConfig } from "../core/config/config.ts";
import { awaitLists, listsClient } from "../core/operations/awaited-lists.ts";
import {
    nameInArn,
    nowIso,
    type OperatedCampaign,
    type OperationDeps,
    settledCampaign,
    solutionOf,
} from "../core/operations/operation.ts";
import { listVersions } from "../core/operations/solution-versions.ts";
import { readStateFlags, writeStateFlag } from "../core/operations/state-flags.ts";
import { switchVersion } from "../core/operations/switch-version.ts";
import { confirm, printResult, RunbookError, untilCancelled } from "./lib/cli/runbook.ts";
import { servedLists } from "./lib/stack/operate-table.ts";
import {
    type OperatedStack,
    operatedCampaign,
    refuseParked,
    runOperation,
    stackRunbook,
} from "./lib/stack/operation.ts";
import { recordCampaign } from "./lib/stack/stack.ts";
import { chooseTarget, notedFlags, servedRecord } from "./lib/training/versions.ts";

const options = stackRunbook("rollback", ["--dry-run", '--to 2fd61244 --reason "odd lists"'])
    .option(
        "--to <version>",
        "id or ARN of the version; default: the newest earlier one that served or passed the quality gate",
    )
    .option("--reason <text>", "reason, kept in the history", "by hand")
    .option(
        "--release",
        "end the hold: the next `pulumi up` switches to the newest version; asks only if it starts batch inference",
    )
    .parse()
    .opts();

await runOperation(options, async (stack, deps, signal) => {
    const { config } = stack;
    await refuseParked(deps, config);
    if (config.syncWithLatestSolutionVersion) {
        throw new RunbookError(
            "The campaign always switches to the newest version (syncWithLatestSolutionVersion), so a rollback would not last. " +
                "Run `pulumi config set syncWithLatestSolutionVersion false` and `pulumi up` first.",
        );
    }
    if (isBatch(config)) return rollbackLists(stack, deps, signal);
    const campaign = await operatedCampaign(deps, stack);
    const served = campaign && (await settledCampaign(deps, campaign));
    if (!campaign || !served) {
        throw new RunbookError(`Stack ${stack.stack} has no campaign to switch. Create it with: pulumi up`);
    }
    const live = served.solutionVersionArn;
    if (options.release) return release(deps, campaign, live, stack.stack);
    const versions = await listVersions(deps.client(config.region), solutionOf(live));
    const recorded = servedRecord(await notedFlags(deps.ssm(config.region), config.stack));
    const { solutionVersionArn: target, skipped } = chooseTarget(versions, live, options.to, recorded);
    printSkipped(skipped);
    const move = `campaign ${nameInArn(campaign.campaignArn)} from version ${nameInArn(live)} to ${nameInArn(target)}`;
    const change = { from: live, to: target, hold: true, skipped };
    if (options.dryRun) return printed(`It would switch ${move}, and \`pulumi up\` would keep this version.`, change);
    await confirm(`Switch ${move}?`, options.yes, signal);
    const continues =
        "AWS continues the switch; the old version serves until it is done. Resume the wait: npm run watch-status -- --wait";
    return untilCancelled(signal, continues, async () => {
        await switchVersion(deps, { ...campaign, solutionVersionArn: target, hold: true, reason: options.reason });
        await recordCampaign(stack.stack, options.configFile);
        return printed(
            `Version ${nameInArn(target)} serves, and \`pulumi up\` does not change that.\n` +
                "End the hold with: npm run rollback -- --release",
            change,
        );
    });
});

/** Rolls back in a stack that serves lists of batch inference. */
async function rollbackLists(
    { config, arnOf }: OperatedStack,
    deps: OperationDeps,
    signal: AbortSignal,
): Promise<number> {
    const newest = arnOf("SolutionVersion") ?? "";
    const change = await planLists(deps, config, newest, options);
    printSkipped(change.skipped);
    const move = change.hold
        ? `compute lists of version ${nameInArn(change.to)}, and keep this version`
        : `end the hold, and compute lists of version ${nameInArn(change.to)}`;
    const price = "AWS bills the job by viewers. Until it is done, the API serves the present lists.";
    if (options.dryRun) return printed(`It would ${move}. ${price}`, change);
    await confirm(`${sentence(move)}? ${price}`, options.yes, signal);
    const continues =
        "The version is recorded, and the next run of the function for batch inference computes its lists. See: npm run versions";
    return untilCancelled(signal, continues, async () => {
        await changeLists(deps, config, change, options.reason, signal);
        return printed(`The lists of version ${nameInArn(change.to)} are live.`, change);
    });
}

function sentence(text: string): string {
    return text.charAt(0).toUpperCase() + text.slice(1);
}

async function release(
    deps: OperationDeps,
    { stack, campaignArn }: OperatedCampaign,
    live: string,
    pulumiStack: string,
): Promise<number> {
    const ssm = deps.ssm(campaignArn.split(":")[3] ?? "");
    const { serving } = await readStateFlags(ssm, stack);
    const result = { from: live, to: live, hold: false, skipped: [] };
    if (!serving?.hold) return printed("The campaign is not held: `pulumi up` switches to the newest version.", result);
    if (options.dryRun) {
        return printed(`It would end the hold at version ${nameInArn(serving.solutionVersionArn)}.`, result);
    }
    const flag = { solutionVersionArn: live, hold: false, reason: options.reason, since: nowIso(), from: live };
    await writeStateFlag(ssm, stack, "serving", flag);
    await recordCampaign(pulumiStack, options.configFile);
    return printed(
        `Version ${nameInArn(live)} continues to serve; the next \`pulumi up\` switches to the newest one.`,
        result,
    );
}

function printSkipped(skipped: readonly string[]): void {
    if (skipped.length > 0) process.stderr.write(`Skipped: ${skipped.join(", ")}. To choose one: --to <version>\n`);
}

function printed(text: string, result: ListsChange): number {
    return printResult(options, { dryRun: options.dryRun ?? false, ...result }, text);
}

/** A change of the version whose lists a stack without a campaign serves. */
interface ListsChange {
    readonly from: string;
    readonly to: string;
    readonly hold: boolean;
    /** Versions that a rollback without `--to` skips, with reasons. */
    readonly skipped: readonly string[];
}

/**
 * Returns the change that a rollback or release would make.
 *
 * @throws RunbookError if no lists are live, or if the version cannot be served
 */
async function planLists(
    deps: OperationDeps,
    config: StackConfig,
    newest: string,
    wanted: { readonly to?: string | undefined; readonly release?: boolean | undefined },
): Promise<ListsChange> {
    const lists = await servedLists(config);
    if (lists === undefined) throw new RunbookError("There are no lists yet, so there is no version to roll back.");
    const from = lists.solutionVersionArn;
    if (wanted.release) return { from, to: newest, hold: false, skipped: [] };
    const versions = await listVersions(deps.client(config.region), solutionOf(from));
    const { refused, served } = servedRecord(await notedFlags(deps.ssm(config.region), config.stack));
    const recorded = { refused, served: new Set([...served, ...lists.versions]) };
    const { solutionVersionArn: to, skipped } = chooseTarget(versions, from, wanted.to, recorded);
    return { from, to, hold: true, skipped };
}

/**
 * Sets or removes the state flag `hold`, which keeps the stack at a version, and waits until the lists of the wanted
 * version are live. Until then, the API serves the previous lists.
 */
async function changeLists(
    deps: OperationDeps,
    { region, stack, names, pollSeconds }: StackConfig,
    { from, to, hold }: ListsChange,
    reason: string,
    signal: AbortSignal,
): Promise<void> {
    const flag = { solutionVersionArn: hold ? to : from, hold, reason, since: nowIso(), from };
    await writeStateFlag(deps.ssm(region), stack, "serving", flag);
    const waiting = { lambda: listsClient, log: deps.log, goOn: async () => signal.throwIfAborted() };
    await awaitLists(waiting, { region, functionName: names.batchLists, pollSeconds });
}
