import { item, person } from "../data-words.ts";
import { type FilmList, reasonWords, wordsOfList } from "../words.ts";

/** Renders the source of a list, with the reason if the campaign did not make the list. */
export function SourceBadge({ list }: { list: FilmList }) {
    const { source, reason } = list;
    const { badge, sentence } = wordsOfList(list);
    return (
        <span class={`source source-${source}`} title={sentence} data-source={source}>
            <span class="unseen">From: </span>
            {badge}
            {reason !== undefined && <span class="source-why">{reasonWords[reason]}</span>}
        </span>
    );
}

const legend = [
    ["campaign", "Personal", `made by Amazon Personalize for one ${person.one}`],
    ["similar", "Similar", `${item.many} with the same ${person.many}`],
    ["popular", "Popular", `equal for all ${person.many}`],
] as const;

/** Renders the legend of the coloured dots that mark the sources. */
export const Legend = () => (
    <dl class="legend" aria-label="Sources of the lists">
        {legend.map(([source, name, words]) => (
            <div key={source}>
                <dt class={`source source-${source}`}>{name}</dt>
                <dd>{words}</dd>
            </div>
        ))}
    </dl>
);
