import { useEffect, useRef } from "preact/hooks";
import { itemPath, similarPath } from "../api.ts";
import { type Act, capital, category, item, person, refusal, usualAct } from "../data-words.ts";
import { type Asked, useAnswer } from "../hooks.ts";
import { spoken } from "../poster/lettering.ts";
import { explainFilm, type WhyAsked } from "../why.ts";
import type { Film, FilmList, ListedFilm } from "../words.ts";
import { Trouble } from "./announcer.tsx";
import { Acts, Price } from "./facts.tsx";
import { Icon } from "./icons.tsx";
import { Modal } from "./modal.tsx";
import { Artwork, Poster } from "./poster.tsx";

interface FilmDialogProps {
    readonly itemId: string;
    /** The film from the list. If undefined, the dialog requests it. */
    readonly listedFilm: ListedFilm | undefined;
    /** What the viewer did with the film in this visit. */
    readonly done: string | undefined;
    /** Whether the viewer may refuse the film. */
    readonly refuses: boolean;
    readonly why: Pick<WhyAsked, "who" | "origin" | "watched">;
    onWatch(film: ListedFilm, act: Act): void;
    /** Opens a film from the list of similar films. */
    onLead(film: ListedFilm): void;
    onClose(): void;
}

const shownSimilar = 10;

/** Renders a film with its similar films, each of which opens the next dialog. */
export function FilmDialog({ itemId, listedFilm, done, refuses, why, onWatch, onLead, onClose }: FilmDialogProps) {
    const filmRequest = useAnswer<Film>(itemPath(itemId));
    const similar = useAnswer<FilmList>(similarPath(itemId));
    const answer = filmRequest.answered?.value.itemId === itemId ? filmRequest.answered.value : undefined;
    const film = listedFilm ?? answer;

    const reasons = explainFilm({ ...why, itemId, similar: similar.answered?.value.films });
    // If the viewer did not open the film from a list, only the table of similar films can explain why the film is
    // shown.
    const mayHaveReasons = why.origin !== undefined || reasons.length > 0;

    // When the dialog shows another film, move the focus to the new title.
    const title = useRef<HTMLHeadingElement>(null);
    const before = useRef(itemId);
    useEffect(() => {
        if (before.current !== itemId) title.current?.focus();
        before.current = itemId;
    }, [itemId]);

    return (
        <Modal class="sheet film" labelledBy="film-title" onClose={onClose}>
            <div class="film-head stage">
                <div class="film-art" key={itemId}>
                    {film && <Artwork film={film} />}
                </div>
                {film ? <Poster key={itemId} film={film} /> : <span class="blank poster" />}
                <div class="film-words">
                    <h2 id="film-title" class="breaks" ref={title} tabIndex={-1}>
                        {film ? spoken(film.title) : `${item.One} ${itemId}`}
                    </h2>
                    {film === undefined && filmRequest.error && (
                        <Trouble error={filmRequest.error} onAgain={filmRequest.again} />
                    )}
                    {film && (
                        <>
                            <p class="film-facts soft">
                                <Price film={film} />
                                {film.brand}
                                {film.year ?? (item.one === "film" ? "Year unknown" : "")}
                                <span class="film-viewers">
                                    {answer?.viewers !== undefined &&
                                        `${usualAct.done} by ${answer.viewers.toLocaleString("en")} ${answer.viewers === 1 ? person.one : person.many}`}
                                </span>
                            </p>
                            {film.genres.length > 0 && (
                                <ul class="genres wrap" aria-label={category.Many}>
                                    {film.genres.map((genre) => (
                                        <li key={genre} class="fine">
                                            {genre}
                                        </li>
                                    ))}
                                </ul>
                            )}
                            <p class="film-deeds wrap line">
                                <Acts again={done === usualAct.done} onAct={(act) => onWatch(film, act)} />
                                {refuses && (
                                    <button type="button" class="button over" onClick={() => onWatch(film, refusal)}>
                                        {refusal.Act}
                                    </button>
                                )}
                                {done !== undefined && (
                                    <span class="watched strong">
                                        <Icon name="seen" /> {capital(done)} in this visit
                                    </span>
                                )}
                            </p>
                        </>
                    )}
                </div>
            </div>
            {film && mayHaveReasons && (
                <p class="why soft text">
                    <strong>Why it is here</strong> {reasons.join(" ")}
                </p>
            )}
            {(film || !filmRequest.error) && <SimilarFilms request={similar} onLead={onLead} />}
        </Modal>
    );
}

function SimilarFilms({ request, onLead }: { request: Asked<FilmList>; onLead(film: ListedFilm): void }) {
    return (
        <>
            <h3 id="film-similar">Similar {item.many}</h3>
            {request.error !== undefined && request.answered === undefined ? (
                <Trouble error={request.error} onAgain={request.again} />
            ) : request.answered?.value.films.length === 0 ? (
                <p class="hint">No similar {item.one} is known.</p>
            ) : (
                <ul class="similar" aria-labelledby="film-similar">
                    {request.answered === undefined
                        ? Array.from({ length: shownSimilar }, (_, place) => (
                              <li key={`blank ${place}`} aria-hidden="true">
                                  <span class="blank poster" />
                                  <span class="blank words" />
                              </li>
                          ))
                        : request.answered.value.films.slice(0, shownSimilar).map((other) => (
                              <li key={other.itemId}>
                                  <button type="button" onClick={() => onLead(other)}>
                                      <Poster film={other} />
                                      <span class="card-title cut title">{spoken(other.title)}</span>
                                  </button>
                              </li>
                          ))}
                </ul>
            )}
        </>
    );
}
