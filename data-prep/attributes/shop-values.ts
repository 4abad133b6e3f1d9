import { withoutAccents } from "../avro.ts";
import type { ShopDetails } from "../catalogue.ts";
import { type DecimalChoice, readingOf, withPoint } from "../numbers.ts";
import { abbreviate } from "../values.ts";
import { isEmpty, isNumber } from "./content.ts";

/** Signs and codes of currencies, before or after an amount: `€ 560,12`, `15.00 USD`, `R$ 20`, `199 kr`. */
const currency = String.raw`(?:[A-Z]{1,3}[$\u00a3]|\p{Sc}|[A-Z]{3}|kr\.?|zł|Kč|Ft|lei|Fr\.?)`;
/** Some shops write `899,-` for an amount without cents. */
const money = new RegExp(String.raw`^(?:(${currency})\s*)?\+?(\d[\d.,]*?)(?:[.,][-–]+)?(?:\s*(${currency}))?$`, "u");
/** A space or an apostrophe that groups thousands: `1 299,00`, `1'299.00`. */
const groupSign = /(?<=\d)[\s'\u2019](?=\d{3}(?:\D|$))/gu;
/** A number of pieces, also as `5 pcs` or `10+`. */
const pieces = /^[>~]?\s*([+-]?\d[\d.,]*)\s*\+?\s*(?:(?:pcs?|pieces?|units?|stk|st|stück|pz|uds?|szt|ks)\.?)?$/iu;

/** The columns of price and stock in a table of items, and what the catalogue gets from them. */
interface ShopColumns {
    /** The table's rows, with plain numbers where at least half of such a column's values are amounts or numbers. */
    readonly rows: readonly (readonly string[])[];
    /**
     * Price, currency and stock by row: without an amount, or with a negative one, no price; a stock of 0 for a sold-out
     * item, and none if the number is not known.
     */
    readonly details: readonly ShopDetails[];
    /** What was not understood, with its number. */
    readonly notes: readonly string[];
}

/** Numbers of the columns of a table of items. */
interface ShopParts {
    readonly price?: number | undefined;
    readonly currency?: number | undefined;
    readonly stock?: number | undefined;
}

/**
 * Reads the columns `price`, `currency` and `stock` of a table, all by number.
 *
 * @throws Error with both readings and their commands if a number such as `1.299` has several
 */
export function readShopColumns(
    { name, columns, rows }: { name: string; columns: readonly string[]; rows: readonly (readonly string[])[] },
    parts: ShopParts,
    choice: DecimalChoice,
): ShopColumns {
    const readColumn = (at: number | undefined) => rows.map((row) => (at === undefined ? "" : (row[at] ?? "").trim()));
    const plainOf = (at: number | undefined, amounts: readonly string[]) =>
        at === undefined ? [] : toPlain(amounts, () => readingOf(name, columns[at] ?? "", amounts, choice));
    const [priceTexts, stockTexts, codes] = [parts.price, parts.stock, parts.currency].map(readColumn) as [
        string[],
        string[],
        string[],
    ];
    const parsed = priceTexts.map((text) => money.exec(text.replaceAll(groupSign, "")) ?? []);
    const prices = plainOf(
        parts.price,
        parsed.map(([, , amount = ""]) => amount),
    );
    const isFlag = stockTexts.every((text) => isEmpty(text) || /^[01]$/.test(text) || wordOf(text) !== undefined);
    const counts = plainOf(
        parts.stock,
        stockTexts.map((text) => (isFlag ? "" : (pieces.exec(text)?.[1] ?? ""))),
    );
    const stock = stockTexts.map((text, at) => {
        if (counts[at]) return Number(counts[at]);
        return wordOf(text) === false || (isFlag && text === "0") ? 0 : undefined;
    });
    const replaced = [
        { at: parts.price, values: prices },
        { at: parts.stock, values: stock.map((each, at) => (counts[at] ? counts[at] : String(each ?? ""))) },
    ].filter(({ at }, index) => {
        const numbers = index === 0 ? prices : counts;
        return at !== undefined && numbers.filter((value) => value !== "").length >= rows.length / 2;
    });
    const isUnread = (text: string) => !isEmpty(text) && wordOf(text) === undefined && !isFlag;
    const signs = parsed.map(
        ([, before, , after], at) => before ?? after ?? (isEmpty(codes[at] ?? "") ? undefined : codes[at]),
    );
    return {
        rows: rows.map((row, index) =>
            replaced.reduce((changed, { at = 0, values }) => changed.with(at, values[index] ?? ""), row),
        ),
        details: rows.map((_, at) => {
            const [price, currency, left] = [prices[at], signs[at], stock[at]];
            return {
                ...(price && { price: Number(price), ...(currency !== undefined && { currency }) }),
                ...(left !== undefined && { stock: left }),
            };
        }),
        notes: [
            ...note(
                "price",
                rows.length,
                priceTexts.filter((text, at) => !isEmpty(text) && prices[at] === ""),
            ),
            ...note(
                "stock",
                rows.length,
                stockTexts.filter((text, at) => isUnread(text) && !counts[at]),
            ),
            ...several(signs),
        ],
    };
}

const note = (name: string, rows: number, unread: readonly string[]) =>
    unread.length === 0
        ? []
        : [`${name} (${unread.length} of ${rows} values, such as "${abbreviate(unread[0] ?? "", 40)}")`];

/** Names the currencies of a column that has several. */
function several(signs: readonly (string | undefined)[]): string[] {
    const counts = Map.groupBy(signs, (sign) => sign ?? "none");
    const listed = [...counts].map(([sign, all]) => `${sign} ${all.length}`).join(", ");
    return counts.size > 1 && counts.size > (counts.has("none") ? 2 : 1)
        ? [`one currency of price (there are ${listed})`]
        : [];
}

/**
 * Returns amounts with a decimal point and without groups; empty for those that are none. If the column has both decimal
 * signs, reads each amount that has only one reading.
 */
function toPlain(amounts: readonly string[], choose: () => ReturnType<typeof readingOf>): readonly string[] {
    const decimal = choose();
    return amounts.map((amount) => {
        const readings = [...new Set([withPoint(amount, "comma"), withPoint(amount, "point")])].filter(isNumber);
        const plain =
            decimal === undefined ? (readings.length === 1 ? (readings[0] ?? "") : "") : withPoint(amount, decimal);
        return isNumber(plain) ? plain : "";
    });
}

/**
 * Words of shops for an item that is or is not in stock, without accents, spaces and signs: English (also Google's,
 * Meta's and schema.org's), German, French, Spanish, Italian, Dutch.
 */
const stockWords: readonly (readonly [isInStock: boolean, words: string])[] = [
    [
        false,
        `outofstock soldout unavailable notavailable notinstock discontinued nostock no false n
        ausverkauft nichtverfugbar nichtvorratig nichtauflager nichtlieferbar vergriffen nein
        epuise rupture rupturedestock enrupture enrupturedestock horsstock indisponible nondisponible pasenstock non
        agotado sinstock sinexistencias nodisponible nohayexistencias
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

/** Checks whether a word says that an item is in stock; undefined for other texts. The word may end an address. */
const wordOf = (text: string): boolean | undefined =>
    inStockByWord.get(
        withoutAccents(text.split("/").at(-1) ?? "")
            .toLowerCase()
            .replaceAll(/[^a-z]/g, ""),
    );
