import { spoken } from "../poster/lettering.ts";
import { type ListedFilm, shortened } from "../words.ts";

/** The count stays on the line of the last genre. */
const noBreak = "\u00a0";

interface FactsProps {
    readonly film: ListedFilm;
    /** The space for genres, in letters; the rest is a count. */
    readonly letters: number;
}

/** A film's year and genres in little space; screen readers get all genres. */
export function Facts({ film: { year, genres }, letters }: FactsProps) {
    const { shown, rest } = shortened(genres, letters);
    return (
        <>
            {[year, shown.join(", ")].filter(Boolean).join(" · ")}
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

/** A film's title, and its facts below it. */
export const TitleAndFacts = (props: FactsProps) => (
    <>
        <span class="rank-title">{spoken(props.film.title)}</span>
        <span class="rank-facts">
            <Facts {...props} />
        </span>
    </>
);
