import { useId, useState } from "preact/hooks";
import { picksPath, prefetch } from "../api.ts";
import { capital, done, noun, offeredCount, person } from "../data-words.ts";
import { useAnswer } from "../hooks.ts";
import { drawFor, hashText } from "../poster/seed.ts";
import { hashFor, type Page, type Route } from "../route.ts";
import { anotherNewViewer, findTaste, viewerName } from "../viewers.ts";
import type { Health } from "../words.ts";
import { Modal } from "./modal.tsx";

type Pair = readonly [light: string, deep: string];

const pairs: readonly [Pair, ...Pair[]] = [
    ["#ffb454", "#e5583e"],
    ["#7bdff2", "#3a6ea5"],
    ["#c9a7eb", "#6b4fa0"],
    ["#95d5b2", "#2d6a4f"],
    ["#ffc8dd", "#c9506f"],
    ["#f9dc5c", "#b86f1f"],
];

/** Renders a viewer's avatar, which shows two colours and a hill. The same ID always gives the same avatar. */
export function Avatar({ viewer }: { viewer: string }) {
    const name = useId();
    const draw = drawFor(viewer);
    const [light, deep] = pairs[(hashText(viewer) >>> 2) % pairs.length] ?? pairs[0];
    const [sun, hill] = [draw.between(11, 29), draw.between(20, 27)];
    return (
        <svg class="avatar" viewBox="0 0 40 40" aria-hidden="true">
            <clipPath id={name}>
                <circle cx="20" cy="20" r="20" />
            </clipPath>
            <g clip-path={`url(#${name})`}>
                <rect width="40" height="40" fill={deep} />
                <circle cx={sun} cy="16" r="8" fill={light} />
                <path
                    d={`M0 ${hill + 3}Q10 ${hill - 5} 20 ${hill}T40 ${hill - 2}V40H0z`}
                    fill="#000"
                    fill-opacity=".38"
                />
            </g>
        </svg>
    );
}

interface ViewerChoiceProps {
    /** The view that opens after a viewer is chosen. */
    readonly page: Page;
    readonly current?: string | undefined;
    onChosen?(): void;
}

/**
 * Renders the choice of a viewer: some known viewers, a text field for any viewer ID, and a button for a new viewer.
 */
export function ViewerChoice({ page, current, onChosen }: ViewerChoiceProps) {
    const [wanted, setWanted] = useState("");
    const { answered, loading } = useAnswer<Health>("health");
    const offeredViewers = answered?.value.viewers ?? [];
    // The viewers' names load after the page, and must not move the content below them.
    const expected = loading && answered === undefined ? offeredCount : 0;
    const choose = (viewer: string) => {
        location.hash = hashFor({ page, viewer });
        onChosen?.();
    };
    return (
        <div class="choice">
            <ul class="viewers">
                {offeredViewers.map(({ id: viewer, genres, items }) => {
                    const taste = findTaste(viewer) ?? tasteIn(genres, items);
                    const early = () => prefetch(picksPath(viewer));
                    return (
                        <li key={viewer}>
                            <button
                                type="button"
                                class="viewer line edged strong"
                                title={viewer}
                                aria-pressed={viewer === current}
                                onClick={() => choose(viewer)}
                                onPointerEnter={early}
                                onFocus={early}
                            >
                                <Avatar viewer={viewer} />
                                <span class="cut">
                                    {capital(viewerName(viewer))}
                                    <span class="taste cut soft">{taste}</span>
                                </span>
                            </button>
                        </li>
                    );
                })}
                {Array.from({ length: expected }, (_, place) => (
                    <li key={place} class="viewer line edged strong" aria-hidden="true" />
                ))}
                <li>
                    <button type="button" class="viewer line edged strong" onClick={() => choose(anotherNewViewer())}>
                        <svg class="avatar" viewBox="0 0 40 40" fill="none" stroke="currentColor" aria-hidden="true">
                            <circle cx="20" cy="20" r="19" stroke-width="1.5" stroke-dasharray="4 4" />
                            <path d="M20 12v16M12 20h16" stroke-width="2" stroke-linecap="round" />
                        </svg>
                        Be someone new
                    </button>
                </li>
            </ul>
            <form
                class="by-id wrap line text soft"
                onSubmit={(event) => {
                    event.preventDefault();
                    if (wanted.trim() !== "") choose(wanted.trim());
                }}
            >
                <label for={`viewer-id-${page}`}>Or any {person.one}, by id</label>
                <input
                    id={`viewer-id-${page}`}
                    value={wanted}
                    onInput={(event) => setWanted(event.currentTarget.value)}
                    maxLength={256}
                    {...(offeredViewers.length > 0 && { placeholder: `such as ${offeredViewers.at(-1)?.id}` })}
                    autoComplete="off"
                    spellcheck={false}
                />
                <button type="submit" class="button">
                    Show
                </button>
            </form>
        </div>
    );
}

/** Returns a viewer's taste according to the data: the genres, or the number of items if the genres are unknown. */
function tasteIn(genres: readonly string[], items: number): string {
    return genres.length > 0 ? genres.join(", ") : `${items} ${items === 1 ? noun.one : noun.many} ${done}`;
}

/** Renders the dialog to choose a viewer. */
export function Picker({ route, onClose }: { route: Route; onClose: () => void }) {
    return (
        <Modal class="sheet picker" labelledBy="picker-title" onClose={onClose}>
            <h2 id="picker-title">Choose a {person.one}</h2>
            <ViewerChoice page={route.page} current={route.viewer} onChosen={onClose} />
        </Modal>
    );
}
