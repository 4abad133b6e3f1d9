import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { popularPath, rowLength, similarPath } from "../api.ts";
import { act, capital, noun, past, person } from "../data-words.ts";
import { type Asked, useAnswer, useKeptFocus, useMedia } from "../hooks.ts";
import { announce, Trouble } from "../parts/announcer.tsx";
import { SourceBadge, TitleAndFacts } from "../parts/facts.tsx";
import { useNewest } from "../parts/history.tsx";
import { Poster } from "../parts/poster.tsx";
import { panelId, Tabs, tabId } from "../parts/tabs.tsx";
import { spoken } from "../poster/lettering.ts";
import { isNew, viewerName } from "../viewers.ts";
import type { Origin } from "../why.ts";
import { type ItemList, type ListedItem, popularWords, unique } from "../words.ts";
import { useWatching } from "./deed.ts";
import { useOpened } from "./opened.tsx";

const columnTitles = { popular: "Popular", similar: "Similar", personal: "Personal" } as const;
type Column = keyof typeof columnTitles;
const columns = Object.keys(columnTitles) as readonly Column[];

interface ColumnOfProps {
    readonly column: Column;
    readonly note: ComponentChildren;
    readonly request: Asked<ItemList>;
    /** Whether the column has no list to request yet. */
    readonly idle: boolean;
    readonly lit: string | undefined;
    /** Whether the column is the panel of a tab, and if so, whether the tab is chosen. */
    readonly tab: { readonly chosen: boolean } | undefined;
    inColumns(itemId: string): readonly Column[];
    onLit(itemId: string | undefined): void;
    onOpen(item: ListedItem, from: Origin): void;
}

/** Renders one ranked list of the comparison. */
function ColumnOf({ column, note, request, idle, lit, tab, inColumns, onLit, onOpen }: ColumnOfProps) {
    const { answered, error, loading, again } = request;
    const list = answered?.value;
    const title = columnTitles[column];
    const ranks = useRef<HTMLOListElement>(null);
    useKeptFocus(ranks, list?.items.map(({ itemId }) => itemId).join(" ") ?? "");
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
            <div class="column-head wrap line">
                <h2 id={`${column}-title`} class={tab && "unseen"}>
                    {title}
                </h2>
                {list && <SourceBadge list={list} />}
            </div>
            <div class="column-note hint">{note}</div>
            {error !== undefined && list === undefined ? (
                <Trouble error={error} onAgain={again} />
            ) : idle || list?.items.length === 0 ? (
                <p class="trouble wrap line edged soft">There is no {noun.one} for this list.</p>
            ) : (
                <ol class="ranks" ref={ranks} aria-labelledby={labelledBy}>
                    {list === undefined
                        ? Array.from({ length: rowLength }, (_, place) => (
                              <li key={`blank ${place}`} class="rank" aria-hidden="true">
                                  <span class="blank" />
                              </li>
                          ))
                        : list.items.map((item, place) => (
                              <Rank
                                  key={item.itemId}
                                  item={item}
                                  place={place}
                                  lit={item.itemId === lit}
                                  others={inColumns(item.itemId).filter((other) => other !== column)}
                                  onLit={onLit}
                                  onOpen={() => onOpen(item, { title, list })}
                              />
                          ))}
                </ol>
            )}
        </section>
    );
}

interface RankProps {
    readonly item: ListedItem;
    readonly place: number;
    readonly lit: boolean;
    /** Names of the comparison's other columns that contain this item, too. */
    readonly others: readonly Column[];
    onLit(itemId: string | undefined): void;
    onOpen(): void;
}

const Rank = ({ item, place, lit, others, onLit, onOpen }: RankProps) => (
    <li class="rank" data-item={item.itemId} data-lit={lit}>
        <button
            type="button"
            class="entry"
            onClick={onOpen}
            onPointerEnter={() => onLit(item.itemId)}
            onPointerLeave={() => onLit(undefined)}
            onFocus={() => onLit(item.itemId)}
            onBlur={() => onLit(undefined)}
            aria-haspopup="dialog"
        >
            <span class="place soft text digits">{place + 1}</span>
            <Poster item={item} />
            <span class="rank-words">
                <TitleAndFacts item={item} letters={1} />
            </span>
            <span class="also">
                {others.map((other) => (
                    <span key={other} class={`tag strong tag-${other}`}>
                        <span class="unseen">also </span>
                        {columnTitles[other].toLowerCase()}
                    </span>
                ))}
            </span>
        </button>
    </li>
);

interface CompareProps {
    readonly viewer: string;
    readonly like: string | undefined;
    onLike(itemId: string): void;
}

/** Media query for windows in which three columns do not fit. */
const tooNarrow = "(width < 62rem)";

/** Renders three lists side by side: popular items, items like one item, and personal items. */
export function Compare({ viewer, like, onLike }: CompareProps) {
    const { picks: personal, watched, deed, watch, again } = useWatching(viewer);
    useEffect(() => {
        if (deed?.tracked !== undefined) announce(`You ${deed.act.told(spoken(deed.item.title))}.`);
    }, [deed?.began, deed?.tracked]);
    const popular = useAnswer<ItemList>(popularPath());
    const { newest, loading } = useNewest(viewer);
    const history = [...newest, ...(personal.answered?.value.because ?? [])];
    const own = [...watched, ...history, ...itemsOf(personal)];
    const chosen = like ?? (loading ? watched : own)[0]?.itemId;
    const similar = useAnswer<ItemList>(chosen && similarPath(chosen));
    const lists = { popular, similar, personal } as const;
    const [lit, setLit] = useState<string>();
    const who = viewerName(viewer);
    const { opens, dialog } = useOpened({ who, watched, history, onWatch: watch, refuses: true });
    const inTabs = useMedia(tooNarrow);
    const [tab, setTab] = useState<Column>("personal");

    const choices = unique([...own, ...itemsOf(popular)]);
    const inColumns = (itemId: string) =>
        columns.filter((column) => itemsOf(lists[column]).some((item) => item.itemId === itemId));
    const chosenTitle = choices.find(({ itemId }) => itemId === chosen)?.title;
    const notes: Readonly<Record<Column, ComponentChildren>> = {
        popular: `${popularWords}. This list is equal for all ${person.many}.`,
        similar: (
            <label class="like">
                {capital(person.many)} also {past}, for{" "}
                <select value={chosen ?? ""} onChange={(event) => onLike(event.currentTarget.value)}>
                    {chosen !== undefined && chosenTitle === undefined && (
                        <option value={chosen}>
                            {noun.one} {chosen}
                        </option>
                    )}
                    {choices.map(({ itemId, title, year }) => (
                        <option key={itemId} value={itemId}>
                            {spoken(title)} {year !== null && `(${year})`}
                        </option>
                    ))}
                </select>
            </label>
        ),
        personal: `Chosen for ${who}${isNew(viewer) ? ` by what you ${act}` : ""}, by Amazon Personalize if there is a campaign.`,
    };
    return (
        <div class="compare">
            <header class="page-head">
                <h1>Three ways to choose, for {who}</h1>
                <p class="lead soft">
                    {summary(lists, chosenTitle) ??
                        `Popular ${noun.many}, ${noun.many} like one ${noun.one}, and personal ${noun.many}.`}
                </p>
            </header>
            {deed?.error && <Trouble error={deed.error} onAgain={again} />}
            {inTabs && (
                <Tabs
                    label="Lists"
                    tabs={Object.entries(columnTitles) as [Column, string][]}
                    chosen={tab}
                    onChoose={(name) => setTab(name)}
                />
            )}
            <div class="columns">
                {columns.map((column) => (
                    <ColumnOf
                        key={column}
                        column={column}
                        tab={inTabs ? { chosen: column === tab } : undefined}
                        note={notes[column]}
                        request={lists[column]}
                        idle={column === "similar" && chosen === undefined && !personal.loading && !loading}
                        inColumns={inColumns}
                        lit={lit}
                        onLit={setLit}
                        onOpen={opens.onOpen}
                    />
                ))}
            </div>
            {dialog}
        </div>
    );
}

const itemsOf = ({ answered }: Asked<ItemList>) => answered?.value.items ?? [];

function summary(lists: Readonly<Record<Column, Asked<ItemList>>>, like: string | undefined): string | undefined {
    const [popular, similar] = [lists.popular, lists.similar].map(
        (request) => new Set(itemsOf(request).map(({ itemId }) => itemId)),
    );
    const personal = itemsOf(lists.personal);
    if (!popular?.size || !similar?.size || personal.length === 0) return undefined;
    const among = (other: ReadonlySet<string>) => personal.filter(({ itemId }) => other.has(itemId)).length;
    const neither = personal.filter(({ itemId }) => !popular.has(itemId) && !similar.has(itemId)).length;
    const liked = like === undefined ? "similar" : `like ${spoken(like)}`;
    return `Of the ${personal.length} personal ${noun.many} ${among(popular)} are also popular, ${among(similar)} are also ${liked}, and ${neither} are in neither list.`;
}
