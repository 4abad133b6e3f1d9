import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import { prefetch, similarPath } from "../api.ts";
import type { Mark } from "../changes.ts";
import { type Asked, useGlide, useKeptFocus } from "../hooks.ts";
import { spoken } from "../poster/lettering.ts";
import type { Origin } from "../why.ts";
import type { ItemList, ListedItem } from "../words.ts";
import { Trouble } from "./announcer.tsx";
import { Facts, Price, SourceBadge } from "./facts.tsx";
import { Icon } from "./icons.tsx";
import { Poster } from "./poster.tsx";
import { moveFocus } from "./tabs.tsx";

interface RowProps {
    readonly id: string;
    readonly title: string;
    /** One line below the title. Its space is reserved, so that the line can change. */
    readonly note: ComponentChildren;
    readonly request: Asked<ItemList>;
    readonly marks?: ReadonlyMap<string, Mark>;
    /** Text for a row without items. */
    readonly empty: string;
    readonly children?: ComponentChildren;
    onOpen(item: ListedItem, from: Origin): void;
    onDetails(): void;
}

/** Number of placeholders that fill the widest screen. A row shows them from the moment when it requests its list. */
const blanks = 12;

/** Renders a row of items with its source, and a text if it has no items. */
export function Row({ id, title, note, request, marks, empty, children, onOpen, onDetails }: RowProps) {
    const { answered, error, loading, again } = request;
    const list = answered?.value;
    const items = list?.items ?? [];
    const order = items.map(({ itemId }) => itemId).join(" ");
    const track = useRef<HTMLUListElement>(null);
    useGlide(track, order);
    useKeptFocus(track, order);
    const [active, setActive] = useState<string>();
    const reached = items.some(({ itemId }) => itemId === active) ? active : items[0]?.itemId;

    const page = (way: 1 | -1) =>
        track.current?.scrollBy({ left: way * track.current.clientWidth * 0.8, behavior: "smooth" });
    return (
        <section class="row" id={id} aria-labelledby={`${id}-title`} aria-busy={loading}>
            <div class="row-head wrap line">
                <h2 id={`${id}-title`} tabIndex={-1}>
                    {title}
                </h2>
                {children}
                {list && <SourceBadge list={list} />}
                <button
                    type="button"
                    class="quiet details soft fine"
                    onClick={onDetails}
                    disabled={answered === undefined}
                    aria-haspopup="dialog"
                >
                    <Icon name="code" />
                    <span>How it was made</span>
                    <span class="unseen">: {title}</span>
                </button>
            </div>
            <p class="row-note line soft text">{note}</p>
            <div class="row-body">
                {error !== undefined && list === undefined ? (
                    <Trouble error={error} onAgain={again} />
                ) : list !== undefined && items.length === 0 ? (
                    <p class="trouble wrap line edged soft">{empty}</p>
                ) : (
                    <>
                        <ul
                            class="track"
                            ref={track}
                            aria-labelledby={`${id}-title`}
                            data-refreshing={loading && list !== undefined}
                            onKeyDown={moveFocus}
                        >
                            {list === undefined
                                ? Array.from({ length: loading ? blanks : 0 }, (_, place) => (
                                      <Blank key={`blank ${place}`} />
                                  ))
                                : items.map((item) => (
                                      <Card
                                          key={item.itemId}
                                          item={item}
                                          mark={marks?.get(item.itemId)}
                                          reached={item.itemId === reached}
                                          onReached={() => setActive(item.itemId)}
                                          onOpen={() => onOpen(item, { title, list })}
                                      />
                                  ))}
                        </ul>
                        <Pager onPage={page} />
                    </>
                )}
            </div>
        </section>
    );
}

/** Renders the placeholder of a card until its item is loaded. */
const Blank = () => (
    <li class="card" aria-hidden="true">
        <span class="blank poster" />
        <span class="blank words" />
    </li>
);

/**
 * Renders two buttons that scroll the row, for the mouse. Keyboard users scroll with arrow keys, and users of touch
 * screens swipe.
 */
const Pager = ({ onPage }: { onPage: (way: 1 | -1) => void }) => (
    <div class="pager" aria-hidden="true">
        <button type="button" class="round edged" tabIndex={-1} onClick={() => onPage(-1)}>
            <Icon name="left" />
        </button>
        <button type="button" class="round edged" tabIndex={-1} onClick={() => onPage(1)}>
            <Icon name="right" />
        </button>
    </div>
);

interface CardProps {
    readonly item: ListedItem;
    readonly mark?: Mark | undefined;
    /** Whether the Tab key reaches this card of the row. */
    readonly reached: boolean;
    onReached(): void;
    onOpen(): void;
}

/** Number of letters that fit into two lines on the narrowest screen. */
const lettersOnCard = 24;

/** Renders an item in a row. */
function Card({ item, mark, reached, onReached, onOpen }: CardProps) {
    const { itemId, title } = item;
    const early = () => prefetch(similarPath(itemId));
    const shown = spoken(title);
    const markText = mark?.kind === "new" ? "New" : mark?.kind === "up" ? `Up ${mark.by}` : undefined;
    const chipText = markText ?? (item.promoted ? "Promoted" : undefined);
    return (
        <li class="card" data-item={itemId}>
            <button
                type="button"
                tabIndex={reached ? 0 : -1}
                aria-haspopup="dialog"
                onClick={onOpen}
                onPointerEnter={early}
                onFocus={() => {
                    onReached();
                    early();
                }}
            >
                <Poster item={item} />
                {chipText !== undefined && <span class={`chip chip-${mark?.kind ?? "promoted"}`}>{chipText}</span>}
                <span class="card-title cut title">{shown}</span>
                <Price item={item} />
                <span class="card-facts soft fine breaks" title={item.genres.join(", ")}>
                    <Facts item={item} letters={lettersOnCard} />
                </span>
            </button>
        </li>
    );
}
