import { withoutAccents } from "../avro.ts";
import type { ShopDetails } from "../catalogue.ts";
import { type Decimal, type DecimalChoice, decimals, readingOf, withPoint } from "../numbers.ts";
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

/** Numbers of the columns of a table of items. */
interface ShopParts {
    readonly price?: number | undefined;
    readonly currency?: number | undefined;
    readonly stock?: number | undefined;
}

/**
 * Reads the columns `price`, `currency` and `stock` of a table, all by number.
 *
 * @returns the table's rows, with plain numbers where at least half of such a column's values are amounts or numbers; the
 * details of the catalog by row; and notes of what was not understood, with its number. Without an amount, or with a
 * negative one, there is no price. A sold-out item has stock 0, and an item whose number is not known has no stock
 * @throws Error with both readings and their commands if a number such as `1.299` has several
 */
export function readShopColumns(
    { name, columns, rows }: { name: string; columns: readonly string[]; rows: readonly (readonly string[])[] },
    parts: ShopParts,
    choice: DecimalChoice,
) {
    const [priceTexts = [], stockTexts = [], codes = []] = [parts.price, parts.stock, parts.currency].map((at) =>
        rows.map((row) => (at === undefined ? "" : (row[at] ?? "").trim())),
    );
    const plainOf = (at: number | undefined, amounts: readonly string[]) => {
        const decimal = readingOf(name, columns[at ?? -1] ?? "", amounts, choice);
        return amounts.map((amount) => toPlain(amount, decimal));
    };
    const parsed = priceTexts.map((text) => money.exec(text.replaceAll(groupSign, "")) ?? []);
    const currencies = parsed.map(
        ([, before, , after], at) => before ?? after ?? (isEmpty(codes[at] ?? "") ? undefined : codes[at]),
    );
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
        if (counts[at]) return counts[at];
        return wordOf(text) === false || (isFlag && text === "0") ? "0" : "";
    });
    const isNumeric = (numbers: readonly string[]) => numbers.filter(Boolean).length >= rows.length / 2;
    const replaced = [
        ...(parts.price !== undefined && isNumeric(prices) ? [{ at: parts.price, values: prices }] : []),
        ...(parts.stock !== undefined && isNumeric(counts) ? [{ at: parts.stock, values: stock }] : []),
    ];
    const unreadPrices = priceTexts.filter((text, at) => !isEmpty(text) && prices[at] === "");
    const isKnownWord = (text: string) => isEmpty(text) || wordOf(text) !== undefined;
    const unreadStock = stockTexts.filter((text, at) => !isFlag && !isKnownWord(text) && !counts[at]);
    return {
        rows: rows.map((row, index) =>
            replaced.reduce((changed, { at, values }) => changed.with(at, values[index] ?? ""), row),
        ),
        details: rows.map(
            (_, at): ShopDetails => ({
                ...(prices[at] && { price: Number(prices[at]), ...(currencies[at] && { currency: currencies[at] }) }),
                ...(stock[at] && { stock: Number(stock[at]) }),
            }),
        ),
        notes: [
            ...note("price", rows.length, unreadPrices),
            ...note("stock", rows.length, unreadStock),
            ...several(currencies),
        ],
    };
}

const note = (name: string, rows: number, [first, ...more]: readonly string[]) =>
    first === undefined
        ? []
        : [`${name} (${more.length + 1} of ${rows} values not understood, such as "${abbreviate(first, 40)}")`];

/** Names the currencies of a column that has several. */
function several(currencies: readonly (string | undefined)[]): string[] {
    const counts = Map.groupBy(currencies, (each) => each ?? "none");
    const named = [...counts.keys()].filter((each) => each !== "none");
    const listed = [...counts].map(([each, all]) => `${each} ${all.length}`).join(", ");
    return named.length > 1 ? [`price (several currencies: ${listed})`] : [];
}

/**
 * Returns an amount with a decimal point and without groups; empty for a text that is none. `decimal` is undefined for a
 * column with both decimal signs: then only an amount with one reading counts.
 */
function toPlain(amount: string, decimal: Decimal | undefined): string {
    const readings = decimal === undefined ? decimals : [decimal];
    const [plain = "", ...others] = new Set(readings.map((each) => withPoint(amount, each)).filter(isNumber));
    return others.length === 0 ? plain : "";
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
