import { requiredShape, type Shape } from "./fields.ts";

/** The header of a file, compared with the columns that the file should have. */
export interface Header {
    /** Position of each field's column in the file; -1 if the file has no column for the field. */
    readonly places: readonly number[];
    /** Columns whose name differs from the schema's name. */
    readonly renamed: readonly { readonly from: string; readonly to: string }[];
    readonly missing: readonly string[];
    /** Names that several columns have. */
    readonly doubled: readonly string[];
    /** Whether the first line looks like a row of data. */
    readonly isData: boolean;
}

/** Common alternative names of the columns, in lower case and without punctuation. */
const synonyms: Readonly<Record<string, string>> = {
    USER_ID:
        "user|users|uid|userno|usernumber|customer|customerid|visitor|visitorid|member|memberid|viewer|viewerid|profileid|accountid|clientid",
    ITEM_ID:
        "item|items|itemno|movie|movieid|film|filmid|product|productid|sku|asin|article|articleid|content|contentid|video|videoid|track|trackid|song|songid|book|bookid",
    TIMESTAMP:
        "time|ts|unixtime|unixtimestamp|epoch|epochtime|date|datetime|eventtime|eventtimestamp|eventdate|createdat|ratedat|timestampms|timestamputc|timeunix",
    EVENT_TYPE: "event|eventname|action|interaction|interactiontype|type",
    EVENT_VALUE: "rating|ratings|score|value|stars",
    CREATION_TIMESTAMP: "created|createdat|creationdate|creationtime|releasedate|publishedat",
    ACTION_ID: "action",
};

/** Returns a column's name in the form in which names are compared: letters and digits only, in lower case. */
const plainName = (name: string) => name.replace(/[^A-Za-z0-9]/g, "").toLowerCase();

const looksLikeValue = (cell: string) => /^\s*([+-]?\d+([.,]\d+)?\s*$|\d{4}-\d{2}-\d{2})/.test(cell);

/**
 * Finds the columns of a schema in a header: a column with the same name, otherwise one with a similar name or a common
 * alternative name.
 */
export function readHeader(names: readonly string[], { fields, datasetType }: Shape): Header {
    const places = fields.map(({ name }) => names.indexOf(name));
    // Only an unused column can be meant, and only if no other column is as similar.
    for (const isMeant of [sameLetters, synonym(datasetType), nearly]) {
        for (const [at, { name }] of fields.entries()) {
            const [place = -1, ...others] = names.flatMap((column, index) =>
                !places.includes(index) && isMeant(column, name) ? [index] : [],
            );
            if (places[at] === -1 && others.length === 0) places[at] = place;
        }
    }
    const named = fields.map(({ name }, at) => ({ from: names[places[at] ?? -1], to: name }));
    return {
        places,
        renamed: named.flatMap(({ from, to }) => (from === undefined || from === to ? [] : [{ from, to }])),
        missing: named.flatMap(({ from, to }) => (from === undefined ? [to] : [])),
        doubled: names.filter((name, at) => name !== "" && names.indexOf(name) !== at),
        isData: places.every((place) => place < 0) && names.some(looksLikeValue),
    };
}

type IsMeant = (column: string, field: string) => boolean;

const sameLetters: IsMeant = (column, field) => plainName(column) === plainName(field);
const synonym =
    (datasetType?: string): IsMeant =>
    (column, field) =>
        (synonyms[field] ?? "").split("|").includes(plainName(column)) ||
        (plainName(column) === "id" && field === { ITEMS: "ITEM_ID", USERS: "USER_ID" }[datasetType ?? ""]);
const nearly: IsMeant = (column, field) =>
    plainName(field).length >= 5 && isOneEdit(plainName(column), plainName(field));

/** Checks whether two names differ by one wrong, missing, additional or swapped letter. */
function isOneEdit(a: string, b: string): boolean {
    let start = 0;
    while (start < a.length && a[start] === b[start]) start++;
    let end = 0;
    while (end < Math.min(a.length, b.length) - start && a.at(-1 - end) === b.at(-1 - end)) end++;
    const [x, y] = [a.slice(start, a.length - end), b.slice(start, b.length - end)];
    return (x.length <= 1 && y.length <= 1) || (x.length === 2 && y === `${x[1]}${x[0]}`);
}

/** Returns the dataset type whose required columns fit a header best, with these required columns. */
export function shapeOfHeader(names: readonly string[]): Shape {
    const [complete] = ["INTERACTIONS", "ACTION_INTERACTIONS"]
        .map(requiredShape)
        .filter((shape) => readHeader(names, shape).missing.length === 0);
    if (complete) return complete;
    const [user, item, time] = ["USER_ID", "ITEM_ID", "TIMESTAMP"].map((field) =>
        names.some((name) => sameLetters(name, field) || synonym()(name, field)),
    );
    if (item && !user && !time) return requiredShape("ITEMS");
    return requiredShape(user && !item && !time ? "USERS" : "INTERACTIONS");
}
