import { type FilmList, reasonWords, sourceWords } from "../words.ts";

/** The source of a list, with the reason if the campaign did not make it. */
export function SourceBadge({ list: { source, reason } }: { list: FilmList }) {
    const { badge, sentence } = sourceWords[source];
    return (
        <span class={`source source-${source}`} title={sentence} data-source={source}>
            <span class="unseen">From: </span>
            {badge}
            {reason !== undefined && <span class="source-why">{reasonWords[reason]}</span>}
        </span>
    );
}
