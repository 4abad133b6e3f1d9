import { basename, resolve } from "node:path";
import { compileTimeFormat, describeTimeFormat, parseTimeFormat } from "access-doctor/times";
import { messageOf, visible } from "terminal-text";
import { detailColumns } from "./attributes/event-items.ts";
import { chooseDecimal, type Decimal } from "./numbers.ts";
import { columnsQuestion, nameOfColumn } from "./question.ts";
import { compileEventRule } from "./reading/event-rule.ts";
import { findRoles } from "./reading/guess.ts";
import { chosenColumns, findExtras, roles as parts } from "./reading/roles.ts";
import { listOf } from "./reading/rows-as-bytes.ts";
import { delimiterName } from "./reading/scan.ts";
import { type Source, sourcesAt } from "./reading/sources.ts";
import { openTable, type Table } from "./reading/table.ts";
import { chooseTime, refuseWrongTimes, type TablesChoice } from "./refusals.ts";
import type { Plan } from "./row-writer.ts";
import { type Changes, createSuggest, type Suggest } from "./suggestion.ts";

/** The user's choices on the command line. */
export interface Choices {
    /** Columns by name or by number from 1: `user=…,item=…,time=…,event=…,value=…`. */
    readonly columns?: string | undefined;
    /** Time format: `s`, `ms`, `us`, `ns`, `iso`, `excel`, or a format of `%` codes. */
    readonly time?: string | undefined;
    /** The decimal sign of numbers such as `1,299`, which have two readings. */
    readonly decimal?: Decimal | undefined;
    /** An event type, or cases such as `rating >= 4 -> Like, else Watch`. */
    readonly event?: string | undefined;
    /** Accepts the likeliest columns and times without a question. */
    readonly yes?: true | undefined;
}

/** Event type of data without event types. */
const defaultEvent = "Watch";

/** Names of files with interactions, to choose them in a folder or a zip. */
const interactionFile = /^(u\.data|(ratings?|events?|interactions?|reviews?|clicks?)\b.*|.*\.inter)$/i;

/** The choices of columns, the paths of the other tables, and the ids of the items that show the column of items. */
type LayoutChoices = Choices &
    Pick<TablesChoice, "items" | "users"> & { readonly itemIds?: ReadonlySet<string> | undefined };

/** How data-prep logs progress, and how it formats the commands that its messages suggest. */
interface Telling {
    readonly log: (line: string) => void;
    readonly suggest: Suggest;
}

/**
 * Finds the tables of interactions at a path, and understands their columns from their first 1,000 rows. `now` is in
 * epoch seconds. Tables of items and users in the same folder do not count. If there are several files, `log` gets a
 * line for each file that is left out, with the reason. Throws an Error with the reason and a command that works, or an Error for an unreadable file.
 */
export async function readLayout(
    path: string,
    choices: LayoutChoices,
    now: number,
    { log, suggest }: Telling = { log: () => {}, suggest: createSuggest(["npm", "run", "data-prep", "--", path]) },
): Promise<Plan[]> {
    const others = [choices.items, choices.users].flatMap((table) => (table === undefined ? [] : resolve(table)));
    const sources = selectLikely((await sourcesAt(path)).filter(({ name }) => !others.includes(resolve(name))));
    const only = sources.length === 1;
    const plans: Plan[] = [];
    for (const source of sources) {
        const table = await openTable(source);
        try {
            if (!table) throw notTable(source.name);
            plans.push(planOf(table, choices, now, suggest));
        } catch (error) {
            await table?.stop();
            if (only) throw error;
            log(`Skipped a file: ${messageOf(error)}`);
        }
    }
    if (plans.length === 0) {
        throw new Error(
            `${path} holds no file with users, items and times: it has ${sources.map(({ name }) => basename(name)).join(", ")}. ` +
                `Unpack it, and name the file:  ${suggest().replace(path, "FILE")}`,
        );
    }
    return plans;
}

/**
 * Returns those of several files that probably contain interactions: their names say so, and they are nearest to the
 * top folder.
 */
function selectLikely(sources: readonly Source[]): readonly Source[] {
    if (sources.length === 1) return sources;
    const named = sources.filter(({ name }) => interactionFile.test(basename(name)));
    const depthOf = ({ name }: Source) => name.split("/").length;
    const top = Math.min(...named.map(depthOf));
    return named.length > 0 ? named.filter((source) => depthOf(source) === top) : sources;
}

function notTable(name: string): Error {
    return new Error(
        `${name} is not a table with users, items and times: no tabs, commas, semicolons, \`|\` or \`::\` separate 3 or more ` +
            "fields in its rows, and it is neither JSON lines nor Parquet.",
    );
}

function planOf(table: Table, choices: LayoutChoices, now: number, suggest: Suggest): Plan {
    const { names, sample } = table;
    const chosen = choices.columns === undefined ? undefined : chosenColumns(choices.columns, parts, names);
    const guess = findRoles(table, chosen?.roles ?? {}, now, choices.itemIds);
    const { user, item, time: timeColumn } = guess.roles;
    const isSure = guess.unsure.length === 0 || choices.yes === true;
    if (!isSure || user === undefined || item === undefined || timeColumn === undefined)
        throw columnsQuestion(table, guess, choices.columns, now, suggest);
    const roles = { ...guess.roles, user, item, time: timeColumn };
    const time =
        choices.time === undefined
            ? chooseTime(table, timeColumn, now, suggest, choices.yes)
            : parseTimeFormat(choices.time);
    const usualEvent = roles.event === undefined ? defaultEvent : undefined;
    const event = choices.event === undefined ? usualEvent : compileEventRule(choices.event, names);
    const extras = chosen?.extras ?? findExtras(names, roles);
    const { used } = sourceColumns({ table, roles, extras, event });
    const numeric = used.filter(({ part }) => !["user", "item", "time", "event"].includes(part));
    const decimalOf = (column: number) => {
        const values = sample.map((row) => row[column] ?? "");
        return chooseDecimal(table.name, names[column] as string, values, { ...choices, suggest });
    };
    const decimals = new Map(numeric.map(({ index }) => [index, decimalOf(index)]));
    const [list, ...otherLists] = new Set(used.flatMap(({ column }) => listOf(column) ?? []));
    if (otherLists.length > 0) {
        throw new Error(
            `${table.name}: the columns are in the lists ${[list, ...otherLists].join(" and ")}, and data-prep makes rows of one list. ` +
                `Name columns of one list:  ${suggest({ columns: `user=NAME,item=${list}[].NAME,time=NAME` })}`,
        );
    }
    const rows = (list === undefined ? undefined : table.elementsOf?.(list)) ?? table;
    const details = choices.items === undefined ? detailColumns(rows, roles) : [];
    const plan = { table: rows, roles, extras, time, event, decimals, details };
    refuseWrongTimes(plan, now, suggest);
    return plan;
}

/**
 * Returns the columns of the source. `columns` are those of the parts of an interaction (such as user and item), and
 * additional columns. `used` are these, and those of the event rule. `ignored` are the names of columns that describe
 * neither these nor items.
 */
export function sourceColumns({ table, roles, extras, event, details }: Omit<Plan, "time" | "decimals">) {
    const named = (part: string, index: number) => ({ part, index, column: table.names[index] as string });
    const parts = Object.entries(roles).map(([role, index]) => named(role, index));
    const columns = [...parts, ...extras.map(({ name, column }) => named(name, column))];
    const ofRule = typeof event === "object" ? event.columns.map((index) => named("--event", index)) : [];
    const used = [...columns, ...ofRule];
    const known = new Set([...used.map(({ index }) => index), ...(details ?? [])]);
    const ignored = table.names.filter((_, index) => !known.has(index));
    return { columns, used, ignored };
}

/** Describes each understood file in one line, for people. */
export function describeLayout(plan: Plan): string {
    const { table, time, event } = plan;
    const format = table.kind === "text" ? delimiterName(table.dialect.delimiter) : table.kind;
    const { columns, ignored } = sourceColumns(plan);
    const listed = columns.map(({ part, column }) => visible(`${part} = ${column}`)).join(", ");
    const unused = ignored.length === 0 ? "" : `; not used: ${ignored.map(visible).join(", ")}`;
    const rows = table.hasHeader ? "" : ", no header";
    const type = typeof event === "string" ? `every event is ${event}` : event ? "events by rule" : "";
    return `${table.name}: ${format}${rows}, ${table.encoding}; ${listed}; times in ${describeTimeFormat(time)}${type && `; ${type}`}${unused}`;
}

/** Formats the user's choices as options of a command line. */
export function layoutOptions(plan: Plan, choices: Choices): Changes {
    const { table, time, event } = plan;
    const columns = sourceColumns(plan).columns.map(({ part, index }) => `${part}=${nameOfColumn(table, index)}`);
    const type = choices.event ?? (typeof event === "string" ? event : undefined);
    const { decimal } = choices;
    return {
        columns: columns.join(","),
        time,
        ...(decimal && { decimal }),
        ...(type !== undefined && { event: type }),
    };
}

/**
 * Returns the resolved options of tables as a JSON document: all that data-prep detected, and the user's choices. With
 * this document, `prepare.py` reads other files of the same layout on Spark. `userHash` is the fingerprint of the key that
 * hashes users' ids.
 */
export const resolvedOptions = (plans: readonly Plan[], userHash?: string) => ({
    schemaVersion: 1,
    tables: plans.map(tableOptions),
    userHash,
});

function tableOptions(plan: Plan) {
    const { kind, encoding, dialect, hasHeader, names, numbers } = plan.table;
    const { time, event } = plan;
    const { columns } = sourceColumns(plan);
    const rule = typeof event === "string" ? { cases: [], otherwise: event, columns: [] } : event;
    return {
        file: plan.table.name,
        kind,
        encoding,
        ...(kind === "text" && dialect),
        hasHeader,
        names,
        numbers,
        columns: Object.fromEntries(columns.map(({ part, column }) => [part, column])),
        time: { format: time, ...compileTimeFormat(time) },
        event: rule && {
            cases: rule.cases.map((each, at) => ({ ...each, column: names[rule.columns[at] as number] })),
            otherwise: rule.otherwise,
        },
    };
}
