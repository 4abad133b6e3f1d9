import { type AttributeColumn, createItemsSchema } from "./attributes/columns.ts";
import type { ItemTable } from "./attributes/items-table.ts";
import type { UserTable } from "./attributes/users.ts";
import type { ConvertResult } from "./convert.ts";
import { type Manifest, manifestVersion } from "./manifest.ts";
import { sourcesAt } from "./reading/sources.ts";
import type { TablesChoice } from "./refusals.ts";
import type { Plan } from "./row-writer.ts";
import { type Conversion, typesByRows } from "./summary.ts";
import { chooseNoun, consumedTypes } from "./words.ts";

/** Input and result of a run of data-prep. */
export interface Prepared {
    readonly plans: readonly Plan[];
    readonly result: ConvertResult;
    readonly summary: Conversion;
    readonly items: ItemTable;
    /** The columns of the Items dataset. */
    readonly itemColumns: readonly AttributeColumn[];
    readonly users: UserTable | undefined;
    /** The paths that the options `--items` and `--users` named. */
    readonly given: Pick<TablesChoice, "items" | "users">;
    readonly options: readonly string[];
    /** IDs of the users that the demo and the page offer as viewers. */
    readonly viewers: readonly string[];
}

/** Returns the manifest of a run, without the written files. */
export async function describeData(prepared: Prepared, checks: Manifest["checks"]): Promise<Omit<Manifest, "files">> {
    const { plans, result, summary, items, itemColumns, users, given, options } = prepared;
    const { columns } = result;
    const eventTypes = typesByRows(result.eventTypes);
    const [plan] = plans as [Plan];
    const { name, names } = plan.table;
    const itemFields = createItemsSchema(itemColumns).fields;
    return {
        schemaVersion: manifestVersion,
        sources: await hashSources(plans, given),
        options,
        interactions: {
            sha256: result.sha256,
            rows: columns.users.length,
            users: columns.userCount,
            items: columns.itemCount,
            firstTimestamp: summary.firstTimestamp,
            lastTimestamp: summary.lastTimestamp,
            skipped: result.badRows.count,
            leftOut: result.leftOut + result.withoutElements,
            repeated: result.repeated,
            fields: result.fields,
        },
        eventTypes,
        consumedTypes: consumedTypes(eventTypes.map((type) => type.name)),
        ...(itemFields.length > 1 && {
            items: {
                file: "items.csv",
                rows: items.catalogue.length,
                fields: itemFields,
                isDataset: given.items !== undefined,
            },
        }),
        ...(users && {
            users: { file: "users.csv", rows: users.ids.length, fields: users.schema.fields, isDataset: true },
        }),
        noun: chooseNoun(name, names[plan.roles.item] as string),
        checks,
        viewers: prepared.viewers,
    };
}

async function hashSources(plans: readonly Plan[], given: Prepared["given"]): Promise<Manifest["sources"]> {
    const sources: Manifest["sources"][number][] = [];
    for (const { table } of plans) {
        sources.push({ dataset: "interactions", file: table.name, sha256: await table.sha256() });
    }
    for (const dataset of ["items", "users"] as const) {
        const path = given[dataset];
        const [source] = path === undefined ? [] : await sourcesAt(path);
        if (source) sources.push({ dataset, file: source.name, sha256: await source.sha256() });
    }
    return sources;
}
