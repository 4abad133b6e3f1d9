import { testsOnlyItems } from "filter-grammar";
import { parseFilter } from "./filter-fields.ts";
import { type Refuse, text, type ValuesOf, whole } from "./kinds.ts";

/** Members of a promotion in config `promotions`. */
export const promotionMembers = {
    filter: text("", { description: "expression of the promoted items" }),
    percent: whole(20, { least: 1, most: 100, description: "share of each list" }),
    from: text("", { description: "beginning" }),
    until: text("", { description: "end" }),
};

/**
 * A promotion: items that pass its filter get a share of each viewer's list. `from` and `until` are a date (UTC) or an
 * ISO time; `from` empty: since ever. `until` is the first moment without the promotion; empty: without an end.
 */
export type Promotion = ValuesOf<typeof promotionMembers>;

type Promotions = Readonly<Record<string, Promotion>>;

/** Returns beginning and end of a promotion in epoch milliseconds; NaN for a text that is no time. */
export const promotionSpan = ({ from, until }: Promotion) => ({
    from: from === "" ? 0 : toTime(from),
    until: until === "" ? Number.MAX_SAFE_INTEGER : toTime(until),
});

/** Returns a date (its beginning in UTC) or an ISO time in epoch milliseconds; NaN for another text. */
export const toTime = (text: string): number => (/^\d{4}-\d{2}-\d{2}(T|$)/.test(text) ? Date.parse(text) : Number.NaN);

/** Rejects promotions with expressions or times that are not valid, and two at the same time. */
export function checkPromotions(promotions: Promotions, refuse: Refuse): void {
    const spans = Object.entries(promotions).map(([name, promotion]) => ({ name, ...promotionSpan(promotion) }));
    for (const [at, { name, from, until }] of spans.entries()) {
        const promotion = promotions[name] as Promotion;
        const reason = expressionProblem(promotion.filter) ?? timeProblem(promotion);
        if (reason !== undefined) {
            refuse(reason, name);
            continue;
        }
        const other = spans.slice(0, at).find((one) => one.from < until && from < one.until);
        if (other) refuse(`is active at the same time as ${other.name}; one promotion at a time is possible`, name);
    }
}

function expressionProblem(expression: string): string | undefined {
    const parsed = parseFilter(expression);
    if ("reason" in parsed) return `has a filter that is wrong at column ${parsed.column}: ${parsed.reason}`;
    const hasPlaceholder = parsed.clauses.some(({ where }) =>
        where.flat().some(({ operand }) => "placeholder" in operand),
    );
    if (testsOnlyItems(parsed) && !hasPlaceholder) return undefined;
    return "has a filter that does not only compare columns of Items with values, such as INCLUDE ItemID WHERE Items.PRICE < 10";
}

function timeProblem(promotion: Promotion): string | undefined {
    const { from, until } = promotionSpan(promotion);
    const wrong = Number.isNaN(from) ? "from" : Number.isNaN(until) ? "until" : undefined;
    if (wrong !== undefined)
        return `has ${wrong} ${promotion[wrong]}, which is no date such as 2027-01-31, and no ISO time`;
    return until > from ? undefined : `ends at ${promotion.until}, before it begins at ${promotion.from}`;
}
