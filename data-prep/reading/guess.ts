import { isCertain, readTimes } from "access-doctor/times";
import { bareNames, eventTime, hintedRoles, isDoubtful, isTitle, mayBeTypes, rankId, rankTime } from "./role-hints.ts";
import { roles as allRoles, knownNames, namedColumns, plain, type Role, type Roles } from "./roles.ts";
import type { Table } from "./table.ts";

/** The columns of a table by role, and how sure data-prep is of them. */
export interface Guess {
    /** The column of each role, in the order user, item, time, event, value; of an unsure role, the likeliest one, if there is any. */
    readonly roles: Roles;
    /** The roles of user, item and time whose column neither the user nor the data shows clearly. */
    readonly unsure: readonly Role[];
    /** Returns other likely columns of a role, the likeliest first. */
    readonly others: (role: Role) => readonly number[];
}

/** Maximum number of other columns of a role that a question names. */
const listedColumns = 3;
/** Number of rows from which one value in all of them is evidence. */
const manyRows = 20;

/**
 * Finds the parts of an interaction among the columns of a table, by name and content together. `given` are the user's choices.
 * `itemIds` are the ids of the table of items, which show the column of items whatever its name. Without a header, the
 * order of the columns is no evidence: user and item are sure only if one column is left for them.
 */
export function findRoles(
    { names: header, hasHeader, sample }: Table,
    given: Roles,
    now: number,
    itemIds?: ReadonlySet<string>,
): Guess {
    const columns = header.map((_, index) => sample.map((row) => row[index] ?? ""));
    // A column without values has no role, whatever its name.
    const names = header.map((name, at) => (columns[at]?.every((value) => value === "") ? "" : plain(name)));
    const column = (index: number) => columns[index] ?? [];
    const isConstant = (index: number) => sample.length >= manyRows && new Set(column(index)).size === 1;
    // Serial numbers of Excel are no evidence, because ids can have five digits, too.
    const isTime = (index: number) =>
        readTimes(column(index), now).some((reading) => isCertain(reading) && reading.format !== "excel");
    const item = given.item ?? (itemIds && onlyMatch(header, column, itemIds, Object.values(given)));
    const sure: Roles = { ...given, ...(item !== undefined && { item }) };
    // A column of one value, such as the time of the import, has a role only if no other column has it.
    const varied = names.map((name, at) =>
        isConstant(at) || (knownNames.time.includes(name) && readTimes(column(at), now).length === 0) ? "" : name,
    );
    let roles = hasHeader ? rolesByName(varied, sure, column) : namedColumns(knownNames, header, sure);
    const free = () => header.flatMap((_, index) => (Object.values(roles).includes(index) ? [] : [index]));
    if (roles.time === undefined) {
        const times = free().filter(isTime);
        const changing = times.filter((index) => !isConstant(index));
        const time = hasHeader
            ? eventTime(changing.length > 0 ? changing : times, (index) => names[index] ?? "")
            : times.at(-1);
        if (time !== undefined) roles.time = time;
    }
    if (hasHeader) roles = namedColumns(knownNames, names, roles);
    else {
        const event = roles.event ?? free().find((index) => mayBeTypes(column(index)));
        if (event !== undefined) roles.event = event;
        for (const role of ["user", "item"] as const) {
            const [only, ...others] = free();
            if (only !== undefined && others.length === 0) roles[role] ??= only;
        }
    }
    const others = (role: Role): number[] => {
        const rank = (at: number): number | undefined => {
            const [name = "", values] = [names[at], column(at)];
            if (role === "time") return isTime(at) ? rankTime(name) - Number(isConstant(at)) : undefined;
            if (isTime(at)) return undefined;
            if (role === "event") return mayBeTypes(values) ? 0 : undefined;
            // Users and items have more ids than a shop has staff or categories.
            const distinct = hasHeader ? new Set(values).size / (values.length + 1) : 0;
            return rankId(role === "item" ? "item" : "user", name, values) + distinct;
        };
        const ranks = new Map(free().map((at) => [at, rank(at)]));
        const likely = [...ranks.keys()].filter((at) => ranks.get(at) !== undefined);
        return likely.toSorted((a, b) => (ranks.get(b) ?? 0) - (ranks.get(a) ?? 0));
    };
    const isClear = (role: "user" | "item" | "time") => {
        const at = roles[role];
        if (at === undefined) return false;
        if (!hasHeader || sure[role] !== undefined) return true;
        if (role === "user") return !isDoubtful(at, names, column);
        if (role === "item") return !isTitle(names[at] ?? "");
        // A bare name, such as `timestamp`, can be the time of a change: it gives way to `order_date` or `createTime`.
        return !others("time").some(
            (other) => rankTime(names[other] ?? "") > rankTime(names[at] ?? "") && !isConstant(other),
        );
    };
    const unsure = (["user", "item", "time"] as const).filter((role) => !isClear(role));
    for (const role of unsure) delete roles[role];
    for (const role of unsure) {
        const [likeliest] = others(role);
        if (likeliest !== undefined) roles[role] = likeliest;
    }
    const ordered = allRoles.flatMap((role) => (roles[role] === undefined ? [] : [[role, roles[role]]]));
    return { roles: Object.fromEntries(ordered), unsure, others: (role) => others(role).slice(0, listedColumns) };
}

/**
 * Finds columns by usual names that only ids have, then by parts of names and values, then by the other usual names.
 * `names` are in the form that `plain` returns.
 */
function rolesByName(
    names: readonly string[],
    given: Roles,
    column: (index: number) => readonly string[],
): { [role in Role]?: number } {
    const ofIds = (role: Role) => knownNames[role].filter((name) => !bareNames.has(name));
    const sure = { ...knownNames, user: ofIds("user"), item: ofIds("item") };
    return namedColumns(knownNames, names, hintedRoles(names, namedColumns(sure, names, given), column));
}

/** Returns the only column with IDs of items; undefined if several columns have some, as small numbers can. */
function onlyMatch(
    header: readonly string[],
    valuesOf: (column: number) => readonly string[],
    itemIds: ReadonlySet<string>,
    used: readonly number[],
): number | undefined {
    const share = (column: number) => {
        const values = valuesOf(column);
        return values.filter((value) => itemIds.has(value.trim())).length / Math.max(1, values.length);
    };
    const [first, second] = header
        .flatMap((_, column) => (used.includes(column) ? [] : [{ column, share: share(column) }]))
        .toSorted((a, b) => b.share - a.share);
    return first && first.share > 0.5 && (second?.share ?? 0) < 0.05 ? first.column : undefined;
}
