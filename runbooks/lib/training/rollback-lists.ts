import { LambdaClient } from "@aws-sdk/client-lambda";
import { isBatch, type StackConfig } from "../../../config/config.ts";
import { type ListsReport, runLists } from "../../../personalize/operations/awaited-lists.ts";
import { nameInArn, nowIso, type OperationDeps, solutionOf } from "../../../personalize/operations/operation.ts";
import { listVersions } from "../../../personalize/operations/solution-versions.ts";
import { writeStateFlag } from "../../../personalize/operations/state-flags.ts";
import { RunbookError } from "../cli/runbook.ts";
import { servedLists } from "../stack/served-lists.ts";
import { chooseTarget } from "./versions.ts";

/** A change of the version whose lists a stack without a campaign serves. */
export interface ListsChange {
    readonly from: string;
    readonly to: string;
    readonly hold: boolean;
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
    if (wanted.release) return { from, to: newest, hold: false };
    const versions = await listVersions(deps.client(config.region), solutionOf(from));
    return { from, to: chooseTarget(versions, from, wanted.to), hold: true };
}

/** Holds or releases the version, and awaits its lists. The live lists serve until then. */
export async function changeLists(
    deps: OperationDeps,
    { region, stack, names, pollSeconds }: StackConfig,
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
    let phase: string | undefined;
    await withLambda(region, async (client) => {
        for (;;) {
            signal.throwIfAborted();
            const report: ListsReport = await runLists(client, names.batchLists);
            if (report.settled) return;
            if (report.failure !== undefined && report.phase === undefined) throw new RunbookError(report.failure.text);
            if (report.phase !== phase) deps.log(`lists of version ${nameInArn(to)}: ${report.phase ?? "waiting"}`);
            phase = report.phase;
            await deps.sleep(pollSeconds);
        }
    });
}

async function withLambda<T>(region: string, work: (client: LambdaClient) => Promise<T>): Promise<T> {
    const client = new LambdaClient({ region, requestHandler: { requestTimeout: 910_000 } });
    try {
        return await work(client);
    } finally {
        client.destroy();
    }
}

/** Returns the error of a command that needs a campaign, for a stack that serves lists of batch inference. */
export const withoutCampaign = (
    config: Pick<StackConfig, "serving" | "stack">,
    instead: string,
): RunbookError | undefined =>
    isBatch(config)
        ? new RunbookError(
              `Stack ${config.stack} serves lists of batch inference (serving.mode batch), without a campaign. ${instead}`,
          )
        : undefined;
