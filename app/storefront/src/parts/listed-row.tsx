import type { ComponentChildren } from "preact";
import { useMemo, useRef, useState } from "preact/hooks";
import { type Answered, latestPath, popularPath, trendingPath } from "../api.ts";
import { category, noun } from "../data-words.ts";
import { type Asked, useAnswer, useNear } from "../hooks.ts";
import type { Origin } from "../why.ts";
import { type ItemList, type ListedItem, popularWords } from "../words.ts";
import { Row } from "./row.tsx";

/** What a row calls when the viewer opens an item or the details of the list. */
export interface RowCalls {
    /** Opens an item. `from` is the list that contains it, if any. */
    onOpen(item: ListedItem, from?: Origin): void;
    onDetails(title: string, answered: Answered<ItemList> | undefined): void;
}

interface ListedRowProps extends RowCalls {
    readonly id: string;
    readonly title: string;
    readonly note: ComponentChildren;
    /** Path of the list in the API. */
    readonly path: string;
    /** IDs of items that the row does not show. */
    readonly without?: ReadonlySet<string>;
    /** Text in place of an empty list. Without it, the row appears with its first item. */
    readonly empty?: string;
    /** Renders elements beside the title. The list is undefined until it is loaded. */
    beside?(list: ItemList | undefined): ComponentChildren;
}

/**
 * Distance at which the row requests its list: a phone's screen, so that the list is loaded before the viewer reaches
 * it.
 */
const margin = "500px";

/** Renders a row that requests its list when it comes near the view. */
export function ListedRow({ path, without, beside, empty, onDetails, ...row }: ListedRowProps) {
    const place = useRef<HTMLDivElement>(null);
    const isNear = useNear(place, margin);
    const request = useAnswer<ItemList>(isNear ? path : undefined);
    const shown = useMemo(
        () => leaveOut(request, without),
        [request.answered, request.error, request.loading, without],
    );
    return (
        <div ref={place}>
            {(empty !== undefined || (shown.answered?.value.items ?? []).length > 0) && (
                <Row
                    {...row}
                    empty={empty ?? ""}
                    request={shown}
                    onDetails={() => onDetails(row.title, request.answered)}
                >
                    {beside?.(request.answered?.value)}
                </Row>
            )}
        </div>
    );
}

function leaveOut(request: Asked<ItemList>, without: ReadonlySet<string> | undefined): Asked<ItemList> {
    if (without === undefined || request.answered === undefined) return request;
    const { value } = request.answered;
    const items = value.items.filter(({ itemId }) => !without.has(itemId));
    return { ...request, answered: { ...request.answered, value: { ...value, items } } };
}

/**
 * Renders the rows that are the same for all viewers: trending items, popular items of one genre or all, and new items.
 */
export function EverybodysRows(opens: RowCalls) {
    const [genre, setGenre] = useState("");
    return (
        <>
            <ListedRow
                id="trending"
                title="Trending"
                note={`${noun.Many} with a growing audience.`}
                path={trendingPath}
                empty={`No ${noun.one} has a growing audience in this data.`}
                {...opens}
            />
            <ListedRow
                id="popular"
                title="Popular"
                note={`${popularWords}${genre === "" ? "" : `, of ${genre}`}.`}
                path={popularPath(genre)}
                empty={
                    genre === ""
                        ? `No ${noun.one} is popular in this data.`
                        : `No ${noun.one} of this ${category.one} is popular. Choose another one.`
                }
                {...opens}
                beside={(list) => (
                    <select
                        class="genre"
                        // Hide the menu of genres if the data has no genres.
                        hidden={list !== undefined && (list.genres ?? []).length === 0 && genre === ""}
                        aria-label={`${category.One} of the popular ${noun.many}`}
                        value={genre}
                        onChange={(event) => setGenre(event.currentTarget.value)}
                    >
                        <option value="">All {category.many}</option>
                        {(list?.genres ?? (genre === "" ? [] : [genre])).map((name) => (
                            <option key={name}>{name}</option>
                        ))}
                    </select>
                )}
            />
            <ListedRow id="latest" title="New" note={`${noun.Many} that came last.`} path={latestPath} {...opens} />
        </>
    );
}
