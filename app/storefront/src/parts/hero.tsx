import type { ComponentChildren } from "preact";
import type { Act } from "../data-words.ts";
import { spoken } from "../poster/lettering.ts";
import type { ListedItem } from "../words.ts";
import { Acts, formatFacts } from "./facts.tsx";
import { Artwork, Poster } from "./poster.tsx";

interface HeroProps {
    readonly eyebrow: string;
    /** The viewer's taste in a sentence, if it is known. */
    readonly taste: string | undefined;
    /** The item; undefined until it is known. Its space is reserved. */
    readonly item: ListedItem | undefined;
    /** Text that replaces a missing item. */
    readonly empty: string | undefined;
    readonly children?: ComponentChildren;
    /** Opens the viewer's history; undefined if the page may not show the history. */
    readonly onHistory: (() => void) | undefined;
    onAct(item: ListedItem, act: Act): void;
    onOpen(item: ListedItem): void;
}

/** Renders the first item of the viewer's list, large. */
export function Hero({ eyebrow, taste, item, empty, children, onHistory, onAct, onOpen }: HeroProps) {
    return (
        <section class="hero stage" aria-labelledby="hero-title">
            <div class="hero-art" key={item?.itemId}>
                {item && <Artwork item={item} />}
            </div>
            {children}
            <div class="hero-words">
                <div class="hero-who wrap line">
                    <h1 class="eyebrow strong" id="hero-title">
                        {eyebrow}
                    </h1>
                    {onHistory && (
                        <button type="button" class="button over small" onClick={onHistory} aria-haspopup="dialog">
                            History
                        </button>
                    )}
                </div>
                {(taste !== undefined || (item === undefined && empty === undefined)) && (
                    <p class="hero-taste hint">{taste}</p>
                )}
                {item === undefined && empty !== undefined ? (
                    <p class="hero-item">{empty}</p>
                ) : item === undefined ? (
                    <>
                        <span class="blank hero-blank" />
                        <span class="blank hero-blank-facts" />
                    </>
                ) : (
                    <>
                        <p class="hero-item">{spoken(item.title)}</p>
                        <p class="hero-facts soft">{formatFacts(item).join(" · ")}</p>
                        <p class="hero-deeds wrap">
                            <Acts onAct={(act) => onAct(item, act)} />
                            <button
                                type="button"
                                class="button over"
                                onClick={() => onOpen(item)}
                                aria-haspopup="dialog"
                            >
                                More about it
                            </button>
                        </p>
                    </>
                )}
            </div>
            <div class="hero-poster">{item && <Poster key={item.itemId} item={item} />}</div>
        </section>
    );
}
