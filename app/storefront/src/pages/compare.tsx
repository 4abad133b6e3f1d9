import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { act, done, item, past } from "../data-words.ts";
import { type Asked, useAnswer } from "../hooks.ts";
import { Poster } from "../parts/poster.tsx";
import { SourceBadge } from "../parts/source-badge.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { picksPath, popularPath, rowLength, similarPath } from "../paths.ts";
import { spoken } from "../poster/lettering.ts";
import { isNew, viewerName } from "../viewers.ts";
import type { FilmList, ListedFilm } from "../words.ts";
import { useOpened } from "./opened.tsx";
import { useWatch } from "./use-watch.ts";

interface CompareProps {
    readonly viewer: string;
    readonly like: string | undefined;
    onLike(itemId: string): void;
}

const columnNames = { popular: "popular", similar: "similar", personal: "personal" } as const;
type Column = keyof typeof columnNames;

/** Three lists side by side: popular films, films like one film, and personal films. */
export function Compare({ viewer, like, onLike }: CompareProps) {
    const { watched, since, watch, failure } = useWatch(viewer);
    const popular = useAnswer<FilmList>(popularPath());
    const personal = useAnswer<FilmList>(picksPath(viewer, since));
    const chosen = like ?? watched[0]?.itemId ?? personal.answered?.value.films[0]?.itemId;
    const similar = useAnswer<FilmList>(chosen && similarPath(chosen));
    const lists = { popular, similar, personal } as const;
    const [lit, setLit] = useState<string>();
    const { openFilm, dialog } = useOpened(watched, watch);

    const choices = unique([...watched, ...filmsOf(personal), ...filmsOf(popular)]);
    const inColumns = (itemId: string) =>
        (Object.keys(columnNames) as Column[]).filter((column) =>
            filmsOf(lists[column]).some((film) => film.itemId === itemId),
        );
    const shared = { inColumns, lit, onLit: setLit, onOpen: openFilm };
    const chosenTitle = choices.find(({ itemId }) => itemId === chosen)?.title;
    return (
        <div class="compare">
            <header class="page-head">
                <h1>Three ways to choose, for {viewerName(viewer)}</h1>
                <p class="lead">
                    {summary(lists, chosenTitle) ??
                        `Popular ${item.many}, ${item.many} like one ${item.one}, and personal ${item.many}.`}
                </p>
            </header>
            {failure && <Trouble error={failure.error} onAgain={failure.again} />}
            <div class="columns">
                <ColumnOf
                    column="popular"
                    title="Popular"
                    note={`The most ${done} ${item.many}. This list is equal for all viewers.`}
                    asked={popular}
                    {...shared}
                />
                <ColumnOf
                    column="similar"
                    title="Similar"
                    note={
                        <label class="like">
                            Viewers also {past}, for{" "}
                            <select value={chosen ?? ""} onChange={(event) => onLike(event.currentTarget.value)}>
                                {chosen !== undefined && chosenTitle === undefined && (
                                    <option value={chosen}>
                                        {item.one} {chosen}
                                    </option>
                                )}
                                {choices.map(({ itemId, title, year }) => (
                                    <option key={itemId} value={itemId}>
                                        {spoken(title)} {year !== null && `(${year})`}
                                    </option>
                                ))}
                            </select>
                        </label>
                    }
                    asked={similar}
                    {...shared}
                />
                <ColumnOf
                    column="personal"
                    title="Personal"
                    note={`Chosen for ${viewerName(viewer)}${isNew(viewer) ? ` by what you ${act}` : ""}, by Amazon Personalize if there is a campaign.`}
                    asked={personal}
                    {...shared}
                />
            </div>
            {dialog}
        </div>
    );
}

interface ColumnOfProps {
    readonly column: Column;
    readonly title: string;
    readonly note: ComponentChildren;
    readonly asked: Asked<FilmList>;
    readonly lit: string | undefined;
    inColumns(itemId: string): readonly Column[];
    onLit(itemId: string | undefined): void;
    onOpen(film: ListedFilm, list: FilmList): void;
}

function ColumnOf({ column, title, note, asked, lit, inColumns, onLit, onOpen }: ColumnOfProps) {
    const { answered, error, again } = asked;
    const list = answered?.value;
    return (
        <section class="column" aria-labelledby={`${column}-title`} aria-busy={asked.loading}>
            <div class="column-head">
                <h2 id={`${column}-title`}>{title}</h2>
                {list && <SourceBadge list={list} />}
            </div>
            <div class="column-note">{note}</div>
            {error !== undefined && list === undefined ? (
                <Trouble error={error} onAgain={again} />
            ) : (
                <ol class="ranks" aria-labelledby={`${column}-title`}>
                    {list === undefined
                        ? Array.from({ length: rowLength }, (_, place) => (
                              <li key={`blank ${place}`} class="rank" aria-hidden="true">
                                  <span class="blank" />
                              </li>
                          ))
                        : list.films.map((film, place) => {
                              const others = inColumns(film.itemId).filter((other) => other !== column);
                              return (
                                  <li
                                      key={film.itemId}
                                      class="rank"
                                      data-item={film.itemId}
                                      data-lit={film.itemId === lit}
                                  >
                                      <button
                                          type="button"
                                          onClick={() => onOpen(film, list)}
                                          onPointerEnter={() => onLit(film.itemId)}
                                          onPointerLeave={() => onLit(undefined)}
                                          onFocus={() => onLit(film.itemId)}
                                          onBlur={() => onLit(undefined)}
                                          aria-haspopup="dialog"
                                      >
                                          <span class="place">{place + 1}</span>
                                          <Poster film={film} />
                                          <span class="rank-words">
                                              <span class="rank-title">{spoken(film.title)}</span>
                                              <span class="rank-facts">
                                                  {[film.year, film.genres[0]].filter(Boolean).join(" · ")}
                                              </span>
                                          </span>
                                          <span class="also">
                                              {others.map((other) => (
                                                  <span key={other} class={`tag tag-${other}`}>
                                                      <span class="unseen">also </span>
                                                      {columnNames[other]}
                                                  </span>
                                              ))}
                                          </span>
                                      </button>
                                  </li>
                              );
                          })}
                </ol>
            )}
        </section>
    );
}

const filmsOf = ({ answered }: Asked<FilmList>) => answered?.value.films ?? [];

const unique = (films: readonly ListedFilm[]) => [...new Map(films.map((film) => [film.itemId, film])).values()];

function summary(lists: Readonly<Record<Column, Asked<FilmList>>>, like: string | undefined): string | undefined {
    const [popular, similar] = [lists.popular, lists.similar].map(
        (asked) => new Set(filmsOf(asked).map(({ itemId }) => itemId)),
    );
    const personal = filmsOf(lists.personal);
    if (!popular?.size || !similar?.size || personal.length === 0) return undefined;
    const among = (other: ReadonlySet<string>) => personal.filter(({ itemId }) => other.has(itemId)).length;
    const neither = personal.filter(({ itemId }) => !popular.has(itemId) && !similar.has(itemId)).length;
    const liked = like === undefined ? "similar" : `like ${spoken(like)}`;
    return `Of the ${personal.length} personal ${item.many} ${among(popular)} are also popular, ${among(similar)} are also ${liked}, and ${neither} are in neither list.`;
}
