import type { StackConfig } from "../../../config/config.ts";
import { awaitLists, listsClient } from "../../../personalize/operations/awaited-lists.ts";
import { nowIso, type OperationDeps, solutionOf } from "../../../personalize/operations/operation.ts";
import { listVersions } from "../../../personalize/operations/solution-versions.ts";
import { writeStateFlag } from "../../../personalize/operations/state-flags.ts";
import { RunbookError } from "../cli/runbook.ts";
import { servedLists } from "../stack/served-lists.ts";
import { chooseTarget, notedFlags, servedRecord } from "./versions.ts";

/** A change of the version whose lists a stack without a campaign serves. */
export interface ListsChange {
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
export async function planLists(
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
export async function changeLists(
    deps: OperationDeps,
    { region, stack, names, pollSeconds, deadlineMinutes }: StackConfig,
    { from, to, hold }: ListsChange,
    reason: string,
    signal: AbortSignal,
): Promise<void> {
    const solutionVersionArn = hold ? to : from;
    await writeStateFlag(deps.ssm(region), stack, "serving", {
        solutionVersionArn,
        hold,
        reason,
        since: nowIso(),
        from,
    });
    const waiting = { lambda: listsClient, log: deps.log, goOn: async () => signal.throwIfAborted() };
    await awaitLists(waiting, {
        region,
        functionName: names.batchLists,
        pollSeconds,
        deadlineMinutes: deadlineMinutes.import,
    });
}
