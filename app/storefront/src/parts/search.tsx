import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { rowLength, searchPath } from "../api.ts";
import { noun } from "../data-words.ts";
import { type Asked, useAnswer, useSettled } from "../hooks.ts";
import { hashFor, type Route } from "../route.ts";
import type { FoundItems } from "../words.ts";
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

/** Renders the dialog to find an item by its title: an editable combobox with a list (WAI-ARIA Authoring Practices). */
export function Search({ route, onClose }: SearchProps) {
    const [typed, setTyped] = useState("");
    const query = typed.trim();
    const sought = useSettled(query, settledMs);
    const request = useAnswer<FoundItems>(sought === "" ? undefined : searchPath(sought));
    const items = query === "" ? [] : (request.answered?.value.items ?? []);
    const isCurrent = query === sought && !request.loading;
    const [place, setPlace] = useState(0);
    const [opensFirst, setOpensFirst] = useState(false);
    const input = useRef<HTMLInputElement>(null);
    const list = useRef<HTMLDivElement>(null);
    // Focus the search field immediately, so that it receives keys that the viewer types before the next frame.
    useLayoutEffect(() => input.current?.focus(), []);
    useEffect(() => setPlace(0), [request.answered]);
    useEffect(() => list.current?.children[place]?.scrollIntoView({ block: "nearest" }), [place]);

    const open = (item: string) => {
        onClose();
        // Only the views `compare` and `home` can open the dialog of an item, so change from any other view to `home`.
        const page = route.page === "compare" ? "compare" : "home";
        location.hash = hashFor({ ...route, page, item });
    };
    // If the viewer pressed Enter before the API answered, open the first item after the answer.
    useEffect(() => {
        if (!opensFirst || !isCurrent) return;
        setOpensFirst(false);
        if (items[0] !== undefined) open(items[0].itemId);
    }, [opensFirst, isCurrent]);

    const onKeyDown = (event: KeyboardEvent) => {
        const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
        if (step !== undefined && items.length > 0) {
            event.preventDefault();
            setPlace((place + step + items.length) % items.length);
        }
        if (event.key === "Enter" && !event.isComposing) {
            const item = items[place];
            if (isCurrent && item !== undefined) open(item.itemId);
            else setOpensFirst(!isCurrent);
        }
    };

    return (
        <Modal class="sheet search" labelledBy="search-title" onClose={onClose}>
            <h2 id="search-title">Search {noun.many}</h2>
            <input
                ref={input}
                value={typed}
                onInput={(event) => setTyped(event.currentTarget.value)}
                onKeyDown={onKeyDown}
                role="combobox"
                aria-labelledby="search-title"
                aria-autocomplete="list"
                aria-expanded={items.length > 0}
                aria-controls="search-items"
                aria-activedescendant={items.length > 0 ? `search-item-${place}` : undefined}
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
            <div class="found" id="search-items" ref={list} role="listbox" tabIndex={-1} aria-labelledby="search-title">
                {items.map((item, at) => (
                    // biome-ignore lint/a11y/useKeyWithClickEvents: the text field handles the keys for the list
                    <div
                        key={item.itemId}
                        id={`search-item-${at}`}
                        class="entry"
                        role="option"
                        tabIndex={-1}
                        aria-selected={at === place}
                        data-item={item.itemId}
                        onClick={() => open(item.itemId)}
                        onPointerMove={() => setPlace(at)}
                    >
                        <Poster item={item} />
                        <span>
                            <TitleAndFacts item={item} letters={factLetters} />
                        </span>
                    </div>
                ))}
            </div>
        </Modal>
    );
}

function statusOf(query: string, isCurrent: boolean, { answered, error }: Asked<FoundItems>): string {
    if (query === "") return "Type words of a title, in any order, or the beginnings of words.";
    if (!isCurrent) return "Searching …";
    if (error !== undefined) return "";
    const count = answered?.value.items.length ?? 0;
    if (count === 0) return `No ${noun.one} is found for “${query}”.`;
    if (count === rowLength) return `The ${count} best matches.`;
    return `${count} ${count === 1 ? noun.one : noun.many}.`;
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
