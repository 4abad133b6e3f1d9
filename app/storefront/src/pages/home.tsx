import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { ApiError } from "../api.ts";
import { onlyLeft } from "../changes.ts";
import { type Act, capital, category, done, item, person, usualAct } from "../data-words.ts";
import { showsHistories, useNewest } from "../history.ts";
import { calmMotion, useAnswer, useRefresh } from "../hooks.ts";
import { announce } from "../parts/announcer.tsx";
import { Hero } from "../parts/hero.tsx";
import { HistoryPanel } from "../parts/history.tsx";
import { ListedRow } from "../parts/listed-row.tsx";
import { Row } from "../parts/row.tsx";
import { picksPath, popularPath, similarPath } from "../paths.ts";
import { spoken } from "../poster/lettering.ts";
import { hashFor } from "../route.ts";
import { tasteBy } from "../taste.ts";
import { lastRevision, rememberTaste, viewerName, watchedBy, watchFilm } from "../viewers.ts";
import { type FilmList, type Health, type ListedFilm, popularWords, unique } from "../words.ts";
import { type Deed, noteOn, outcome, usualNote } from "./deed.ts";
import { EverybodysRows } from "./everybodys-rows.tsx";
import { useOpened } from "./opened.tsx";

/**
 * Maximum number of repeated requests for a list in which only the watched film disappeared, and the milliseconds
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
 * Sends an event when the viewer acts on a film, and then requests the viewer's list until the list has changed.
 * @returns the list, the note under it, the function `watch` that sends an event, and `deed`, the last action
 */
function useWatching(viewer: string) {
    const [since, setSince] = useState(() => lastRevision(viewer));
    const [watched, setWatched] = useState(() => watchedBy(viewer));
    const [deed, setDeed] = useState<Deed>();
    const turns = useRef(0);
    const picks = useAnswer<FilmList>(picksPath(viewer, since));

    const watch = async (film: ListedFilm, recommendationId: string | undefined, act: Act) => {
        const begun = { film, act, recommendationId, before: picks.answered, began: performance.now() };
        setDeed(begun);
        turns.current = 0;
        try {
            const answer = await watchFilm(viewer, film, recommendationId, act);
            setDeed({ ...begun, tracked: answer.tracked });
            setWatched(answer.watched);
            setSince(answer.revision);
        } catch (error) {
            if (!(error instanceof ApiError)) throw error;
            setDeed({ ...begun, error });
        }
    };

    const change = useMemo(() => outcome(deed, picks.answered), [deed, picks.answered]);
    const note =
        deed === undefined
            ? usualNote(viewer, watched.length > 0, picks.answered?.value)
            : noteOn(deed, change, picks.error);
    useEffect(() => {
        if (change !== undefined || deed?.error !== undefined) announce(note);
    }, [change, deed?.error, note]);

    // Wait until the film's dialog has closed, because an open dialog keeps the focus.
    useEffect(() => {
        if (deed?.began === undefined) return;
        bringIntoView(document.getElementById("picks"), document.getElementById("picks-title"));
    }, [deed?.began]);

    // An event tracker may take one or two seconds to forward an event.
    useEffect(() => {
        const mayChange = change !== undefined && deed?.tracked && onlyLeft(change, deed.film.itemId);
        if (!mayChange || turns.current >= maxTurns) return;
        turns.current += 1;
        const timer = setTimeout(picks.again, turnMs);
        return () => clearTimeout(timer);
    }, [change, deed?.tracked, deed?.film.itemId, picks.again]);

    return { picks, watched, deed, change, note, watch };
}

/** Renders a viewer's rows, which change after each watched film. */
export function Home({ viewer }: { viewer: string }) {
    const { picks, watched, deed, change, note, watch } = useWatching(viewer);
    const health = useAnswer<Health>("health");
    useRefresh(health.again, healthSeconds);
    const title = `Top picks for ${viewerName(viewer)}`;
    const list = picks.answered?.value;
    const newestKnown = useNewest(viewer);
    const newest = watched[0] ?? newestKnown[0];
    const history = [...newestKnown, ...(list?.because ?? [])];
    const who = viewerName(viewer);
    const { openFilm, openDetails, dialog } = useOpened({ who, watched, history, onWatch: watch, refuses: true });
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
    const nothing = `There is no ${item.one} to recommend.`;
    return (
        <>
            <Hero
                eyebrow={`For ${who}`}
                taste={taste?.sentence}
                film={list?.films[0]}
                empty={list !== undefined ? nothing : picks.error && "The list could not be loaded."}
                onHistory={showsHistories ? () => setRemembering(true) : undefined}
                onAct={(film, act) => watch(film, list?.recommendationId, act)}
                onOpen={(film) => list && openFilm(film, { title, list })}
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
                            <button
                                type="button"
                                class="button small"
                                onClick={() => watch(deed.film, deed.recommendationId, deed.act)}
                            >
                                Try again
                            </button>
                        )}
                    </>
                }
                request={picks}
                {...(change && { marks: change.marks })}
                empty={nothing}
                onOpen={openFilm}
                onDetails={() => openDetails(title, picks.answered)}
            />
            {newest && (
                <ListedRow
                    id="because"
                    title={`Because you ${usualAct.told(spoken(newest.title))}`}
                    note={`${item.Many} ${done} by the same ${person.many}.`}
                    path={similarPath(newest.itemId)}
                    without={knownIds}
                    empty={`No other similar ${item.one} is known.`}
                    onOpen={openFilm}
                    onDetails={openDetails}
                />
            )}
            {(taste?.genres ?? []).map((genre, place) => (
                <ListedRow
                    key={genre}
                    id={`favourite-${place}`}
                    title={capital(genre)}
                    note={`A favourite ${category.one}. ${popularWords}.`}
                    path={popularPath(genre)}
                    without={knownIds}
                    empty={`No other ${item.one} of this ${category.one} is popular.`}
                    onOpen={openFilm}
                    onDetails={openDetails}
                />
            ))}
            <EverybodysRows onOpen={openFilm} onDetails={openDetails} />
            {remembering && (
                <HistoryPanel
                    viewer={viewer}
                    onOpen={(film) => {
                        setRemembering(false);
                        openFilm(film);
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
 * the first film, so that the layout does not move.
 */
function Banner({ health, viewer }: { health: Health | undefined; viewer: string }) {
    const state = health?.campaign.state;
    if (health === undefined || state === undefined || state === "serving" || state === "batch") return null;
    const parked = health.notification !== undefined;
    return (
        <p class="banner" role="status">
            <strong>{parked ? "The campaign is parked" : stateWords[state]}.</strong> These lists are cached or
            precomputed, or show popular {item.many}. <a href={hashFor({ page: "status", viewer })}>Why</a>
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
