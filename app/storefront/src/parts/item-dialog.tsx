import { useEffect, useRef } from "preact/hooks";
import { itemPath, similarPath } from "../api.ts";
import { type Act, capital, category, noun, person, refusal, usualAct } from "../data-words.ts";
import { type Asked, useAnswer } from "../hooks.ts";
import { spoken } from "../poster/lettering.ts";
import { explainItem, type WhyAsked } from "../why.ts";
import type { Item, ItemList, ListedItem } from "../words.ts";
import { Trouble } from "./announcer.tsx";
import { Acts, Price } from "./facts.tsx";
import { Icon } from "./icons.tsx";
import { Modal } from "./modal.tsx";
import { Artwork, Poster } from "./poster.tsx";

interface ItemDialogProps {
    readonly itemId: string;
    /** The item from the list. If undefined, the dialog requests it. */
    readonly listedItem: ListedItem | undefined;
    /** What the viewer did with the item in this visit. */
    readonly done: Act | undefined;
    /** Whether the viewer may refuse the item. */
    readonly refuses: boolean;
    readonly why: Pick<WhyAsked, "who" | "origin" | "watched">;
    onWatch(item: ListedItem, act: Act): void;
    /** Opens an item from the list of similar items. */
    onLead(item: ListedItem): void;
    onClose(): void;
}

const shownSimilar = 10;

/** Renders an item with its similar items, each of which opens the next dialog. */
export function ItemDialog({ itemId, listedItem, done, refuses, why, onWatch, onLead, onClose }: ItemDialogProps) {
    const itemRequest = useAnswer<Item>(itemPath(itemId));
    const similar = useAnswer<ItemList>(similarPath(itemId));
    const answer = itemRequest.answered?.value.itemId === itemId ? itemRequest.answered.value : undefined;
    const item = listedItem ?? answer;

    const reasons = explainItem({ ...why, itemId, similar: similar.answered?.value.items });
    // If the viewer did not open the item from a list, only the table of similar items can explain why the item is
    // shown.
    const mayHaveReasons = why.origin !== undefined || reasons.length > 0;

    // When the dialog shows another item, move the focus to the new title.
    const title = useRef<HTMLHeadingElement>(null);
    const before = useRef(itemId);
    useEffect(() => {
        if (before.current !== itemId) title.current?.focus();
        before.current = itemId;
    }, [itemId]);

    return (
        <Modal class="sheet item" labelledBy="item-title" onClose={onClose}>
            <div class="item-head stage">
                <div class="item-art" key={itemId}>
                    {item && <Artwork item={item} />}
                </div>
                {item ? <Poster key={itemId} item={item} /> : <span class="blank poster" />}
                <div class="item-words">
                    <h2 id="item-title" class="breaks" ref={title} tabIndex={-1}>
                        {item ? spoken(item.title) : `${noun.One} ${itemId}`}
                    </h2>
                    {item === undefined && itemRequest.error && (
                        <Trouble error={itemRequest.error} onAgain={itemRequest.again} />
                    )}
                    {item && (
                        <>
                            <p class="item-facts soft">
                                <Price item={item} />
                                {[
                                    item.brand,
                                    item.year ?? (noun.one === "film" && "Year unknown"),
                                    answer?.viewers !== undefined &&
                                        `${usualAct.done} by ${answer.viewers.toLocaleString("en")} ${answer.viewers === 1 ? person.one : person.many}`,
                                ]
                                    .filter(Boolean)
                                    .join(" · ")}
                            </p>
                            {item.genres.length > 0 && (
                                <ul class="genres wrap" aria-label={category.Many}>
                                    {item.genres.map((genre) => (
                                        <li key={genre} class="fine">
                                            {genre}
                                        </li>
                                    ))}
                                </ul>
                            )}
                            <p class="item-deeds wrap line">
                                <Acts again={done === usualAct} onAct={(act) => onWatch(item, act)} />
                                {refuses && (
                                    <button type="button" class="button over" onClick={() => onWatch(item, refusal)}>
                                        {refusal.Act}
                                    </button>
                                )}
                                {done && (
                                    <span class="watched strong">
                                        <Icon name="seen" /> {capital(done.done)} in this visit
                                    </span>
                                )}
                            </p>
                        </>
                    )}
                </div>
            </div>
            {item && mayHaveReasons && (
                <p class="why soft text">
                    <strong>Why it is here</strong> {reasons.join(" ")}
                </p>
            )}
            {(item || !itemRequest.error) && <SimilarItems request={similar} onLead={onLead} />}
        </Modal>
    );
}

function SimilarItems({ request, onLead }: { request: Asked<ItemList>; onLead(item: ListedItem): void }) {
    return (
        <>
            <h3 id="item-similar">Similar {noun.many}</h3>
            {request.error !== undefined && request.answered === undefined ? (
                <Trouble error={request.error} onAgain={request.again} />
            ) : request.answered?.value.items.length === 0 ? (
                <p class="hint">No similar {noun.one} is known.</p>
            ) : (
                <ul class="similar" aria-labelledby="item-similar">
                    {request.answered === undefined
                        ? Array.from({ length: shownSimilar }, (_, place) => (
                              <li key={`blank ${place}`} aria-hidden="true">
                                  <span class="blank poster" />
                                  <span class="blank words" />
                              </li>
                          ))
                        : request.answered.value.items.slice(0, shownSimilar).map((other) => (
                              <li key={other.itemId}>
                                  <button type="button" onClick={() => onLead(other)}>
                                      <Poster item={other} />
                                      <span class="card-title cut title">{spoken(other.title)}</span>
                                  </button>
                              </li>
                          ))}
                </ul>
            )}
        </>
    );
}
