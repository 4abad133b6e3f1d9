import { type FilmList, reasonWords, wordsOfList } from "../words.ts";

/** The source of a list, with the reason if the campaign did not make it. */
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
