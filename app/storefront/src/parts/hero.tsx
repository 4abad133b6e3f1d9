import type { ComponentChildren } from "preact";
import type { Act } from "../data-words.ts";
import { spoken } from "../poster/lettering.ts";
import type { ListedFilm } from "../words.ts";
import { Acts, formatFacts } from "./facts.tsx";
import { Artwork, Poster } from "./poster.tsx";

interface HeroProps {
    readonly eyebrow: string;
    /** The viewer's taste in a sentence, if it is known. */
    readonly taste: string | undefined;
    /** The film; undefined until it is known. Its space is reserved. */
    readonly film: ListedFilm | undefined;
    /** Text that replaces a missing film. */
    readonly empty: string | undefined;
    readonly children?: ComponentChildren;
    /** Opens the viewer's history; undefined if the page may not show the history. */
    readonly onHistory: (() => void) | undefined;
    onAct(film: ListedFilm, act: Act): void;
    onOpen(film: ListedFilm): void;
}

/** Renders the first film of the viewer's list, large. */
export function Hero({ eyebrow, taste, film, empty, children, onHistory, onAct, onOpen }: HeroProps) {
    return (
        <section class="hero stage" aria-labelledby="hero-title">
            <div class="hero-art" key={film?.itemId}>
                {film && <Artwork film={film} />}
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
                {(taste !== undefined || (film === undefined && empty === undefined)) && (
                    <p class="hero-taste hint">{taste}</p>
                )}
                {film === undefined && empty !== undefined ? (
                    <p class="hero-film">{empty}</p>
                ) : film === undefined ? (
                    <>
                        <span class="blank hero-blank" />
                        <span class="blank hero-blank-facts" />
                    </>
                ) : (
                    <>
                        <p class="hero-film">{spoken(film.title)}</p>
                        <p class="hero-facts soft">{formatFacts(film).join(" · ")}</p>
                        <p class="hero-deeds wrap">
                            <Acts onAct={(act) => onAct(film, act)} />
                            <button
                                type="button"
                                class="button over"
                                onClick={() => onOpen(film)}
                                aria-haspopup="dialog"
                            >
                                More about it
                            </button>
                        </p>
                    </>
                )}
            </div>
            <div class="hero-poster">{film && <Poster key={film.itemId} film={film} />}</div>
        </section>
    );
}
