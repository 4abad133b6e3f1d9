import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { rowLength, searchPath } from "../api.ts";
import { item } from "../data-words.ts";
import { type Asked, useAnswer, useSettled } from "../hooks.ts";
import { hashFor, type Route } from "../route.ts";
import type { FoundFilms } from "../words.ts";
import { Trouble } from "./announcer.tsx";
import { TitleAndFacts } from "./facts.tsx";
import { Modal } from "./modal.tsx";
import { Poster } from "./poster.tsx";

/** Milliseconds after the last key before the page searches. */
const settledMs = 150;
/** Number of letters that fit into the space for genres beside a title. */
const factLetters = 26;

interface SearchProps {
    readonly route: Route;
    onClose(): void;
}

/** Renders the dialog to find a film by its title: an editable combobox with a list (WAI-ARIA Authoring Practices). */
export function Search({ route, onClose }: SearchProps) {
    const [typed, setTyped] = useState("");
    const query = typed.trim();
    const sought = useSettled(query, settledMs);
    const request = useAnswer<FoundFilms>(sought === "" ? undefined : searchPath(sought));
    const films = query === "" ? [] : (request.answered?.value.films ?? []);
    const isCurrent = query === sought && !request.loading;
    const [place, setPlace] = useState(0);
    const [opensFirst, setOpensFirst] = useState(false);
    const input = useRef<HTMLInputElement>(null);
    const list = useRef<HTMLDivElement>(null);
    // Focus the search field immediately, so that it receives keys that the viewer types before the next frame.
    useLayoutEffect(() => input.current?.focus(), []);
    useEffect(() => setPlace(0), [request.answered]);
    useEffect(() => list.current?.children[place]?.scrollIntoView({ block: "nearest" }), [place]);

    const open = (film: string) => {
        onClose();
        // Only the views `compare` and `home` can open the dialog of a film, so change from any other view to `home`.
        const page = route.page === "compare" ? "compare" : "home";
        location.hash = hashFor({ ...route, page, film });
    };
    // If the viewer pressed Enter before the API answered, open the first film after the answer.
    useEffect(() => {
        if (!opensFirst || !isCurrent) return;
        setOpensFirst(false);
        if (films[0] !== undefined) open(films[0].itemId);
    }, [opensFirst, isCurrent]);

    const onKeyDown = (event: KeyboardEvent) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step !== undefined && films.length > 0) {
            event.preventDefault();
            setPlace((place + step + films.length) % films.length);
        }
        if (event.key === "Enter" && !event.isComposing) {
            const film = films[place];
            if (isCurrent && film !== undefined) open(film.itemId);
            else setOpensFirst(!isCurrent);
        }
    };

    return (
        <Modal class="sheet search" labelledBy="search-title" onClose={onClose}>
            <h2 id="search-title">Search {item.many}</h2>
            <input
                ref={input}
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
                onKeyDown={onKeyDown}
                role="combobox"
                aria-labelledby="search-title"
                aria-autocomplete="list"
                aria-expanded={films.length > 0}
                aria-controls="search-films"
                aria-activedescendant={films.length > 0 ? `search-film-${place}` : undefined}
                maxLength={256}
                inputMode="search"
                enterkeyhint="search"
                autoComplete="off"
                spellcheck={false}
            />
            <p class="hint" role="status">
                {statusOf(query, isCurrent, request)}
            </p>
            {request.error && query !== "" && <Trouble error={request.error} onAgain={request.again} />}
            <div class="found" id="search-films" ref={list} role="listbox" tabIndex={-1} aria-labelledby="search-title">
                {films.map((film, at) => (
                    // biome-ignore lint/a11y/useKeyWithClickEvents: the text field handles the keys for the list
                    <div
                        key={film.itemId}
                        id={`search-film-${at}`}
                        class="entry"
                        role="option"
                        tabIndex={-1}
                        aria-selected={at === place}
                        data-item={film.itemId}
                        onClick={() => open(film.itemId)}
                        onPointerMove={() => setPlace(at)}
                    >
                        <Poster film={film} />
                        <span>
                            <TitleAndFacts film={film} letters={factLetters} />
                        </span>
                    </div>
                ))}
            </div>
        </Modal>
    );
}

function statusOf(query: string, isCurrent: boolean, { answered, error }: Asked<FoundFilms>): string {
    if (query === "") return "Type words of a title, in any order, or the beginnings of words.";
    if (!isCurrent) return "Searching …";
    if (error !== undefined) return "";
    const count = answered?.value.films.length ?? 0;
    if (count === 0) return `No ${item.one} is found for “${query}”.`;
    if (count === rowLength) return `The ${count} best matches.`;
    return `${count} ${count === 1 ? item.one : item.many}.`;
}

/** Calls `open` when the viewer presses "/" outside of a text field and of a dialog. */
export function useSearchKey(open: () => void): void {
    useEffect(() => {
        const press = (event: KeyboardEvent) => {
            if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
            const { target } = event;
            if (target instanceof Element && target.closest("input, select, textarea, dialog")) return;
            event.preventDefault();
            open();
        };
        document.addEventListener("keydown", press);
        return () => document.removeEventListener("keydown", press);
    }, [open]);
}
