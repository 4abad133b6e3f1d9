import { createItemsSchema, itemColumns, itemsCsv } from "./attributes/columns.ts";
import { detailParts, itemsOfEvents } from "./attributes/event-items.ts";
import { type ItemTable, itemsAt, itemsBeside } from "./attributes/items-table.ts";
import { readUsers, type UserTable } from "./attributes/users.ts";
import { type BadRow, listedBadRows, writeQuarantine } from "./bad-rows.ts";
import { collectExtraNames, convert } from "./convert.ts";
import { describeData } from "./describe-data.ts";
import { DEFAULT_OUTPUT, filesBeside, outputFolder, writeWholeFile } from "./files.ts";
import { mailWarning, readUserHash, refuseOtherHash } from "./hash-users.ts";
import { type Choices, describeLayout, layoutOptions, readLayout } from "./layout.ts";
import { type Manifest, readManifest } from "./manifest.ts";
import { fetchMovieLens } from "./movielens.ts";
import { negativeEvents } from "./negative-events.ts";
import { createProgress } from "./progress.ts";
import { formatWarnings, judge, writeReport } from "./quality/judge.ts";
import { itemsInFolder } from "./reading/sources.ts";
import {
    type RowsChoice,
    refuseBadRows,
    refuseOneFileTwice,
    refuseReplacement,
    refuseUnfit,
    refuseUnrelated,
    type TablesChoice,
    tablesGiven,
    unmatchedCases,
} from "./refusals.ts";
import type { Plan } from "./row-writer.ts";
import { createSuggest, outputBeside, toOptionWords } from "./suggestion.ts";
import { summarise } from "./summary.ts";
import { writeTables } from "./tables/make.ts";
import { someViewers } from "./tables/viewers.ts";
import { counted, isMovieLens } from "./words.ts";

/** Cache folder, relative to the project's folder, where npm runs commands. */
const CACHE_FOLDER = "data/ml-100k";

/** Options of `prepare`. */
export interface PrepareOptions extends Choices, TablesChoice, RowsChoice {
    /**
     * Files, zips or folders, or `-` for stdin, whose interactions data-prep writes in this order. Without one, data-prep
     * downloads MovieLens 100k, or reads it from the cache.
     */
    input?: string | readonly string[];
    /** Path of the CSV; the other files are written beside it. */
    output?: string;
    /** Path for the quality report as JSON; the page is beside it, with the ending .html. */
    report?: string | undefined;
    /** Path for a CSV of the unusable rows: FILE, LINE, COLUMN, REASON, TEXT. */
    quarantine?: string | undefined;
    /** Words of the command line that the user typed, for suggested commands in messages. */
    command?: readonly string[] | undefined;
    /** The file that contained these options, to record it in the manifest. */
    optionsFile?: Manifest["optionsFile"] | undefined;
    /** Progress messages, one line per call; by default to stderr. */
    log?: (line: string) => void;
    signal?: AbortSignal;
}

/**
 * Prepares interactions: writes the CSV for Personalize, catalogue.json, fallback-tables.json, manifest.json, and items
 * and users with their schemas. Each file is written completely or not at all, the interactions last. Throws
 * UnfitDataError for bad rows (unless they are skipped), if the output would replace other data, below the service's minimums and above its limits. Throws
 * other Errors, with messages for people, if files or MovieLens are unavailable.
 *
 * @returns the paths of the written files, the catalog and the summary. Without an item file, or with IDs and titles
 * only, `itemsPath` is undefined; without a table of users, `usersPath`.
 */
export async function prepare(given: PrepareOptions = {}) {
    const planned = await planPreparation(given);
    const { options, log, outputPath, now, plans, chosen, suggest, users } = planned;
    const progress = createProgress(log);
    refuseReplacement(outputPath, planned.besideInput, suggest);
    const name = plans.map(({ table }) => table.name).join(", ");
    const folder = outputFolder(outputPath);
    const before = await readManifest(outputPath).catch(() => undefined);
    refuseOtherHash(outputPath, before?.userHash, planned.userHash?.fingerprint, suggest);
    const bad: BadRow[] | undefined = options.badRows === "quarantine" ? [] : undefined;
    const beside = filesBeside(outputPath);
    const { summary, quality, catalogue, columns } = await writeWholeFile(outputPath, async (_, file) => {
        const result = await convert(plans, file, {
            latest: now + 86_400,
            hashUser: planned.userHash?.hash,
            onProgress: progress,
            ...(options.signal && { signal: options.signal }),
            ...(bad && { onBad: (row: BadRow) => void bad.push(row) }),
        });
        progress("checking the data");
        const summary = summarise(result, name, outputPath);
        refuseUnfit(result, plans, summary, suggest, options);
        const described = planned.items.catalogue.length === 0 ? result.items : undefined;
        const items = described ? itemsOfEvents(described, options.decimal) : planned.items;
        const columns = itemColumns(items.catalogue, items.columns);
        const unread = (described && items.notUnderstood)?.map((each) => `check the items: ${each}`) ?? [];
        for (const line of [...unread, ...unmatchedCases(plans, result.matched)]) log(`warning: ${line}`);
        for (const line of negativeEvents(plans, result.eventTypes, suggest)) log(line);
        const ids = items.catalogue.map(({ itemId }) => itemId);
        if (options.items)
            refuseUnrelated("item", options, { ids, names: items.names }, result.columns.itemIds, suggest);
        if (users) refuseUnrelated("user", options, users, result.columns.userIds, suggest);
        const allBad = [...items.bad, ...(users?.bad ?? []), ...(bad ?? [])];
        if (bad && options.quarantine) await writeQuarantine(options.quarantine, allBad);
        const { catalogue } = items;
        await folder.putJson(beside.catalogue, catalogue);
        const viewers = someViewers(result.columns, isMovieLens(plans[0]?.table.name ?? ""));
        if (columns.length > 0) {
            await folder.putJson(beside.itemsSchema, createItemsSchema(columns));
            await folder.put(beside.items, itemsCsv(catalogue, columns));
        }
        if (users) {
            await folder.putJson(beside.usersSchema, users.schema);
            await folder.put(beside.users, users.csv);
        }
        const prepared = { plans, result, summary, items, itemColumns: columns, users, viewers };
        const quality = judge(prepared, now);
        progress("hashing the files");
        const manifest = await describeData({ ...prepared, given: options, options: chosen }, quality.checks);
        const source = { columns: result.columns, sha256: summary.sha256, catalogue, attributes: columns, viewers };
        const tables = await writeTables(beside.tables, source, progress);
        await folder.note(beside.tables);
        const userHash = planned.userHash?.fingerprint;
        const { optionsFile } = options;
        await folder.putJson(beside.manifest, { ...manifest, userHash, optionsFile, files: folder.files });
        return { summary: { ...summary, tables }, quality, catalogue, columns };
    });
    const removed = await folder.removeStale(before?.files);
    if (removed.length > 0) log(`Removed ${removed.join(", ")}, which data-prep made of other data.`);
    for (const line of formatWarnings(quality)) log(line);
    if (options.report) await writeReport(options.report, summary, quality, plans);
    return {
        outputPath,
        cataloguePath: beside.catalogue,
        tablesPath: beside.tables,
        itemsPath: columns.length > 0 ? beside.items : undefined,
        usersPath: users ? beside.users : undefined,
        manifestPath: beside.manifest,
        catalogue,
        summary,
    };
}

/**
 * Finds the columns of the input files, reads the tables of items and users, and logs what it understood, with a command
 * whose options name the columns. Writes only a downloaded MovieLens. Throws like `prepare` for files that it does not understand.
 */
export async function planPreparation(given: PrepareOptions) {
    const log = given.log ?? ((line: string) => process.stderr.write(`${line}\n`));
    const outputPath = given.output ?? DEFAULT_OUTPUT;
    const inputs = [given.input ?? []].flat();
    const paths = inputs.length > 0 ? inputs : [await fetchMovieLens(CACHE_FOLDER, { log, env: process.env })];
    const [itemsFile] = given.items === undefined ? await Promise.all(paths.map(itemsInFolder)) : [];
    const options = itemsFile === undefined ? given : { ...given, items: itemsFile };
    refuseOneFileTwice(paths, outputPath, options);
    const now = Date.now() / 1000;
    const besideInput = await outputBeside(paths, given.output);
    const always = { ...(itemsFile && { items: itemsFile }), ...besideInput };
    const command = given.command ?? ["npm", "run", "data-prep", "--", ...paths, ...optionsGiven(options)];
    const suggest = createSuggest(command, always);
    const numbers = { decimal: options.decimal, suggest };
    const ownItems = options.items ? await itemsAt(options.items, options.itemColumns, numbers) : undefined;
    const itemIds = ownItems && new Set(ownItems.catalogue.map(({ itemId }) => itemId));
    const plans: Plan[] = [];
    for (const path of paths) plans.push(...(await readLayout(path, { ...options, itemIds }, now, { log, suggest })));
    for (const plan of plans) log(describeLayout(plan));
    const userHash = options.hashUsers === undefined ? undefined : readUserHash(options.hashUsers);
    const [mail] = userHash ? [] : plans.flatMap((plan) => mailWarning(plan) ?? []);
    if (mail) log(mail);
    // Refuse too many additional columns here, because a dry run does not convert.
    collectExtraNames(plans);
    const [first] = plans;
    const understood = first ? layoutOptions(first, options) : {};
    const skips = options.badRows === undefined || options.badRows === "fail" ? [] : ["--bad-rows", "skip"];
    const chosen = [...paths, ...toOptionWords(understood), ...tablesGiven(options), ...skips];
    const items = ownItems ?? (await itemsBeside(paths[0] as string, first?.table.name ?? ""));
    const users = options.users
        ? await readUsers(options.users, options.userColumns, numbers, userHash?.hash)
        : undefined;
    const refuseBad = (path = "", bad: readonly BadRow[], good: number) =>
        refuseBadRows({ count: bad.length, first: bad.slice(0, listedBadRows) }, good, path, suggest, options);
    refuseBad(options.items, items.bad, items.catalogue.length);
    if (users) refuseBad(options.users, users.bad, users.ids.length);
    const columns = itemColumns(items.catalogue, items.columns);
    const ofEvents = plans.flatMap(({ table, details = [] }) =>
        details.flatMap((column, at) => (column === undefined ? [] : `${detailParts[at]} = ${table.names[column]}`)),
    );
    logAttributes(log, plans.map(({ table }) => table.name).join(", "), { items, users }, columns.length, ofEvents);
    const withoutDryRun = createSuggest(
        command.filter((word) => word !== "--dry-run"),
        always,
    );
    log(`As a command:  ${withoutDryRun(understood)}`);
    return { options, log, outputPath, now, plans, chosen, suggest, besideInput, items, users, userHash };
}

/**
 * Logs what was read of items and users. `columns` is the number of columns of items.csv in addition to the ID,
 * `ofEvents` names the columns of the events that describe items.
 */
function logAttributes(
    log: (line: string) => void,
    name: string,
    tables: { readonly items: ItemTable; readonly users: UserTable | undefined },
    columns: number,
    ofEvents: readonly string[],
): void {
    const { understood, catalogue, notUnderstood = [] } = tables.items;
    if (understood) log(understood);
    if (notUnderstood.length > 0) log(`warning: check the items: ${notUnderstood.join("; ")}`);
    if (ofEvents.length > 0) {
        log(`The items come from columns of the events, each with its newest value: ${ofEvents.join(", ")}`);
    } else if (catalogue.length === 0) {
        log(`No item file came with ${name}: items are shown by their IDs, and no items.csv is written.`);
    } else if (columns === 0) {
        log(
            "The items have only IDs and titles, so no items.csv is written: Personalize requires at least one more column.",
        );
    }
    for (const [table, rows] of Object.entries(tables)) {
        if (rows && rows.bad.length > 0) log(`Skipped ${counted(rows.bad.length, "row")} of the ${table}.`);
        if (rows && rows.leftOut.length > 0) log(`Left out of ${table}.csv: ${rows.leftOut.join(", ")}`);
        if (rows && rows.repeated > 0)
            log(`${counted(rows.repeated, "row")} of the ${table} with the id of an earlier row: the last one counts.`);
    }
}

/** Returns the options that the user gave, which a suggested command repeats. */
function optionsGiven(options: PrepareOptions): string[] {
    const { columns, time, decimal, event, output, report, badRows, maxBad, quarantine } = options;
    return [
        ...tablesGiven(options),
        ...toOptionWords({ columns, time, decimal, event, output, report }),
        ...(badRows === undefined ? [] : ["--bad-rows", badRows, ...(quarantine === undefined ? [] : [quarantine])]),
        ...toOptionWords({ "max-bad": maxBad === undefined ? undefined : `${maxBad * 100}%` }),
    ];
}
