import { spoken } from "../poster/lettering.ts";
import { type ListedFilm, priceOf, shortened, stockOf } from "../words.ts";

/** The count stays on the line of the last genre. */
const noBreak = "\u00a0";

interface FactsProps {
    readonly film: ListedFilm;
    /** The space for genres, in letters; the rest is a count. */
    readonly letters: number;
}

/** The facts of an item that are known, in their order. */
export const factsOf = (film: ListedFilm): readonly string[] =>
    [priceOf(film), stockOf(film), film.year?.toString(), film.brand, ...film.genres].filter(
        (fact) => fact !== undefined,
    );

/** A film's year, brand and genres in little space; screen readers get all genres. */
export function Facts({ film: { year, brand, genres }, letters }: FactsProps) {
    const { shown, rest } = shortened(genres, letters);
    return (
        <>
            {[year, brand, shown.join(", ")].filter(Boolean).join(" · ")}
            {rest.length > 0 && (
                <>
                    <span class="unseen">, {rest.join(", ")}</span>
                    <span aria-hidden="true">
                        {noBreak}+{rest.length}
                    </span>
                </>
            )}
        </>
    );
}

/** The price of an item, and its stock if it is low; nothing without a price. */
export function Price({ film }: { film: ListedFilm }) {
    const [price, stock] = [priceOf(film), stockOf(film)];
    if (price === undefined && stock === undefined) return null;
    return (
        <span class="card-price">
            {price}
            {stock !== undefined && <span class="stock">{stock}</span>}
        </span>
    );
}

/** A film's title, and its facts below it. */
export const TitleAndFacts = (props: FactsProps) => (
    <>
        <span class="rank-title">{spoken(props.film.title)}</span>
        <span class="rank-facts">
            <Facts {...props} />
        </span>
    </>
);
