import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { popularPath, similarPath } from "../api.ts";
import { onlyLeft } from "../changes.ts";
import { capital, category, done, noun, person, usualAct } from "../data-words.ts";
import { calmMotion, useAnswer, useRefresh } from "../hooks.ts";
import { announce } from "../parts/announcer.tsx";
import { Hero } from "../parts/hero.tsx";
import { HistoryPanel, showsHistories, useNewest } from "../parts/history.tsx";
import { EverybodysRows, ListedRow } from "../parts/listed-row.tsx";
import { Row } from "../parts/row.tsx";
import { spoken } from "../poster/lettering.ts";
import { hashFor } from "../route.ts";
import { rememberTaste, viewerName } from "../viewers.ts";
import { tasteBy } from "../why.ts";
import { type Health, popularWords, unique } from "../words.ts";
import { noteOn, outcome, useWatching, usualNote } from "./deed.ts";
import { useOpened } from "./opened.tsx";

/**
 * Maximum number of repeated requests for a list in which only the watched item disappeared, and the milliseconds
 * between them.
 */
const maxTurns = 3;
const turnMs = 1000;

/**
 * Seconds between two requests for the API's status. The status can change while the page is open, because the campaign
 * may be parked or resumed.
 */
const healthSeconds = 60;

/**
 * Requests the viewer's list after each event until the list has changed, shows the changed row, and announces the
 * change. Returns what `useWatching` returns, the change, and the note under the list.
 */
function useChanges(viewer: string) {
    const watching = useWatching(viewer);
    const { picks, watched, deed } = watching;
    const turns = useRef(0);
    const change = useMemo(() => outcome(deed, picks.answered), [deed, picks.answered]);
    const note =
        deed === undefined
            ? usualNote(viewer, watched.length > 0, picks.answered?.value)
            : noteOn(deed, change, picks.error);
    useEffect(() => {
        if (change !== undefined || deed?.error !== undefined) announce(note);
    }, [change, deed?.error, note]);

    // Wait until the item's dialog has closed, because an open dialog keeps the focus.
    useEffect(() => {
        if (deed?.began === undefined) return;
        turns.current = 0;
        bringIntoView(document.getElementById("picks"), document.getElementById("picks-title"));
    }, [deed?.began]);

    // An event tracker may take one or two seconds to forward an event.
    useEffect(() => {
        const mayChange = change !== undefined && deed?.tracked && onlyLeft(change, deed.item.itemId);
        if (!mayChange || turns.current >= maxTurns) return;
        turns.current += 1;
        const timer = setTimeout(picks.again, turnMs);
        return () => clearTimeout(timer);
    }, [change, deed?.tracked, deed?.item.itemId, picks.again]);

    return { ...watching, change, note };
}

/** Renders a viewer's rows, which change after each watched item. */
export function Home({ viewer }: { viewer: string }) {
    const { picks, watched, deed, change, note, watch, again } = useChanges(viewer);
    const health = useAnswer<Health>("health");
    useRefresh(health.again, healthSeconds);
    const title = `Top picks for ${viewerName(viewer)}`;
    const list = picks.answered?.value;
    const { newest: newestKnown } = useNewest(viewer);
    const newest = watched[0] ?? newestKnown[0];
    const history = [...newestKnown, ...(list?.because ?? [])];
    const who = viewerName(viewer);
    const { opens, dialog } = useOpened({ who, watched, history, onWatch: watch, refuses: true });
    const taste = tasteBy(unique([...watched, ...history]), list, who);
    const genres = taste?.genres.join(", ");
    const knownIds = useMemo(
        () => new Set([...watched, ...newestKnown].map(({ itemId }) => itemId)),
        [watched, newestKnown],
    );
    useEffect(() => {
        if (genres !== undefined) rememberTaste(viewer, genres);
    }, [viewer, genres]);
    const [remembering, setRemembering] = useState(false);
    const nothing = `There is no ${noun.one} to recommend.`;
    return (
        <>
            <Hero
                eyebrow={`For ${who}`}
                taste={taste?.sentence}
                item={list?.items[0]}
                empty={list !== undefined ? nothing : picks.error && "The list could not be loaded."}
                onHistory={showsHistories ? () => setRemembering(true) : undefined}
                onAct={(item, act) => watch(item, list?.recommendationId, act)}
                onOpen={(item) => list && opens.onOpen(item, { title, list })}
            >
                <Banner health={health.answered?.value} viewer={viewer} />
            </Hero>
            <Row
                id="picks"
                title={title}
                note={
                    <>
                        <span>{note}</span>
                        {deed?.error && (
                            <button type="button" class="button small" onClick={again}>
                                Try again
                            </button>
                        )}
                    </>
                }
                request={picks}
                {...(change && { marks: change.marks })}
                empty={nothing}
                onOpen={opens.onOpen}
                onDetails={() => opens.onDetails(title, picks.answered)}
            />
            {newest && (
                <ListedRow
                    id="because"
                    title={`Because you ${usualAct.told(spoken(newest.title))}`}
                    note={`${noun.Many} ${done} by the same ${person.many}.`}
                    path={similarPath(newest.itemId)}
                    without={knownIds}
                    empty={`No other similar ${noun.one} is known.`}
                    {...opens}
                />
            )}
            {(taste?.genres ?? []).map((genre, place) => (
                <ListedRow
                    key={genre}
                    id={`favorite-${place}`}
                    title={capital(genre)}
                    note={`A favorite ${category.one}. ${popularWords}.`}
                    path={popularPath(genre)}
                    without={knownIds}
                    empty={`No other ${noun.one} of this ${category.one} is popular.`}
                    {...opens}
                />
            ))}
            <EverybodysRows {...opens} />
            {remembering && (
                <HistoryPanel
                    viewer={viewer}
                    onOpen={(item) => {
                        setRemembering(false);
                        opens.onOpen(item);
                    }}
                    onClose={() => setRemembering(false)}
                />
            )}
            {dialog}
        </>
    );
}

const stateWords = {
    away: "The campaign is away",
    resting: "The campaign is paused for a few seconds",
} as const;

/**
 * If the lists do not come from the campaign, renders a notice that names the sources of the lists. The notice overlays
 * the first item, so that the layout does not move.
 */
function Banner({ health, viewer }: { health: Health | undefined; viewer: string }) {
    const state = health?.campaign.state;
    if (health === undefined || state === undefined || state === "serving" || state === "batch") return null;
    const parked = health.notification !== undefined;
    return (
        <p class="banner" role="status">
            <strong>{parked ? "The campaign is parked" : stateWords[state]}.</strong> These lists are cached or
            precomputed, or show popular {noun.many}. <a href={hashFor({ page: "status", viewer })}>Why</a>
        </p>
    );
}

/**
 * Scrolls a changed row into view, no further than necessary. Keeps the focus if it is in the row or above it.
 * Otherwise moves the focus to the row's heading, because the focused element may leave the view.
 */
function bringIntoView(row: HTMLElement | null, heading: HTMLElement | null): void {
    row?.scrollIntoView({ block: "nearest", behavior: calmMotion() ? "instant" : "smooth" });
    if (document.activeElement?.closest(`.hero, #${row?.id}`) == null) heading?.focus({ preventScroll: true });
}
