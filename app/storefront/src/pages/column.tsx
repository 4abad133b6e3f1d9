import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { item } from "../data-words.ts";
import { type Asked, useKeptFocus } from "../hooks.ts";
import { Trouble } from "../parts/announcer.tsx";
import { TitleAndFacts } from "../parts/facts.tsx";
import { Poster } from "../parts/poster.tsx";
import { SourceBadge } from "../parts/source-badge.tsx";
import { panelId, tabId } from "../parts/tabs.tsx";
import { rowLength } from "../paths.ts";
import type { Origin } from "../why.ts";
import type { FilmList, ListedFilm } from "../words.ts";

export const columnTitles = { popular: "Popular", similar: "Similar", personal: "Personal" } as const;
export type Column = keyof typeof columnTitles;

interface ColumnOfProps {
    readonly column: Column;
    readonly note: ComponentChildren;
    readonly request: Asked<FilmList>;
    /** Whether the column has no list to request yet. */
    readonly idle?: boolean;
    readonly lit: string | undefined;
    /** Whether the column is the panel of a tab, and if so, whether the tab is chosen. */
    readonly tab: { readonly chosen: boolean } | undefined;
    inColumns(itemId: string): readonly Column[];
    onLit(itemId: string | undefined): void;
    onOpen(film: ListedFilm, from: Origin): void;
}

/** Renders one ranked list of the comparison. */
export function ColumnOf({ column, note, request, idle = false, lit, tab, inColumns, onLit, onOpen }: ColumnOfProps) {
    const { answered, error, loading, again } = request;
    const list = answered?.value;
    const title = columnTitles[column];
    const ranks = useRef<HTMLOListElement>(null);
    useKeptFocus(ranks, list?.films.map(({ itemId }) => itemId).join(" ") ?? "");
    const labelledBy = tab ? tabId(column) : `${column}-title`;
    return (
        <section
            class="column"
            id={panelId(column)}
            {...(tab && { role: "tabpanel" })}
            hidden={tab?.chosen === false}
            aria-labelledby={labelledBy}
            aria-busy={loading}
        >
            <div class="column-head">
                <h2 id={`${column}-title`} class={tab && "unseen"}>
                    {title}
                </h2>
                {list && <SourceBadge list={list} />}
            </div>
            <div class="column-note">{note}</div>
            {error !== undefined && list === undefined ? (
                <Trouble error={error} onAgain={again} />
            ) : idle || list?.films.length === 0 ? (
                <p class="trouble">There is no {item.one} for this list.</p>
            ) : (
                <ol class="ranks" ref={ranks} aria-labelledby={labelledBy}>
                    {list === undefined
                        ? Array.from({ length: rowLength }, (_, place) => (
                              <li key={`blank ${place}`} class="rank" aria-hidden="true">
                                  <span class="blank" />
                              </li>
                          ))
                        : list.films.map((film, place) => (
                              <Rank
                                  key={film.itemId}
                                  film={film}
                                  place={place}
                                  lit={film.itemId === lit}
                                  others={inColumns(film.itemId).filter((other) => other !== column)}
                                  onLit={onLit}
                                  onOpen={() => onOpen(film, { title, list })}
                              />
                          ))}
                </ol>
            )}
        </section>
    );
}

interface RankProps {
    readonly film: ListedFilm;
    readonly place: number;
    readonly lit: boolean;
    /** Names of the comparison's other columns that contain this film, too. */
    readonly others: readonly Column[];
    onLit(itemId: string | undefined): void;
    onOpen(): void;
}

const Rank = ({ film, place, lit, others, onLit, onOpen }: RankProps) => (
    <li class="rank" data-item={film.itemId} data-lit={lit}>
        <button
            type="button"
            onClick={onOpen}
            onPointerEnter={() => onLit(film.itemId)}
            onPointerLeave={() => onLit(undefined)}
            onFocus={() => onLit(film.itemId)}
            onBlur={() => onLit(undefined)}
            aria-haspopup="dialog"
        >
            <span class="place">{place + 1}</span>
            <Poster film={film} />
            <span class="rank-words">
                <TitleAndFacts film={film} letters={1} />
            </span>
            <span class="also">
                {others.map((other) => (
                    <span key={other} class={`tag tag-${other}`}>
                        <span class="unseen">also </span>
                        {columnTitles[other].toLowerCase()}
                    </span>
                ))}
            </span>
        </button>
    </li>
);
