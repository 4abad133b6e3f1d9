import { useEffect, useRef, useState } from "preact/hooks";
import { genreCounts } from "../../../api/genres.ts";
import { historyPath } from "../api.ts";
import { capital, done, item, past, person, publicHistories } from "../data-words.ts";
import { type Asked, useAnswer } from "../hooks.ts";
import { needsToken } from "../sign-in.ts";
import { viewerName } from "../viewers.ts";
import { formatDay, type History, type ListedFilm, type PastFilm, unique } from "../words.ts";
import { announce, Trouble } from "./announcer.tsx";
import { TitleAndFacts } from "./facts.tsx";
import { Bars } from "./icons.tsx";
import { Modal } from "./modal.tsx";
import { Poster } from "./poster.tsx";
import { Avatar } from "./viewer-choice.tsx";

/**
 * Whether the API returns viewing histories to this page: the histories of all viewers, or the signed-in viewer's
 * history.
 */
export const showsHistories = publicHistories || needsToken;

/**
 * An empty list of films that all views share. The views do not render again, because the list is always the same
 * object.
 */
const none: readonly PastFilm[] = [];

/**
 * Returns the viewer's newest films that the API knows. The list is empty until they are loaded, and if the page may
 * not read them.
 */
export function useNewest(viewer: string): readonly PastFilm[] {
    return useAnswer<History>(showsHistories ? historyPath(viewer) : undefined).answered?.value.films ?? none;
}

interface Pages {
    /** Films of all requested pages, the newest first. */
    readonly films: readonly PastFilm[];
    /** The last page that the view requested. */
    readonly request: Asked<History>;
    /** Function that requests the next page; undefined after the last one. */
    readonly more: (() => void) | undefined;
}

/** Returns a viewer's history, page by page. */
function useHistory(viewer: string): Pages {
    const [token, setToken] = useState<string>();
    const [films, setFilms] = useState<readonly PastFilm[]>([]);
    const request = useAnswer<History>(historyPath(viewer, token));
    const page = request.answered?.value;
    useEffect(() => {
        // If the viewer watches a film between two requests, both pages of the history contain the same film.
        if (page !== undefined) setFilms((before) => unique([...before, ...page.films]));
    }, [page]);
    const next = page?.nextToken;
    return { films, request, more: next === undefined ? undefined : () => setToken(next) };
}

interface HistoryPanelProps {
    readonly viewer: string;
    onOpen(film: ListedFilm): void;
    onClose(): void;
}

const shownGenres = 6;
/** Number of letters that fit into the space for genres beside a title. */
const factLetters = 30;

/** Renders the dialog with a viewer's taste and history. */
export function HistoryPanel({ viewer, onOpen, onClose }: HistoryPanelProps) {
    const { films, request, more } = useHistory(viewer);
    const answer = request.answered?.value;
    const list = useRef<HTMLOListElement>(null);
    const shown = useRef(0);
    // The button disappears with the last page, so move the focus to the first new film.
    useEffect(() => {
        if (shown.current > 0 && films.length > shown.current) {
            list.current?.querySelectorAll("button")[shown.current]?.focus();
            announce(`${films.length - shown.current} more ${item.many}.`);
        }
        shown.current = films.length;
    }, [films.length]);
    return (
        <Modal class="sheet history" labelledBy="history-title" onClose={onClose}>
            <div class="history-head line">
                <Avatar viewer={viewer} />
                <h2 id="history-title" class="breaks">
                    {capital(viewerName(viewer))}
                </h2>
            </div>
            <p class="hint" role="status">
                {answer && contentOf(answer)}
            </p>
            {films.length > 0 && <Taste films={films} />}
            {films.length > 0 && <h3 id="history-films">{capital(done)}</h3>}
            <ol class="past" ref={list} aria-labelledby="history-films" aria-busy={request.loading}>
                {films.map((film) => (
                    <PastOf key={film.itemId} film={film} onOpen={() => onOpen(film)} />
                ))}
            </ol>
            {request.error !== undefined && <Trouble error={request.error} onAgain={request.again} />}
            {more && (
                <button type="button" class="button" onClick={more} disabled={request.loading}>
                    More
                </button>
            )}
        </Modal>
    );
}

const PastOf = ({ film, onOpen }: { film: PastFilm; onOpen: () => void }) => (
    <li data-item={film.itemId}>
        <button type="button" class="entry" onClick={onOpen}>
            <Poster film={film} />
            <span>
                <TitleAndFacts film={film} letters={factLetters} />
            </span>
            <time class="soft fine" dateTime={film.at}>
                {formatDay(film.at)}
            </time>
        </button>
    </li>
);

/** Renders the most frequent genres of films as bars. */
function Taste({ films }: { films: readonly PastFilm[] }) {
    const counts = genreCounts(films).slice(0, shownGenres);
    if (counts.length === 0) return null;
    return (
        <>
            <h3 id="history-taste">Taste</h3>
            <Bars
                labelledBy="history-taste"
                lines={counts.map(([genre, count]) => [genre, count / films.length, `${count} of ${films.length}`])}
            />
        </>
    );
}

/** Returns the number of films and their sources as a sentence. */
function contentOf({ total, from, eventDays }: History): string {
    const recent = `the last ${eventDays} days`;
    if (total === 0) return `No ${item.one} is known that this ${person.one} ${past} in ${recent}.`;
    const count = total === 1 ? `1 ${item.one}` : `${total.toLocaleString("en")} ${item.many}`;
    return from.includes("data")
        ? `${count}, ${done} in the data or in ${recent}.`
        : `${count}, ${done} in ${recent}. Older ones are known only of the ${person.many} that this page offers.`;
}
