import { useEffect, useRef, useState } from "preact/hooks";
import { genreCounts } from "../../../api/genres.ts";
import { historyPath } from "../api.ts";
import { capital, done, noun, past, person, publicHistories } from "../data-words.ts";
import { useAnswer } from "../hooks.ts";
import { needsToken } from "../sign-in.ts";
import { viewerName } from "../viewers.ts";
import { formatDay, type History, type ListedItem, type PastItem, unique } from "../words.ts";
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
 * An empty list of items that all views share. The views do not render again, because the list is always the same
 * object.
 */
const none: readonly PastItem[] = [];

/**
 * Returns the viewer's newest items that the API knows. The list is empty until they are loaded, and if the page may
 * not read them.
 */
export function useNewest(viewer: string): { readonly newest: readonly PastItem[]; readonly loading: boolean } {
    const { answered, loading } = useAnswer<History>(showsHistories ? historyPath(viewer) : undefined);
    return { newest: answered?.value.items ?? none, loading };
}

/**
 * Returns a viewer's history, page by page: the items of all requested pages, the newest first; the request of the last
 * page; and the function that requests the next page, undefined after the last one.
 */
function useHistory(viewer: string) {
    const [token, setToken] = useState<string>();
    const [items, setItems] = useState<readonly PastItem[]>([]);
    const request = useAnswer<History>(historyPath(viewer, token));
    const page = request.answered?.value;
    useEffect(() => {
        // If the viewer watches an item between two requests, both pages of the history contain the same item.
        if (page !== undefined) setItems((before) => unique([...before, ...page.items]));
    }, [page]);
    const next = page?.nextToken;
    return { items, request, more: next === undefined ? undefined : () => setToken(next) };
}

interface HistoryPanelProps {
    readonly viewer: string;
    onOpen(item: ListedItem): void;
    onClose(): void;
}

const shownGenres = 6;
/** Number of letters that fit into the space for genres beside a title. */
const factLetters = 30;

/** Renders the dialog with a viewer's taste and history. */
export function HistoryPanel({ viewer, onOpen, onClose }: HistoryPanelProps) {
    const { items, request, more } = useHistory(viewer);
    const answer = request.answered?.value;
    const list = useRef<HTMLOListElement>(null);
    const shown = useRef(0);
    // The button disappears with the last page, so move the focus to the first new item.
    useEffect(() => {
        if (shown.current > 0 && items.length > shown.current) {
            list.current?.querySelectorAll("button")[shown.current]?.focus();
            announce(`${items.length - shown.current} more ${noun.many}.`);
        }
        shown.current = items.length;
    }, [items.length]);
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
            {items.length > 0 && <Taste items={items} />}
            {items.length > 0 && <h3 id="history-items">{capital(done)}</h3>}
            <ol class="past" ref={list} aria-labelledby="history-items" aria-busy={request.loading}>
                {items.map((item) => (
                    <PastOf key={item.itemId} item={item} onOpen={() => onOpen(item)} />
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

const PastOf = ({ item, onOpen }: { item: PastItem; onOpen: () => void }) => (
    <li data-item={item.itemId}>
        <button type="button" class="entry" onClick={onOpen}>
            <Poster item={item} />
            <span>
                <TitleAndFacts item={item} letters={factLetters} />
            </span>
            <time class="soft fine" dateTime={item.at}>
                {formatDay(item.at)}
            </time>
        </button>
    </li>
);

/** Renders the most frequent genres of items as bars. */
function Taste({ items }: { items: readonly PastItem[] }) {
    const counts = genreCounts(items).slice(0, shownGenres);
    if (counts.length === 0) return null;
    return (
        <>
            <h3 id="history-taste">Taste</h3>
            <Bars
                labelledBy="history-taste"
                lines={counts.map(([genre, count]) => [genre, count / items.length, `${count} of ${items.length}`])}
            />
        </>
    );
}

/** Returns the number of items and their sources as a sentence. */
function contentOf({ total, from, eventDays }: History): string {
    const recent = `the last ${eventDays} days`;
    if (total === 0) return `No ${noun.one} is known that this ${person.one} ${past} in ${recent}.`;
    const count = total === 1 ? `1 ${noun.one}` : `${total.toLocaleString("en")} ${noun.many}`;
    return from.includes("data")
        ? `${count}, ${done} in the data or in ${recent}.`
        : `${count}, ${done} in ${recent}. Older ones are known only of the ${person.many} that this page offers.`;
}
