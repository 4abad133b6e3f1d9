import { parseArgs } from "node:util";
import { messageOf, shell } from "terminal-text";
import type { StackConfig } from "../../../core/config/config.ts";
import { itemColumns } from "../../../data-prep/attributes/columns.ts";
import { itemsAt } from "../../../data-prep/attributes/items-table.ts";
import { type ChangedRows, changeRows, parseRows, type Rows, readRows } from "../../../data-prep/attributes/rows.ts";
import { readUsers } from "../../../data-prep/attributes/users.ts";
import { type BadRow, describeBadRows, listedBadRows } from "../../../data-prep/bad-rows.ts";
import { type CatalogueItem, catalogueBeside, changeItems } from "../../../data-prep/catalogue.ts";
import { filesBeside } from "../../../data-prep/files.ts";
import { readUserHash, refuseOtherHash } from "../../../data-prep/hash-users.ts";
import { type Manifest, readManifest } from "../../../data-prep/manifest.ts";
import { type Decimal, type DecimalChoice, decimals } from "../../../data-prep/numbers.ts";
import { readOptionsFile } from "../../../data-prep/options-file.ts";
import { createSuggest } from "../../../data-prep/suggestion.ts";
import { RunbookError } from "../cli/runbook.ts";
import { projectFile } from "../stack/stack-config.ts";

/** The tables of the command line, and the options of data-prep with which to read them. */
export interface GivenTables {
    /** Path of a table of items. */
    readonly items?: string | undefined;
    /** Path of a table of users. */
    readonly users?: string | undefined;
    readonly itemColumns?: string | undefined;
    readonly userColumns?: string | undefined;
    readonly decimal?: Decimal | undefined;
    readonly hashUsers?: string | undefined;
}

/** Changes of the stack's items, compared with the files that data-prep wrote. */
export interface ItemChanges {
    readonly catalogue: readonly CatalogueItem[];
    /** The catalog's entries of the given items. */
    readonly given: readonly CatalogueItem[];
    /** IDs of the items that are new or differ. */
    readonly changed: readonly string[];
    /** IDs of the changed items that the catalog did not have. */
    readonly added: readonly string[];
    /** Changes of items.csv; undefined if the items have no columns besides ID and title. */
    readonly dataset: DatasetChanges | undefined;
}

/** Changes of a CSV of items or users. */
export interface DatasetChanges extends ChangedRows {
    /** Path of the CSV. */
    readonly path: string;
    readonly idName: "ITEM_ID" | "USER_ID";
}

export interface Changes {
    readonly manifest: Manifest;
    readonly items: ItemChanges | undefined;
    readonly users: DatasetChanges | undefined;
}

/**
 * Compares the given tables with the files that data-prep wrote for the stack. Changes nothing.
 *
 * @throws RunbookError for a stack whose data has no catalog or no users, and for rows that cannot be used; Error of
 * data-prep for a table that cannot be read.
 */
export async function findChanges(config: StackConfig, tables: GivenTables): Promise<Changes> {
    const csvPath = projectFile(config.interactionsFile);
    const manifest = await readManifest(csvPath);
    if (manifest === undefined) {
        throw new RunbookError(
            `There is no ${filesBeside(csvPath).manifest}, so the stack's items are not known. Prepare the data: npm run data-prep`,
        );
    }
    const options = { ...(await preparedWith(manifest)), ...tables };
    const suggest = createSuggest(["npm", "run", "update-items", "--", tables.items ?? ""]);
    const numbers = { decimal: options.decimal, suggest };
    const pathOf = (kind: "items" | "users") =>
        projectFile(config.metadataFiles[kind] ?? filesBeside(config.interactionsFile)[kind]);
    return {
        manifest,
        items: tables.items === undefined ? undefined : await changedItems(csvPath, pathOf("items"), options, numbers),
        users: tables.users === undefined ? undefined : await changedUsers(pathOf("users"), manifest, options, numbers),
    };
}

/** Returns the options of data-prep with which the stack's tables were read. */
async function preparedWith({ options, optionsFile }: Manifest): Promise<GivenTables> {
    const words = optionsFile ? (await readOptionsFile(projectFile(optionsFile.file), ".")).options : options;
    const named = Object.fromEntries(
        ["item-columns", "user-columns", "decimal"].map((name) => [name, { type: "string" } as const]),
    );
    const { values } = parseArgs({ args: [...words], options: named, strict: false, allowPositionals: true });
    const text = (name: string) => (typeof values[name] === "string" ? values[name] : undefined);
    const decimal = decimals.find((each) => each === text("decimal"));
    return { itemColumns: text("item-columns"), userColumns: text("user-columns"), decimal };
}

async function changedItems(csvPath: string, path: string, tables: GivenTables, numbers: DecimalChoice) {
    const file = tables.items ?? "";
    const table = await itemsAt(file, tables.itemColumns, numbers);
    refuseBad(file, table.bad);
    const before = await catalogueBeside(csvPath);
    if (before.length === 0) {
        throw new RunbookError(
            `The data of ${csvPath} has no catalog. Prepare it with the items: ${shell("npm", "run", "data-prep", "--", "FILE", "--items", file)}`,
        );
    }
    const columns = itemColumns(table.catalogue, table.columns);
    const ids = table.catalogue.map(({ itemId }) => itemId);
    const byId = new Map(ids.map((itemId, row) => [itemId, columns.map(({ values }) => values[row] ?? "")]));
    const rows = await readRows(path);
    const dataset = rows && changed(file, rows, { fields: columns.map(({ field }) => field), byId });
    const { catalogue, changed: entries } = changeItems(before, table.catalogue);
    const known = new Set(before.map(({ itemId }) => itemId));
    const given = new Set(ids);
    return {
        catalogue,
        given: catalogue.filter(({ itemId }) => given.has(itemId)),
        changed: [...new Set([...entries, ...(dataset?.changed ?? [])])],
        added: ids.filter((itemId) => !known.has(itemId)),
        dataset: dataset && { ...dataset, path, idName: "ITEM_ID" as const },
    };
}

async function changedUsers(
    path: string,
    manifest: Manifest,
    { users: file = "", userColumns, hashUsers }: GivenTables,
    numbers: DecimalChoice,
): Promise<DatasetChanges> {
    const userHash = hashUsers === undefined ? undefined : readUserHash(hashUsers);
    const suggest = createSuggest(["npm", "run", "update-items", "--", "--users", file]);
    refuseOtherHash(path, manifest.userHash, userHash?.fingerprint, suggest);
    const table = await readUsers(file, userColumns, numbers, userHash?.hash);
    refuseBad(file, table.bad);
    const before = await readRows(path);
    if (before === undefined) {
        throw new RunbookError(
            `There is no ${path}: the stack has no Users dataset. Prepare the data with the users: ${shell("npm", "run", "data-prep", "--", "FILE", "--users", file)}`,
        );
    }
    return { ...changed(file, before, parseRows(Buffer.from(table.csv), table.schema)), path, idName: "USER_ID" };
}

function changed(file: string, before: Rows, given: Rows): ChangedRows {
    try {
        return changeRows(before, given);
    } catch (error) {
        throw new RunbookError(`${file} does not fit the dataset, so nothing was changed: ${messageOf(error)}.`);
    }
}

function refuseBad(file: string, bad: readonly BadRow[]): void {
    if (bad.length === 0) return;
    const listed = { count: bad.length, first: bad.slice(0, listedBadRows) };
    throw new RunbookError(describeBadRows(file, listed));
}
