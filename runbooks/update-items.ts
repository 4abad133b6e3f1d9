import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { PersonalizeEventsClient } from "@aws-sdk/client-personalize-events";
import { S3Client } from "@aws-sdk/client-s3";
import { Option } from "@commander-js/extra-typings";
import { limits } from "../app/serving/limits.ts";
import { isBatch } from "../core/config/config.ts";
import { approximately, ingestionUsd, priceNote } from "../core/config/prices.ts";
import { describeCampaign, nameInArn, nowIso, type OperationDeps, toServed } from "../core/operations/operation.ts";
import { readStateFlags, writeStateFlag } from "../core/operations/state-flags.ts";
import { decimals } from "../data-prep/numbers.ts";
import { createProgress } from "../data-prep/progress.ts";
import { counted } from "../data-prep/words.ts";
import { exitCodes, printResult, RunbookError } from "./lib/cli/runbook.ts";
import { servedLists } from "./lib/stack/operate-table.ts";
import { type OperatedStack, operatedCampaign, runOperation, stackRunbook } from "./lib/stack/operation.ts";
import { stackOutputs } from "./lib/stack/stack.ts";
import { projectFile } from "./lib/stack/stack-config.ts";
import { findImportJob } from "./lib/training/new-data.ts";
import {
    changedTables,
    type SentRecord,
    sendRecords,
    sentRows,
    storeTables,
    toRecords,
    writeChanges,
} from "./lib/update/apply.ts";
import { type Changes, type DatasetChanges, findChanges } from "./lib/update/changes.ts";

const command = stackRunbook(
    "update-items",
    ["products.csv", "products.csv --dry-run", "--users customers.csv"],
    "A row replaces the item's whole record; a column that the file lacks keeps its values, and so do items that it lacks",
)
    .argument("[file]", "a table of items, as `data-prep --items` reads it: all items, or only the changed ones")
    .option("--users <file>", "a table of users")
    .option("--item-columns <list>", "columns of the table, as in data-prep; default: those of the stack's data")
    .option("--user-columns <list>", "columns of --users, as in data-prep; default: those of the stack's data")
    .addOption(
        new Option("--decimal <sign>", "the decimal sign of numbers; default: that of the stack's data").choices(
            decimals,
        ),
    )
    .option("--hash-users <file>", "the key with which data-prep hashed the users' ids")
    .option("--dry-run", "only print what it would change, and the price")
    .parse();
const options = command.opts();
const fromCaller = (path: string | undefined) => path && resolve(process.env.INIT_CWD ?? ".", path);

/** A dataset with changes, and its records. */
interface Sending {
    readonly kind: "items" | "users";
    readonly dataset: DatasetChanges;
    readonly datasetArn: string;
    readonly records: readonly SentRecord[];
}

await runOperation(options, async (stack, deps) => {
    const [file] = command.args;
    if (file === undefined && options.users === undefined) {
        throw new RunbookError(
            "Name a table of items, or of users: npm run update-items -- products.csv",
            exitCodes.usage,
        );
    }
    const { hashUsers } = options;
    const tables = { ...options, items: fromCaller(file), users: fromCaller(options.users) };
    const changes = await findChanges(stack.config, { ...tables, hashUsers: fromCaller(hashUsers) });
    const { items, users } = changes;
    for (const column of [...(items?.dataset?.unknown ?? []), ...(users?.unknown ?? [])]) {
        process.stderr.write(
            `warning: the dataset has no column ${column}, so it is left out. A new column needs data-prep and \`pulumi up\`.\n`,
        );
    }
    const sendings = datasetsOf(stack, changes);
    const records = sendings.flatMap((sending) => sending.records);
    const bytes = records.reduce((sum, { id, properties }) => sum + Buffer.byteLength(id + properties), 0);
    const usd = ingestionUsd(bytes);
    const document = {
        items: { changed: items?.changed ?? [], added: items?.added ?? [] },
        users: { changed: users?.changed ?? [] },
        records: records.length,
        usd,
        dryRun: options.dryRun ?? false,
    };
    const isNothing = document.items.changed.length + document.users.changed.length === 0;
    const found =
        `Changes: ${counted(document.items.changed.length, "item")} (${document.items.added.length} new), ` +
        `${counted(document.users.changed.length, "user")}.`;
    const price = `Personalize bills ${counted(records.length, "record")} at ${approximately(usd)} ${priceNote}.`;
    if (isNothing || options.dryRun) {
        return printResult(
            options,
            document,
            isNothing ? "Nothing to update: the stack has these rows." : `${found} ${price}`,
        );
    }
    process.stderr.write(`${found} ${price}\n`);
    await apply(stack, deps, changes, sendings);
    return printResult(options, document, () => console.log(whatWorksWhen(stack, changes, sendings).join("\n")));
});

/** Returns the stack's datasets that get records. Throws RunbookError for a dataset that is not deployed. */
function datasetsOf({ stack, config, recorded }: OperatedStack, { items, users }: Changes): Sending[] {
    const given = { items: items?.dataset, users };
    return (["items", "users"] as const).flatMap((kind): Sending[] => {
        const dataset = given[kind];
        if (dataset === undefined || dataset.changed.length === 0 || config.metadataFiles[kind] === undefined)
            return [];
        const datasetArn = recorded.find(
            (resource) => resource.kind === "Dataset" && resource.inputs.datasetType === kind.toUpperCase(),
        )?.arn;
        if (datasetArn === undefined) {
            throw new RunbookError(`Stack ${stack} has no dataset of ${kind} yet. Create it with: pulumi up`);
        }
        return [{ kind, dataset, datasetArn, records: toRecords(dataset) }];
    });
}

/**
 * Applies the changes: to Personalize, to the served fallback tables, and at last to the stack's files. If one step
 * fails, the files are unchanged, so that the same command repeats all steps.
 */
async function apply(stack: OperatedStack, deps: OperationDeps, changes: Changes, sendings: readonly Sending[]) {
    const { config, recorded } = stack;
    const { region, names } = config;
    const { bucketName = "" } = await stackOutputs(stack.stack);
    const s3 = new S3Client({ region });
    const tables = changes.items
        ? await changedTables(s3, bucketName, await servedVersion(stack, deps), changes.items)
        : [];
    const events = new PersonalizeEventsClient({ region });
    const progress = createProgress(deps.log);
    for (const { kind, dataset, datasetArn, records } of sendings) {
        await sendRecords(events, datasetArn, dataset.idName, records, {
            progress: (done) => progress(`sending ${kind}`, done, records.length),
            sleep,
        });
    }
    await storeTables(s3, bucketName, tables);
    if (sendings.length > 0) {
        const ssm = deps.ssm(region);
        const { sent } = await readStateFlags(ssm, config.stack, ["sent"]);
        const flag = { ...sent, reason: "update-items", since: nowIso() };
        for (const { kind, dataset } of sendings) {
            const job = findImportJob(recorded, names[`${kind}ImportJobPrefix`]);
            const rows = await sentRows(kind, sent, dataset, job?.inputs.contentHash);
            if (rows) flag[kind] = rows;
        }
        await writeStateFlag(ssm, config.stack, "sent", flag);
    }
    await writeChanges(projectFile(config.interactionsFile), changes);
}

/** Returns the id of the version that the campaign, or the last batch inference job, serves; undefined without one. */
async function servedVersion(stack: OperatedStack, deps: OperationDeps): Promise<string | undefined> {
    if (isBatch(stack.config)) {
        const lists = await servedLists(stack.config);
        return lists && nameInArn(lists.solutionVersionArn);
    }
    const campaign = await operatedCampaign(deps, stack);
    const description = campaign && (await describeCampaign(deps, campaign.campaignArn));
    return description && nameInArn(toServed(description).solutionVersionArn);
}

/** Returns sentences about what uses the new rows, and when. */
function whatWorksWhen({ config }: OperatedStack, { items, users }: Changes, sendings: readonly Sending[]): string[] {
    const minutes = limits.tablesCompared / 60_000;
    const isLearning = config.recipe?.startsWith("aws-user-personalization") ?? false;
    return [
        `Updated ${counted(items?.changed.length ?? 0, "item")} and ${counted(users?.changed.length ?? 0, "user")}.`,
        ...(items ? [`- API and page: within ${minutes} minutes; the page shows new items in the row "New".`] : []),
        ...(sendings.length > 0
            ? [
                  "- Filters of the campaign: within 20 minutes. Then let the API request its lists again: npm run flush-cache",
              ]
            : []),
        ...(sendings.some(({ kind }) => kind === "items")
            ? [
                  isLearning
                      ? "- The campaign recommends new items after its next automatic update, about every two hours."
                      : "- The campaign recommends new items after the next training.",
              ]
            : []),
        "The next `pulumi up` keeps these rows, and imports nothing for them.",
    ];
}
