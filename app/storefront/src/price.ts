import type { ListedItem } from "../../api/names.ts";

/**
 * Returns the price of an item with two decimals and the currency of the data: `€1,299.50` or `1,299.50 PLN`. Does not
 * use Intl, whose formatters block a phone for 10 ms or more when the page creates them.
 */
export function formatPrice({ price, currency = "" }: Pick<ListedItem, "price" | "currency">): string | undefined {
    if (price === undefined) return undefined;
    let text = price.toFixed(2);
    const first = price < 0 ? 1 : 0;
    for (let at = text.length - ".00".length - 3; at > first; at -= 3) text = `${text.slice(0, at)},${text.slice(at)}`;
    return /\p{L}$/u.test(currency) ? `${text} ${currency}` : `${currency}${text}`;
}
