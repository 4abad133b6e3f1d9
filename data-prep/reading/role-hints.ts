import type { Role, Roles } from "./roles.ts";

const id = "(id|no|nr|num|number|nummer|numero|numer|code|kod|key|uri|sku|ref|reference|referencia|referenz)";
const people =
    "(user|person|customer|client|cliente|kunde|kunden|klant|klient|kund|visitor|viewer|member|listener|player|reader|buyer|shopper|guest|account|profile|nutzer|benutzer|usuario|utente|utilisateur|gebruiker|acheteur|comprador|pseudo|distinct|anonymous)";
const things =
    "(item|product|produkt|produit|producto|prodotto|article|artikel|articulo|articolo|sku|title|track|song|movie|film|video|book|game|recipe|episode|show|course|content|lineitem|variant)";

const peopleIds = new RegExp(`^(id)?${people}(pseudo)?${id}$|^${id}${people}$|^n${people}$`);
const peopleWords = new RegExp(`^${people}s?$|^username$`);

/**
 * Parts of column names that suggest a role, in the form that `plain` returns, the strongest first. They count only
 * for roles without a column of a usual name, and only for columns whose values fit.
 */
const hints: readonly (readonly [role: "user" | "item" | "event", patterns: readonly RegExp[]])[] = [
    ["user", [peopleIds, peopleWords, /^(customer|billing)?e?mail(address|billing)?$/]],
    [
        "item",
        [
            new RegExp(`^(id)?${things}${id}$|^${id}${things}$|${things}(sku|uri|id)$`),
            /^(sku|asin|isbn|ref|reference|referencia|referenz|riferimento|referentie)$/,
            new RegExp(`^${things}s?$`),
        ],
    ],
    [
        "event",
        [
            /^(event|action|actie|aktion|azione|accion|acao|activity|handling|gebeurtenis|metric|transaction)(name|type|action|soort|typ)?$/,
        ],
    ],
];

/** Names of times that are not those of an event: of birth, due, delivery, change and the like. */
const otherTimes =
    /birth|geburt|naissance|nacim|nascita|^dob|due|fallig|scad|vencim|echeance|expir|ablauf|deliver|dostarcz|dostaw|liefer|livr|lever|entrega|consegna|wysyl|envio|spediz|kargo|teslim|ship|return|retour|update|modif|anderung|login|signup|regist|import|sync|publi|release|departure|arrival|checkout|clienttime|(product|item|article|artikel|customer|user|member|account|client)\w*creat/;
/** Names of times of an event, the surest first. */
const eventTimes: readonly RegExp[] = [
    /order|bestel|commande|pedido|ordine|zamow|siparis|purchase|kauf|achat|compra|acquist|koop|bought|sold|sale|placed|booked|played|watched|viewed|listened|clicked|borrow|issued|event|visit|enrolled|servertime/,
    /creat/,
    /date|datum|data|fecha|tijd|zeit|time|^ts|ts$|at$/,
];

/**
 * Returns the column of the event's time among columns of times; undefined if none is, or several are equally likely.
 * `nameOf` returns a column's name in the form that `plain` returns.
 */
export function eventTime(columns: readonly number[], nameOf: (column: number) => string): number | undefined {
    const likely = columns.filter((column) => rankTime(nameOf(column)) >= 0);
    if (likely.length === 1) return likely[0];
    const sure = likely.find((column) => rankTime(nameOf(column)) === 3);
    const usual = likely.filter((column) => rankTime(nameOf(column)) > 0);
    return sure ?? (usual.length === 1 ? usual[0] : undefined);
}

/**
 * Returns how much a name of a column of times suggests the time of an event: 3 for an order, a visit and the like, 2
 * for a creation, 1 for any time, -1 for another time, such as a birth.
 */
export function rankTime(name: string): number {
    if (otherTimes.test(name)) return -1;
    const rank = eventTimes.findIndex((pattern) => pattern.test(name));
    return rank < 0 ? 0 : eventTimes.length - rank;
}

/**
 * Names that a column of titles, flags or line numbers can have, too. A column whose name says that it has ids comes
 * before it.
 */
export const bareNames: ReadonlySet<string> = new Set(
    (
        "item product movie article artikel produkt produit producto prodotto articulo user customer kunde benutzer nutzer " +
        "client cliente utente usuario utilisateur visitor member reader borrower patron"
    ).split(" "),
);

/**
 * Returns the columns for roles that have none: those whose names suggest the role most, and whose values can be ids or
 * event types. Finds nothing for a role that two columns fit equally. `names` are in the form that `plain` returns.
 */
export function hintedRoles(
    names: readonly string[],
    given: Roles,
    valuesOf: (column: number) => readonly string[],
): Roles {
    const roles: { [role in Role]?: number } = { ...given };
    for (const [role, patterns] of hints) {
        if (roles[role] !== undefined) continue;
        for (const pattern of patterns) {
            const [column, ...others] = names.flatMap((name, index) =>
                !Object.values(roles).includes(index) &&
                pattern.test(name) &&
                (role === "event" ? areTypes : areIds)(valuesOf(index))
                    ? [index]
                    : [],
            );
            if (column === undefined) continue;
            if (others.length === 0) roles[role] = column;
            break;
        }
    }
    return roles;
}

/** Names of accounts, apps and devices, which several people can share, and names of the people who use them. */
const sharedNames = /^(account|client|device)/;
const personalNames = /device|profile|person|contact|subscriber|visitor|viewer|member|customer/;

/**
 * Checks whether a column of users is in doubt: it has sessions, many of its values are empty, or another column has ids
 * of people, such as `customer_id` beside `user_id`, or `profile` beside `client_id`.
 */
export function isDoubtful(
    user: number,
    names: readonly string[],
    valuesOf: (column: number) => readonly string[],
): boolean {
    const [name = "", values] = [names[user], valuesOf(user)];
    if (/session/.test(name) || values.filter((value) => value === "").length > values.length / 5) return true;
    const alike = [peopleIds, peopleWords].find((pattern) => pattern.test(name));
    const isRival = (other: string) => alike?.test(other) || (sharedNames.test(name) && personalNames.test(other));
    return names.some((other, index) => index !== user && isRival(other) && areIds(valuesOf(index)));
}

/** Checks whether a column's name says that it has titles, which two items can share. */
export const isTitle = (name: string): boolean => /^(title|titel|titre|titulo|titolo)s?$/.test(name);

const idName = new RegExp(`${id}$`);
const likelyIds = { user: new RegExp(`${people}|mail|contact|subscriber|borrower|patron`), item: new RegExp(things) };
const unlikelyIds =
    /order|bestell|pedido|zamow|siparis|sale|invoice|transaction|booking|session|visit$|categor|group|parent|owner|employee|seller|store|campaign|line|row|page|device|quantity|qty|(?<!ac)count|rating|year|price|amount|currency|status|type|country|name$/;

/** Returns how much a column suggests ids of users or items, by its name in the form that `plain` returns, and its values. */
export const rankId = (role: "user" | "item", name: string, values: readonly string[]): number =>
    2 * Number(likelyIds[role].test(name)) -
    2 * Number(likelyIds[role === "user" ? "item" : "user"].test(name)) +
    Number(idName.test(name)) -
    2 * Number(unlikelyIds.test(name)) -
    4 * Number(!areIds(values));

/**
 * Checks whether values can be ids: at least two different ones, some of them repeated, and neither fractions nor
 * nested values. GA4's ids of browsers, such as `1000000042.1600000042`, have more digits than fractions.
 */
function areIds(values: readonly string[]): boolean {
    const filled = values.filter((value) => value !== "");
    const distinct = new Set(filled).size;
    return (
        filled.length > values.length / 2 &&
        (distinct >= 2 || values.length < 20) &&
        (distinct < filled.length || filled.length < 50) &&
        !filled.every((value) => /^[+-]?\d*[.,]\d{1,8}$|^[[{]/.test(value))
    );
}

/** Checks whether a column whose name says nothing can have event types: a few different words, such as view and buy. */
export function mayBeTypes(values: readonly string[]): boolean {
    const { size } = new Set(values);
    return (
        size >= 2 && values.length > 4 * size && areTypes(values) && values.every((value) => /^\p{L}{2}/u.test(value))
    );
}

/**
 * Checks whether values can be event types: at most 20 different words. The name of the column is evidence, too, so
 * fewer rows suffice than for a column without a name.
 */
const areTypes = (values: readonly string[]): boolean => {
    const words = new Set(values);
    return words.size <= 20 && values.length >= 2 * words.size && [...words].every((word) => /^\p{L}/u.test(word));
};
