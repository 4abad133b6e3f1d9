import { visible } from "terminal-text";
import { withoutAccents } from "../avro.ts";

/** The parts of an interaction that a column can contain, such as user and item. */
export const roles = ["user", "item", "time", "event", "value"] as const;
export type Role = (typeof roles)[number];
/** Number of the column for each part of an interaction, from 0. */
export type Roles = Readonly<Partial<Record<Role, number>>>;

/** Splits several texts into words. */
export const words = (...lists: readonly string[]) => lists.flatMap((list) => list.split(" "));

/**
 * Names of columns in English, German, French, Spanish and Italian, the most reliable name first. The names are in
 * lower case, and without accents and punctuation, like the results of `plain`.
 */
export const knownNames: Readonly<Record<Role, readonly string[]>> = {
    user: words(
        "userid user uid visitorid visitor customerid customer memberid reviewerid viewerid accountid profileid shopperid clientid personid playerid listenerid sessionid session usersession memberno member readerid reader borrowerid borrower patronid patron customerno",
        "kundenid kundennummer kundennr kunde benutzerid benutzer nutzerid nutzer mitgliedsnummer mitglied utilisateur idclient client usuario idusuario cliente idcliente utente",
    ),
    item: words(
        "itemid item movieid productid parentasin asin articleid businessid trackid songid artistid bookid gameid videoid filmid isbn sku stockcode contentid recipeid contentid product movie itemsku",
        "artikelid artikelnummer artikelnr artikel produktid produktnummer produktnr produkt article idarticle produit idproduit producto idproducto articulo prodotto idprodotto",
    ),
    time: words(
        "timestamp time ts eventtime eventtimestamp unixreviewtime datetime date createdat creationtimestamp tdat invoicedate orderdate purchasedate reviewtime dateadded eventdate datetimeutc",
        "zeitstempel zeitpunkt datum zeit bestelldatum kaufdatum bestelltam horodatage datecommande dateachat fecha fechapedido dataordine",
    ),
    event: words(
        "eventtype event action eventname behavior behaviortype activity interactiontype",
        "ereignis ereignistyp aktion evenement evento accion azione",
    ),
    value: ["eventvalue"],
};

/**
 * Returns a column's name in its plain form: `UserId`, `user_id:token` and `user.id` have one form, as have `Catégorie`
 * and `categorie`. Of a column of a list, such as `items[].item_id`, it is the name in the element.
 */
export const plain = (name: string) =>
    withoutAccents(name.replace(/:\w+$|^.*\[\]\./g, ""))
        .toLowerCase()
        .replaceAll(/[^a-z0-9]/g, "");

/**
 * Checks whether the first row is a header. If it names at least two parts of an interaction, it is a header. If it has
 * an empty field, a number, or no row below, it is no header. Otherwise, it is a header in two cases:
 * - The second row contains a number.
 * - A field of the first row has no digit, and all values below this field have digits, as dates and IDs have.
 */
export function isHeader(rows: readonly string[][]): boolean {
    const [first = [], second = [], ...more] = rows;
    const named = roles.filter((role) => first.some((name) => knownNames[role].includes(plain(name))));
    if (named.length >= 2) return true;
    const isNumber = (text: string | undefined) => text !== undefined && /^-?\d+([.,]\d+)?$/.test(text);
    const isAboveDigits = (name: string, column: number) =>
        !/\d/.test(name) && [second, ...more].every((row) => /\d/.test(row[column] ?? ""));
    return (
        rows.length > 1 &&
        first.every((name) => name !== "" && !isNumber(name)) &&
        (second.some(isNumber) || first.some(isAboveDigits))
    );
}

/**
 * Returns the column names of a file without a header: MovieLens' own names for its four columns, otherwise numbers
 * from 1.
 */
export function namesWithoutHeader(rows: readonly string[][]): string[] {
    const width = rows[0]?.length ?? 0;
    const ratings = rows.every((row) => /^[0-5](\.[05])?$/.test(row[2] ?? ""));
    if (width === 4 && ratings) return ["user", "item", "rating", "timestamp"];
    return Array.from({ length: width }, (_, index) => String(index + 1));
}

/** An additional column of the interactions dataset. */
export interface Extra {
    /** Name of the column in the dataset's schema. */
    readonly name: string;
    /** The number of the source's column, from 0. */
    readonly column: number;
}

const extraName = /^[A-Z_][A-Z\d_]{0,149}$/;

/**
 * Parses one choice `PART=COLUMN` of `--columns`, `--item-columns` or `--user-columns`. PART is one of `parts`, or the
 * upper-case name of a further column of the dataset. COLUMN is the source's column.
 *
 * @throws Error that lists the choices.
 */
export function parseChoice(text: string, parts: readonly string[]): readonly [part: string, column: string] {
    const [left = "", ...rest] = text.split("=");
    const [part, column] = [left.trim(), rest.join("=").trim()];
    if (column !== "" && (parts.includes(part) || extraName.test(part))) return [part, column];
    const listed = parts.map((each) => `${each}=NAME`).join(", ");
    throw new Error(`"${text}" is not one of ${listed}, or a further column such as DEVICE=NAME.`);
}

/**
 * Reads the text of `--columns` (such as `user=visitorid,item=3,DEVICE=device`), `--item-columns` or `--user-columns`.
 * A name in upper case is a further column of the dataset. After the `=` is the name of a column in the file, or its
 * number from 1.
 * @throws Error that lists the choices, or the columns.
 */
export function chosenColumns<Part extends string>(text: string, parts: readonly Part[], header: readonly string[]) {
    const extras: Extra[] = [];
    const roles: { [part in Part]?: number } = {};
    for (const each of text.split(",")) {
        const [name, columnName] = parseChoice(each, parts);
        const column = requireColumn(columnName, header);
        const part = parts.find((one) => one === name);
        if (part === undefined) extras.push({ name, column });
        else roles[part] = column;
    }
    return { roles, extras };
}

/**
 * Finds columns for the parts that the user did not choose, by the usual names of their columns, the best name first. A
 * column can have only one part.
 */
export function namedColumns<Part extends string>(
    names: Readonly<Record<Part, readonly string[]>>,
    header: readonly string[],
    chosen: Readonly<Partial<Record<Part, number>>>,
): { [part in Part]?: number } {
    const roles: { [part in Part]?: number } = { ...chosen };
    for (const part in names) {
        const isFree = (index: number) => !Object.values(roles).includes(index);
        const column = names[part]
            .map((name) => header.findIndex((each, index) => plain(each) === name && isFree(index)))
            .find((index) => index >= 0);
        if (column !== undefined) roles[part] ??= column;
    }
    return roles;
}

/**
 * Returns the additional columns of a CSV for Personalize: all columns that are no part of an interaction. Each gets
 * its name in the dataset.
 */
export function findExtras(header: readonly string[], roles: Roles): Extra[] {
    if (!["USER_ID", "ITEM_ID", "TIMESTAMP"].every((name) => header.includes(name))) return [];
    const used = Object.values(roles);
    return header.flatMap((name, column) => (used.includes(column) || !extraName.test(name) ? [] : [{ name, column }]));
}

/** Returns the number of a column by its name, or by its number from 1. Throws an Error that lists the columns. */
export function requireColumn(name: string, header: readonly string[]): number {
    const exact = header.indexOf(name);
    const index = exact >= 0 ? exact : header.findIndex((each) => plain(each) === plain(name) && plain(name) !== "");
    if (index >= 0) return index;
    if (/^\d+$/.test(name) && Number(name) >= 1 && Number(name) <= header.length) return Number(name) - 1;
    throw new Error(`There is no column "${visible(name)}"; the columns are ${header.map(visible).join(", ")}.`);
}
