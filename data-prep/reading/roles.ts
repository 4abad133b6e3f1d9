import { visible } from "../visible.ts";
import { detectTime, type FoundTime, timeFormatOf } from "./times.ts";

/** The parts of an interaction that a column can hold. */
export const roles = ["user", "item", "time", "event", "value"] as const;
export type Role = (typeof roles)[number];
/** The number of the column with each part, from 0. */
export type Roles = Readonly<Partial<Record<Role, number>>>;

/** Names of columns, without case and signs, the best first. */
export const knownNames: Readonly<Record<Role, readonly string[]>> = {
    user: "userid user uid visitorid customerid customer memberid reviewerid viewerid accountid profileid shopperid clientid personid playerid listenerid sessionid session usersession memberno member readerid reader borrowerid borrower patronid patron customerno".split(
        " ",
    ),
    item: "itemid item movieid productid parentasin asin articleid businessid trackid songid artistid bookid gameid videoid filmid isbn sku stockcode contentid recipeid contentid product movie itemsku".split(
        " ",
    ),
    time: "timestamp time ts eventtime eventtimestamp unixreviewtime datetime date createdat creationtimestamp tdat invoicedate orderdate purchasedate reviewtime dateadded eventdate datetimeutc".split(
        " ",
    ),
    event: "eventtype event action eventname behavior behaviortype activity interactiontype".split(" "),
    value: ["eventvalue"],
};

/** `UserId`, `user_id:token` and `user.id` are one name. */
export const plain = (name: string) =>
    name
        .replace(/:\w+$/, "")
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, "");

/** Whether the first row names at least two parts, or has no number above numbers. */
export function isHeader(rows: readonly string[][]): boolean {
    const [first = [], second = []] = rows;
    const named = roles.filter((role) => first.some((name) => knownNames[role].includes(plain(name))));
    if (named.length >= 2) return true;
    const isNumber = (text: string | undefined) => text !== undefined && /^-?\d+([.,]\d+)?$/.test(text);
    return rows.length > 1 && !first.some(isNumber) && second.some(isNumber) && first.every((name) => name !== "");
}

/** Columns of headerless files: MovieLens' own names for its four columns, otherwise numbers from 1. */
export function namesWithoutHeader(rows: readonly string[][]): string[] {
    const width = rows[0]?.length ?? 0;
    const ratings = rows.every((row) => /^[0-5](\.[05])?$/.test(row[2] ?? ""));
    if (width === 4 && ratings) return ["user", "item", "rating", "timestamp"];
    return Array.from({ length: width }, (_, index) => String(index + 1));
}

/** A further column of the interactions dataset. */
export interface Extra {
    /** Its name in the schema. */
    readonly name: string;
    /** The number of the source's column, from 0. */
    readonly column: number;
}

const extraName = /^[A-Z_][A-Z\d_]{0,149}$/;

/**
 * Reads one choice of `--columns`: a part, or the upper-case name of a further column, and the source's column. Throws an
 * Error that lists the choices.
 */
export function choiceOf(text: string): readonly [part: string, column: string] {
    const [left = "", ...rest] = text.split("=");
    const [part, column] = [left.trim(), rest.join("=").trim()];
    if (column !== "" && (roles.includes(part as Role) || extraName.test(part))) return [part, column];
    const parts = roles.map((role) => `${role}=NAME`).join(", ");
    throw new Error(`"${text}" is not one of ${parts}, or a further column such as DEVICE=NAME.`);
}

/**
 * Reads the text of `--columns`, such as `user=visitorid,item=3,DEVICE=device`. Upper case names a further column of the
 * dataset. On the right is a name, or a number from 1. Throws an Error that lists the choices.
 */
export function rolesOf(text: string, header: readonly string[]): { readonly roles: Roles; readonly extras: Extra[] } {
    const extras: Extra[] = [];
    const found = text.split(",").flatMap((each): [Role, number][] => {
        const [part, name] = choiceOf(each);
        const column = columnOf(name, header);
        if (roles.includes(part as Role)) return [[part as Role, column]];
        extras.push({ name: part, column });
        return [];
    });
    return { roles: Object.fromEntries(found), extras };
}

/** The further columns of a CSV of Personalize, whose columns have the names of a dataset: all without a part. */
export function extrasIn(header: readonly string[], found: Roles): Extra[] {
    if (!["USER_ID", "ITEM_ID", "TIMESTAMP"].every((name) => header.includes(name))) return [];
    const used = Object.values(found);
    return header.flatMap((name, column) => (used.includes(column) || !extraName.test(name) ? [] : [{ name, column }]));
}

/** The number of a column by its name, or by its number from 1. Throws an Error that lists the columns. */
export function columnOf(name: string, header: readonly string[]): number {
    const exact = header.indexOf(name);
    const index = exact >= 0 ? exact : header.findIndex((each) => plain(each) === plain(name) && plain(name) !== "");
    if (index >= 0) return index;
    if (/^\d+$/.test(name) && Number(name) >= 1 && Number(name) <= header.length) return Number(name) - 1;
    throw new Error(`There is no column "${visible(name)}"; the columns are ${header.map(visible).join(", ")}.`);
}

export interface FoundRoles {
    readonly roles: Roles;
    readonly time: FoundTime;
}

/** Finds the parts among columns by name, then by content. `given` are the user's choices. */
export function findRoles(
    header: readonly string[],
    hasHeader: boolean,
    sample: readonly string[][],
    given: { readonly roles: Roles; readonly time: string | undefined },
    now: number,
): FoundRoles {
    const column = (index: number) => sample.map((row) => row[index] ?? "");
    const found: { [role in Role]?: number | undefined } = { ...given.roles };
    const isFree = (index: number) => !Object.values(found).includes(index);
    const free = () => header.flatMap((_, index) => (isFree(index) ? [index] : []));
    for (const role of roles) {
        if (found[role] !== undefined) continue;
        const index = knownNames[role]
            .map((name) => header.findIndex((each, index) => plain(each) === name && isFree(index)))
            .find((index) => index >= 0);
        if (index !== undefined) found[role] = index;
    }
    const timeOf = (index: number): FoundTime =>
        given.time === undefined ? detectTime(column(index), now, true) : { format: timeFormatOf(given.time) };
    let time = found.time === undefined ? undefined : timeOf(found.time);
    if (found.time === undefined) {
        found.time = free().findLast((index) => detectTime(column(index), now) !== undefined);
        if (found.time !== undefined) time = timeOf(found.time);
    }
    if (!hasHeader) {
        found.event ??= free().find((index) => isEvent(column(index)));
        found.user ??= free()[0];
        found.item ??= free()[0];
    }
    return { roles: Object.fromEntries(Object.entries(found).filter(([, index]) => index !== undefined)), time };
}

/** A few different words, such as view and buy. */
function isEvent(values: readonly string[]): boolean {
    const words = new Set(values);
    return (
        words.size >= 2 &&
        words.size <= 20 &&
        values.length > 4 * words.size &&
        [...words].every((each) => /^[A-Za-z]{2}[\w -]*$/.test(each))
    );
}
