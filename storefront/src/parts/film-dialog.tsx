import { useState } from "preact/hooks";
import { useAnswer } from "../hooks.ts";
import { itemPath, similarPath } from "../paths.ts";
import { spoken } from "../poster/lettering.ts";
import type { Film, FilmList, ListedFilm } from "../words.ts";
import { Icon } from "./icons.tsx";
import { Modal } from "./modal.tsx";
import { Artwork, Poster } from "./poster.tsx";
import { Trouble } from "./trouble.tsx";

interface FilmDialogProps {
    readonly film: ListedFilm;
    /** The list it was chosen from, if it has an id: events say so. */
    readonly recommendationId: string | undefined;
    readonly watched: boolean;
    onWatch(film: ListedFilm, recommendationId: string | undefined): void;
    onClose(): void;
}

const shownSimilar = 10;

/** All about a film, and what is like it, which leads on to the next one. */
export function FilmDialog({ film: first, recommendationId, watched, onWatch, onClose }: FilmDialogProps) {
    const [film, setFilm] = useState(first);
    const { answered: known } = useAnswer<Film>(itemPath(film.itemId));
    const similar = useAnswer<FilmList>(similarPath(film.itemId));
    const viewers = known?.value.itemId === film.itemId ? known.value.viewers : undefined;
    const chosenFrom = film === first ? recommendationId : undefined;
    return (
        <Modal class="sheet film" labelledBy="film-title" onClose={onClose}>
            <div class="film-head stage">
                <div class="film-art" key={film.itemId}>
                    <Artwork film={film} />
                </div>
                <Poster key={film.itemId} film={film} />
                <div class="film-words">
                    <h2 id="film-title">{spoken(film.title)}</h2>
                    <p class="film-facts">
                        {film.year ?? "Year unknown"}
                        <span class="film-viewers">
                            {viewers !== undefined && `watched by ${viewers.toLocaleString("en")} people`}
                        </span>
                    </p>
                    <ul class="genres" aria-label="Genres">
                        {film.genres.map((genre) => (
                            <li key={genre}>{genre}</li>
                        ))}
                    </ul>
                    <p class="film-deeds">
                        <button type="button" class="button primary" onClick={() => onWatch(film, chosenFrom)}>
                            <Icon name="play" />
                            {watched && film === first ? "Watch again" : "Watch"}
                        </button>
                        {watched && film === first && (
                            <span class="watched">
                                <Icon name="seen" /> Watched in this visit
                            </span>
                        )}
                    </p>
                </div>
            </div>
            <h3 id="film-similar">Similar films</h3>
            {similar.error !== undefined && similar.answered === undefined ? (
                <Trouble error={similar.error} onAgain={similar.again} />
            ) : (
                <ul class="similar" aria-labelledby="film-similar">
                    {similar.answered === undefined
                        ? Array.from({ length: shownSimilar }, (_, place) => (
                              <li key={`blank ${place}`} aria-hidden="true">
                                  <span class="blank poster" />
                                  <span class="blank words" />
                              </li>
                          ))
                        : similar.answered.value.films.slice(0, shownSimilar).map((other) => (
                              <li key={other.itemId}>
                                  <button type="button" onClick={() => setFilm(other)}>
                                      <Poster film={other} />
                                      <span class="card-title">{spoken(other.title)}</span>
                                  </button>
                              </li>
                          ))}
                </ul>
            )}
        </Modal>
    );
}
