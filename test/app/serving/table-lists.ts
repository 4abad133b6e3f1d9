import { listSelector, similarItems } from "../../../app/serving/selection.ts";
import type { Tables } from "../../../app/serving/table-answers.ts";

interface Ask {
    readonly count?: number;
    readonly without?: ReadonlySet<string>;
}

/** The tables, with their lists as the API selects them at a time in epoch milliseconds, without a filter and hidden items. */
export function tableLists(tables: Tables, at = 0) {
    const select = listSelector({
        tables: () => tables,
        clock: () => at,
        hideUnavailable: true,
        isHidden: () => false,
    });
    const rules = ({ count = 25, without = new Set() }: Ask = {}) => ({ count, exclude: without });
    return {
        ...tables,
        popular: ({ genre, ...ask }: Ask & { readonly genre?: string } = {}) =>
            select(tables.popular(genre), rules(ask)),
        trending: (ask?: Ask) => select(tables.trending(), rules(ask)),
        similar: (itemIds: readonly string[], ask?: Ask) => similarItems(tables, select, itemIds, rules(ask)),
        shows: (itemId: string) => select([{ itemId }], rules()).length > 0,
    };
}
