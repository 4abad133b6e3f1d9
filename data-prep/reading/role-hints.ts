const id = "(id|no|nr|num|number|nummer|numero|numer|code|kod|key|uri|sku|ref|reference|referencia|referenz)";
const people =
    "(user|customer|client|cliente|kunde|kunden|klant|klient|kund|visitor|viewer|member|listener|player|reader|buyer|shopper|guest|account|profile|nutzer|benutzer|usuario|utente|utilisateur|gebruiker|acheteur|comprador|pseudo|distinct|anonymous)";
const things =
    "(item|product|produkt|produit|producto|prodotto|article|artikel|articulo|articolo|sku|title|track|song|movie|film|video|book|game|recipe|episode|show|course|content|lineitem|variant)";

/**
 * Parts of column names that suggest a role, in the form that `plain` returns, the strongest first. They count only
 * for roles without a column of a usual name, and only for columns whose values fit.
 */
const hints: readonly (readonly [role: "user" | "item" | "event", patterns: readonly RegExp[]])[] = [
    [
        "user",
        [
            new RegExp(`^(id)?${people}(pseudo)?${id}$|^${id}${people}$|^n${people}$`),
            new RegExp(`^${people}s?$|^username$`),
            /^(customer|billing)?e?mail(address|billing)?$/,
        ],
    ],
    [
        "item",
        [
            new RegExp(`^(id)?${things}${id}$|^${id}${things}$|${things}(sku|uri|id)$`),
            /^(sku|asin|isbn|ref|reference|referencia|referenz|riferimento|referentie)$/,
            new RegExp(`^${things}s?$`),
        ],
    ],
    ["event", [/^(event|action|actie|aktion|azione|accion|acao|activity|handling|gebeurtenis)(name|type|soort|typ)?$/]],
];

/** Names of times, such as `watched_at` and `Order Date`: the event's own time comes before that of a payment. */
export const timeHints: readonly RegExp[] = [
    /^(order|purchase|event|created|watched|played|viewed|listened|clicked|added)(at|on|date|time)$/,
    /^date/,
];

/** Columns by role, from 0. */
interface Hinted {
    user?: number;
    item?: number;
    event?: number;
}

/**
 * Returns the columns for roles that have none: those whose names suggest the role most, and whose values can be ids or
 * event types. Finds nothing for a role that two columns fit equally. `names` are in the form that `plain` returns.
 */
export function hintedRoles<Roles extends Hinted>(
    names: readonly string[],
    given: Roles,
    valuesOf: (column: number) => readonly string[],
): Roles & Hinted {
    const roles: Hinted = { ...given };
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
    return { ...given, ...roles };
}

/** Checks whether values can be ids: at least two different ones, some of them repeated, and no fractions. */
function areIds(values: readonly string[]): boolean {
    const filled = values.filter((value) => value !== "");
    const distinct = new Set(filled).size;
    return (
        filled.length > values.length / 2 &&
        (distinct >= 2 || values.length < 20) &&
        (distinct < filled.length || filled.length < 50) &&
        !filled.every((value) => /^[+-]?\d*[.,]\d+$/.test(value))
    );
}

/** Checks whether values can be event types: at most 20 different words. */
const areTypes = (values: readonly string[]): boolean => {
    const words = new Set(values);
    return words.size <= 20 && values.length >= 2 * words.size && [...words].every((word) => /^\p{L}/u.test(word));
};
