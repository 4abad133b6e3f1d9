import { bindFilter, FilterError, FilterValueError, parseExpression, passes, readFilterValues } from "filter-grammar";
import type { Context } from "./context.ts";
import { badQuery, ProblemError } from "./problem.ts";
import type { ActivePromotion } from "./selection.ts";

/**
 * Creates the function that applies the stack's filters without a campaign. `expressions` are those that test only
 * attributes of items, by name.
 */
export function itemFilters(expressions: Readonly<Record<string, string>>, tables: Context["tables"]) {
    const filters = new Map(Object.entries(expressions).map(([name, text]) => [name, parseExpression(text)]));
    /**
     * Returns the function that checks whether an item passes a filter; undefined without a filter, and for one that
     * only the campaign can apply.
     *
     * @throws ProblemError for values that the filter cannot take
     */
    return function itemFilter(
        name: string | undefined,
        values: Readonly<Record<string, string>>,
    ): ((itemId: string) => boolean) | undefined {
        const filter = filters.get(name ?? "");
        if (filter === undefined) return undefined;
        const { columns, attributes } = tables();
        try {
            const clauses = bindFilter(filter, readFilterValues(filter, values), { items: columns });
            return (itemId) => {
                const item = attributes(itemId);
                return passes(clauses, (clause) => clause.item?.(item) === true);
            };
        } catch (error) {
            if (error instanceof FilterValueError)
                throw badQuery("filterValues", `does not fit the filter: ${error.message.replace(/\.$/, "")}`);
            // The tables lack a column of the filter.
            if (error instanceof FilterError) return undefined;
            throw error;
        }
    };
}

/** A promotion of the stack, with its beginning and end in epoch milliseconds. */
export interface StackPromotion {
    readonly name: string;
    readonly filter: string;
    readonly percent: number;
    readonly from: number;
    readonly until: number;
}

/**
 * Creates the function that returns the promotion at a time in epoch milliseconds; undefined without one, and for one
 * whose filter does not fit the tables, because a viewer's list must not fail for it.
 */
export function promotions(all: readonly StackPromotion[], tables: Context["tables"]) {
    const filterOf = itemFilters(Object.fromEntries(all.map(({ name, filter }) => [name, filter])), tables);
    return function promotionAt(at: number): ActivePromotion | undefined {
        const active = all.find(({ from, until }) => from <= at && at < until);
        if (active === undefined) return undefined;
        try {
            const passes = filterOf(active.name, {});
            return passes && { percent: active.percent, passes };
        } catch (error) {
            if (error instanceof ProblemError) return undefined;
            throw error;
        }
    };
}

export type ItemFilter = ReturnType<typeof itemFilters>;
