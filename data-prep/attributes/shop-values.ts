import { withoutAccents } from "../avro.ts";
import { abbreviate } from "../values.ts";
import { isEmpty, isNumber } from "./content.ts";

/** Signs and codes of currencies, before or after an amount: `€ 560,12`, `15.00 USD`, `R$ 20`, `199 kr`. */
const currency = String.raw`(?:[A-Z]{1,3}[$\u00a3]|\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Ft|lei|Fr\.?)`;
const amount = String.raw`([+-]?[\d.,]+)`;
const money = new RegExp(String.raw`^(?:(${currency})\s*)?${amount}(?:\s*(${currency}))?$`, "u");
/** A space or an apostrophe that groups thousands: `1 299,00`, `1'299.00`. */
const groupSign = /(?<=\d)[\s'\u2019](?=\d{3}(?:\D|$))/gu;

/** A column of amounts as plain numbers; empty where a value is none. */
interface Prices {
    readonly values: readonly string[];
    /** The most frequent currency, as in the column: `€` or `USD`. Undefined for plain numbers. */
    readonly currency: string | undefined;
    /** Values that are no amount, or an amount in another currency. */
    readonly unread: readonly string[];
}

/** Reads the amounts of a price column. Keeps the decimal sign of the numbers. */
function readPrices(column: readonly string[]): Prices {
    const parsed = column.map((text) => {
        const [, before, number, after] = money.exec(text.trim().replaceAll(groupSign, "")) ?? [];
        return { text, number, sign: before ?? after };
    });
    const counts = Object.entries(Object.groupBy(parsed, ({ sign = "" }) => sign)).filter(([sign]) => sign !== "");
    const [own] = counts.sort(([, a = []], [, b = []]) => b.length - a.length)[0] ?? [];
    const isRead = ({ number, sign }: (typeof parsed)[number]) => number !== undefined && (sign ?? own) === own;
    return {
        values: parsed.map((each) => (isRead(each) ? (each.number ?? "") : "")),
        currency: own,
        unread: parsed.filter((each) => !isEmpty(each.text) && !isRead(each)).map(({ text }) => text),
    };
}

/**
 * Words of shops for an item that is or is not in stock, without accents, spaces and signs: English (also Google's,
 * Meta's and schema.org's), German, French, Spanish, Italian, Dutch.
 */
const stockWords: readonly (readonly [isInStock: boolean, words: string])[] = [
    [
        false,
        `outofstock soldout unavailable notavailable discontinued nostock no false n
        ausverkauft nichtverfugbar nichtvorratig nichtauflager nichtlieferbar vergriffen nein
        epuise rupture rupturedestock enrupture enrupturedestock horsstock indisponible nondisponible non
        agotado sinstock sinexistencias nodisponible
        esaurito nondisponibile terminato
        uitverkocht nietopvoorraad nietbeschikbaar nee`,
    ],
    [
        true,
        `instock available availablefororder limitedavailability instoreonly onlineonly preorder presale backorder yes true y
        verfugbar auflager vorratig lieferbar sofortlieferbar ja
        enstock disponible oui
        enexistencias si
        disponibile inmagazzino
        opvoorraad beschikbaar`,
    ],
];
const inStockByWord = new Map(
    stockWords.flatMap(([isInStock, all]) => all.split(/\s+/).map((word) => [word, isInStock] as const)),
);

/**
 * Reads a column of stock: numbers of pieces, words such as "esaurito", or 1 and 0 in a column such as "In stock?".
 * Returns the number of pieces by row: 0 for a sold-out item, undefined for one whose number is not known.
 */
function readStock(column: readonly string[]): {
    readonly pieces: readonly (number | undefined)[];
    /** The column as plain numbers, if most values are numbers of pieces. */
    readonly counts: readonly string[] | undefined;
    readonly unread: readonly string[];
} {
    const filled = column.map((text) => text.trim()).filter((text) => !isEmpty(text));
    const isFlag = filled.every((text) => /^[01]$/.test(text) || wordOf(text) !== undefined);
    const pieces = column.map((text) => {
        const isInStock = wordOf(text);
        if (isInStock !== undefined) return isInStock ? undefined : 0;
        if (!isNumber(text.trim())) return undefined;
        return isFlag && text.trim() === "1" ? undefined : Number(text);
    });
    const unread = filled.filter((text) => wordOf(text) === undefined && !isNumber(text));
    const isCounted = !isFlag && filled.filter(isNumber).length >= column.length / 2;
    return { pieces, counts: isCounted ? pieces.map((each) => String(each ?? "")) : undefined, unread };
}

/** Checks whether a word says that an item is in stock; undefined for other texts. The word may end an address. */
const wordOf = (text: string): boolean | undefined =>
    inStockByWord.get(
        withoutAccents(text.split("/").at(-1) ?? "")
            .toLowerCase()
            .replaceAll(/[^a-z]/g, ""),
    );

/** The columns of price and stock in a table of items, and what the catalogue gets from them. */
interface ShopColumns {
    /** The table's rows, with plain numbers where most values of such a column are amounts or numbers. */
    readonly rows: readonly (readonly string[])[];
    readonly currency: string | undefined;
    /** The number of pieces by row; see `readStock`. */
    readonly pieces: readonly (number | undefined)[];
    /** Which values were not understood, with their number. */
    readonly notes: readonly string[];
}

/** Reads the columns `price` and `stock` of a table, both by number. */
export function readShopColumns(
    rows: readonly (readonly string[])[],
    { price, stock }: { readonly price?: number | undefined; readonly stock?: number | undefined },
): ShopColumns {
    const readColumn = (at: number | undefined) => (at === undefined ? [] : rows.map((row) => row[at] ?? ""));
    const prices = readPrices(readColumn(price));
    const { pieces, counts, unread } = readStock(readColumn(stock));
    const arePrices = prices.values.filter((value) => value !== "").length >= rows.length / 2;
    const numbers = [
        ...(price !== undefined && arePrices ? [{ at: price, values: prices.values }] : []),
        ...(stock !== undefined && counts !== undefined ? [{ at: stock, values: counts }] : []),
    ];
    const note = (name: string, all: readonly string[]) =>
        all.length === 0
            ? []
            : [
                  `${name} (${all.length} of ${rows.length} values not understood, such as "${abbreviate(all[0] ?? "", 40)}")`,
              ];
    return {
        rows: rows.map((row, index) =>
            numbers.reduce((changed, { at, values }) => changed.with(at, values[index] ?? ""), row),
        ),
        currency: prices.currency,
        pieces,
        notes: [...note("price", prices.unread), ...note("stock", unread)],
    };
}
