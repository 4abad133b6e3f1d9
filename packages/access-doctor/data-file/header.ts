import { type Field, requiredShape, type Shape } from "./fields.ts";

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
    const taken = new Set<number>();
    const exact = fields.map(({ name }) => {
        const place = names.indexOf(name);
        if (place >= 0) taken.add(place);
        return place;
    });
    const matches = [sameLetters, synonym(datasetType), nearly].reduce<readonly number[]>(
        (places, isMeant) => places.map((place, at) => (place >= 0 ? place : only(names, taken, fields[at], isMeant))),
        exact,
    );
    const isData = matches.every((place) => place < 0) && names.some(looksLikeValue);
    return {
        places: matches,
        renamed: fields.flatMap(({ name }, at) => {
            const from = names[matches[at] ?? -1];
            return from === undefined || from === name ? [] : [{ from, to: name }];
        }),
        missing: fields.flatMap(({ name }, at) => ((matches[at] ?? -1) < 0 ? [name] : [])),
        doubled: names.filter((name, at) => name !== "" && names.indexOf(name) !== at),
        isData,
    };
}

type IsMeant = (column: string, field: string) => boolean;

const sameLetters: IsMeant = (column, field) => plainName(column) === plainName(field);
const synonym =
    (datasetType: string | undefined): IsMeant =>
    (column, field) =>
        (synonyms[field] ?? "").split("|").includes(plainName(column)) ||
        (plainName(column) === "id" && field === { ITEMS: "ITEM_ID", USERS: "USER_ID" }[datasetType ?? ""]);
const nearly: IsMeant = (column, field) =>
    plainName(field).length >= 5 && isOneEdit(plainName(column), plainName(field));

/**
 * Returns the position of the only unused column whose name is similar enough to a field's name; -1 if there is none or
 * more than one.
 */
function only(names: readonly string[], taken: Set<number>, field: Field | undefined, isMeant: IsMeant): number {
    const places = names.flatMap((name, at) => (!taken.has(at) && isMeant(name, field?.name ?? "") ? [at] : []));
    const [place] = places;
    if (place === undefined || places.length > 1) return -1;
    taken.add(place);
    return place;
}

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
    const has = (datasetType: string) => readHeader(names, requiredShape(datasetType)).missing.length === 0;
    const types = ["INTERACTIONS", "ACTION_INTERACTIONS"].filter(has);
    const meant = (field: string) => names.some((name) => sameLetters(name, field) || synonym(undefined)(name, field));
    const [datasetType] = types;
    if (datasetType !== undefined) return requiredShape(datasetType);
    const [user, item, time] = [meant("USER_ID"), meant("ITEM_ID"), meant("TIMESTAMP")];
    if (item && !user && !time) return requiredShape("ITEMS");
    return requiredShape(user && !item && !time ? "USERS" : "INTERACTIONS");
}
