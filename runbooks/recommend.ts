import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { InvalidArgumentError } from "@commander-js/extra-typings";
import { findContentHash } from "pulumi-personalize/core";
import type { Columns } from "../data-prep/columns.ts";
import { table } from "./lib/cli/output.ts";
import { printResult, RunbookError, runAction, whole } from "./lib/cli/runbook.ts";
import { type Explanation, explain } from "./lib/recommendations/explain.ts";
import { collectUserItems, describeFilter, type LeftOut, leftOut } from "./lib/recommendations/left-out.ts";
import { type OwnData, ownData, unknownUsers } from "./lib/recommendations/own-data.ts";
import { type Recommendation, recommend } from "./lib/recommendations/recommendations.ts";
import { noCampaign, notFound } from "./lib/stack/no-campaign.ts";
import { stackRunbook } from "./lib/stack/operation.ts";
import { recordedResources, selectFilterNames, stackOutputs } from "./lib/stack/stack.ts";
import { projectFile, readSetting, selectedStack } from "./lib/stack/stack-config.ts";

/** The number of users that `--explain` compares. */
const comparedUsers = 30;

const command = stackRunbook("recommend", ["22 6 122", "22 --num-results 5 --explain"])
    .argument("<users...>", "user ids, for example 22 6 122", userId)
    .option("--num-results <n>", "number of items for each user, 1 to 500", whole(1, 500), 10)
    .option("--explain", "explain how much data the user has, how certain the list is, and what a filter left out")
    .option(
        "--filter <name>",
        "only items that this filter allows, instead of the filter of config watchedFilter; --filter-value sets its placeholders",
    )
    .option(
        "--filter-value <placeholder=value>",
        "value of a placeholder of the filter; repeat the option for more values",
        filterValue,
        {},
    )
    .option("--data <file>", "the interactions that data-prep wrote; default: config interactionsFile")
    .parse();
const options = command.opts();
if (options.filter === undefined && Object.keys(options.filterValue).length > 0) {
    command.error("error: --filter-value needs --filter: it sets a placeholder of that filter.");
}

await runAction(options.verbose, async (signal) => {
    const outputs = await stackOutputs(options.stack);
    const { campaignArn, watchedFilterArn, importJobArn } = outputs;
    const stackName = async () => options.stack ?? (await selectedStack());
    if (!campaignArn) throw await noCampaign(await stackName(), outputs);
    const region = campaignArn.split(":")[3] ?? "";
    const file = options.data ?? projectFile((await readSetting("interactionsFile", options)) ?? "");
    const data = await ownData(file, options.data === undefined ? findContentHash(importJobArn) : undefined);
    const titleOf = data.kind === "own" ? data.titleOf : (itemId: string) => itemId;
    const deps = { client: new PersonalizeRuntimeClient({ region }), titleOf };
    // A call accepts one filter, so the option `--filter` replaces the default filter.
    const filterNames =
        options.filter === undefined ? undefined : selectFilterNames(await recordedResources(options.stack));
    const filterName =
        options.filter === undefined
            ? watchedFilterArn?.split("/").at(-1)
            : (filterNames?.get(options.filter) ?? options.filter);
    const filter = filterName ? { name: filterName, values: options.filterValue } : undefined;
    const ask = { campaignArn, users: command.args, numResults: options.numResults, filter, signal };
    const recommendations = await recommend(deps, ask).catch(async (error: unknown) => {
        throw await notFound(error, { stack: await stackName(), campaignArn, filter: options.filter, filterNames });
    });
    const explanations = options.explain ? await explainAll(recommendations, requireInteractions(data)) : undefined;
    const unknown = data.kind === "own" ? unknownUsers(command.args, data.interactions) : null;
    if (data.kind === "other") {
        process.stderr.write(
            `note: ${data.why}. Therefore, the lists show ids instead of titles, and do not mark unknown users. Specify the right file with --data.\n`,
        );
    }
    return printResult(options, { campaignArn, recommendations, unknownUsers: unknown, explanations }, () =>
        print(recommendations, explanations, unknown ?? [], filterName),
    );

    async function explainAll(
        lists: Record<string, Recommendation[]>,
        interactions: Columns,
    ): Promise<Record<string, Explained>> {
        const step = Math.max(1, Math.floor(interactions.userIds.length / comparedUsers));
        const users = interactions.userIds.filter((_, index) => index % step === 0);
        process.stderr.write(`comparing with the lists of ${users.length} other users\n`);
        const others = Object.values(await recommend(deps, { ...ask, users }));
        const described =
            filter && (await describeFilter(new PersonalizeClient({ region }), ask.campaignArn, filter.name, signal));
        const unfiltered = described && (await recommend(deps, { ...ask, filter: undefined }));
        return Object.fromEntries(
            Object.entries(lists).map(([user, list]) => [
                user,
                {
                    ...explain(interactions, user, list, others),
                    leftOut: described
                        ? leftOut(described, list, unfiltered?.[user] ?? [], collectUserItems(interactions, user))
                        : null,
                },
            ]),
        );
    }
});

/** An explanation with the filter's effect; null without a filter. */
type Explained = Explanation & { readonly leftOut: LeftOut | null };

function print(
    lists: Record<string, Recommendation[]>,
    explanations: Record<string, Explained> | undefined,
    unknown: readonly string[],
    filterName: string | undefined,
): void {
    // Print in the order of the arguments: the keys of an object would have numeric ids first.
    for (const user of new Set(command.args)) {
        const list = lists[user] ?? [];
        console.log(
            unknown.includes(user)
                ? `User ${user} has no interactions in the data: the campaign returns the list of an unknown user`
                : `User ${user}`,
        );
        if (list.length === 0) {
            console.log(`No item${filterName ? `: filter ${filterName} removed all of them` : ""}.`);
            continue;
        }
        const rows = list.map(({ itemId, title, score }, index) => [
            index + 1,
            title,
            itemId,
            score?.toFixed(7) ?? "–",
        ]);
        console.log(table(["#", "title", "item", "score"], rows));
        if (explanations?.[user]) {
            const { sentence, leftOut } = explanations[user];
            console.log(leftOut ? `${sentence}\n${leftOut.sentence}` : sentence);
        }
    }
}

function requireInteractions(data: OwnData): Columns {
    if (data.kind === "other") {
        throw new RunbookError(
            `--explain needs the interactions, and ${data.why}. Run \`npm run data-prep\`, or specify the file with --data.`,
        );
    }
    return data.interactions;
}

function userId(text: string, before: string[] = []): string[] {
    if (text.trim() === "") throw new InvalidArgumentError("A user id is empty.");
    return [...before, text];
}

/** Adds the value of a repeated option, such as `GENRE=Comedy`, to the values of the earlier ones. */
function filterValue(text: string, before: Record<string, string[]>): Record<string, string[]> {
    const [, placeholder = "", value = ""] = /^\$?([^=]+)=(.+)$/.exec(text) ?? [];
    if (placeholder === "") {
        throw new InvalidArgumentError("The value must be a placeholder and its value, for example GENRE=Comedy.");
    }
    return { ...before, [placeholder]: [...(before[placeholder] ?? []), value] };
}
