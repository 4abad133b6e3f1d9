import { isBatch } from "../core/config/config.ts";
import { approximately } from "../core/config/prices.ts";
import { describeCampaign, heldText, nameInArn, parkedText, toServed } from "../core/operations/operation.ts";
import { readStateFlags } from "../core/operations/state-flags.ts";
import { shortTime, table } from "./lib/cli/output.ts";
import { printResult, RunbookError } from "./lib/cli/runbook.ts";
import { servedLists } from "./lib/stack/operate-table.ts";
import { operatedCampaign, runOperation, stackRunbook } from "./lib/stack/operation.ts";
import {
    costNote,
    describeVersions,
    type NotedSwitch,
    notedFlags,
    parseSwitches,
    type Version,
} from "./lib/training/versions.ts";

const options = stackRunbook("versions", ["", "--json"]).parse().opts();

await runOperation(options, async (stack, deps) => {
    const { region, stack: name } = stack.config;
    const solutionArn = stack.arnOf("Solution");
    if (solutionArn === undefined) {
        throw new RunbookError(`Stack ${stack.stack} has no solution. Create it with: pulumi up`);
    }
    const client = deps.client(region);
    const campaign = await operatedCampaign(deps, stack);
    const description = campaign && (await describeCampaign(deps, campaign.campaignArn));
    const lists = isBatch(stack.config) ? await servedLists(stack.config) : undefined;
    const { parked, serving } = await readStateFlags(deps.ssm(region), name);
    const switches = parseSwitches(await notedFlags(deps.ssm(region), name));
    const versions = await describeVersions(
        client,
        solutionArn,
        lists?.solutionVersionArn ?? (description && toServed(description).solutionVersionArn),
        switches,
    );
    const stateFlags = { parked: parked ?? null, held: serving?.hold ? serving : null };
    return printResult(options, { solutionArn, ...stateFlags, versions, switches }, () => {
        print(versions, switches);
        if (lists) {
            const since = shortTime(new Date(lists.madeAt).toISOString());
            console.log(
                `The API serves lists of batch inference, generation ${lists.generation}, from a job of ${since}.`,
            );
        }
        if (parked) console.log(parkedText(parked));
        if (serving?.hold) console.log(heldText(serving));
    });
});

function print(versions: readonly Version[], switches: readonly NotedSwitch[]): void {
    const figure = (value: number | undefined) => value?.toFixed(4) ?? "–";
    const head = ["version", "created", "data", "NDCG@10", "MRR@25", "hours", "cost", "trained", "state"];
    const rows = versions.map(({ id, madeAt, dataHash, metrics, trainingHours, trainingUsd, ...version }) => [
        id,
        shortTime(madeAt),
        dataHash ?? "–",
        figure(metrics?.normalized_discounted_cumulative_gain_at_10),
        figure(metrics?.mean_reciprocal_rank_at_25),
        trainingHours?.toFixed(2) ?? "–",
        trainingUsd ? approximately(trainingUsd) : "–",
        version.trainingType?.toLowerCase() ?? "–",
        version.servingNow ? "serves" : version.status,
    ]);
    console.log(table(head, rows));
    if (versions.some((version) => version.trainingUsd)) console.log(costNote(process.env));
    for (const { at, by, solutionVersionArn, reason } of switches) {
        const who = by?.split(/[:/]/).at(-1) ?? "unknown caller";
        console.log(`${shortTime(at)} ${who} switched to ${nameInArn(solutionVersionArn)}: ${reason}`);
    }
}
