import { type FilmList, reasonWords, sourceWords } from "../words.ts";

/** Where a list comes from, and why it is not the campaign's when it is not. */
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
