import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { type Answered, curlFor } from "../api.ts";
import { type Act, item } from "../data-words.ts";
import { announce } from "../parts/announcer.tsx";
import { Fact } from "../parts/facts.tsx";
import { FilmDialog } from "../parts/film-dialog.tsx";
import { Bars } from "../parts/icons.tsx";
import type { RowCalls } from "../parts/listed-row.tsx";
import { Modal } from "../parts/modal.tsx";
import { spoken } from "../poster/lettering.ts";
import { useFilmInAddress } from "../route.ts";
import type { Watched } from "../viewers.ts";
import type { Origin } from "../why.ts";
import { ago, type FilmList, type ListedFilm, milliseconds, reasonWords, unique, wordsOfList } from "../words.ts";

interface DrawerProps {
    readonly title: string;
    readonly answered: Answered<FilmList>;
    onClose(): void;
}

/** Renders details of a row's list: its source, the response time, the scores, and the API call that returned it. */
function Drawer({ title, answered: { value: list, ms, url }, onClose }: DrawerProps) {
    const { badge, sentence } = wordsOfList(list);
    return (
        <Modal class="drawer" labelledBy="drawer-title" onClose={onClose}>
            <p class="eyebrow soft fine strong">How it was made</p>
            <h2 id="drawer-title">{title}</h2>
            <p class="drawer-sentence soft">
                {sentence}
                {list.reason !== undefined &&
                    ` It does not come from the campaign, because ${reasonWords[list.reason]}.`}
            </p>
            <dl class="facts text">
                <Fact name="Source">
                    {badge} <code>{list.source}</code>
                </Fact>
                <Fact name="Took">{milliseconds(ms)}, as your browser measured it</Fact>
                <Fact name="Made">{list.madeAt && ago(list.madeAt)}</Fact>
                <Fact name="Like">{list.because?.map((film) => spoken(film.title)).join(", ")}</Fact>
                <Fact name="Recommendation">{list.recommendationId && <code>{list.recommendationId}</code>}</Fact>
            </dl>
            <Scores list={list} />
            <h3>The call</h3>
            <Copied text={curlFor(url)} />
            <details>
                <summary class="strong">The raw answer</summary>
                {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must scroll it */}
                <pre tabIndex={0}>{JSON.stringify(list, null, 2)}</pre>
            </details>
        </Modal>
    );
}

function Scores({ list: { films } }: { list: FilmList }) {
    if (films.length === 0) return <p class="hint">The list has no {item.many}.</p>;
    const most = Math.max(...films.map(({ score }) => score ?? 0));
    return (
        <>
            <h3 id="scores">{most > 0 ? "Scores" : "Order"}</h3>
            {most === 0 && <p class="hint">Only the campaign gives scores; a table only has an order.</p>}
            <Bars
                labelledBy="scores"
                lines={films.map(({ title, score }) => [
                    spoken(title),
                    Math.max(0.01, (score ?? 0) / most),
                    most > 0 ? score?.toFixed(4) : undefined,
                ])}
            />
        </>
    );
}

function Copied({ text }: { text: string }) {
    const [copied, setCopied] = useState(false);
    const copy = async () => {
        try {
            await navigator.clipboard.writeText(text);
            setCopied(true);
            announce("Copied.");
        } catch {
            announce("The browser does not allow this page to copy. Select the call and copy it yourself.");
        }
    };
    return (
        <div class="call">
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard must scroll it */}
            <pre class="breaks" tabIndex={0}>
                {text}
            </pre>
            <button type="button" class="button" onClick={copy}>
                {copied ? "Copied" : "Copy"}
            </button>
        </div>
    );
}

interface Opened {
    readonly opens: RowCalls;
    /** The dialog that is open now, if any. */
    readonly dialog: ComponentChildren;
}

interface OpenedOptions {
    /** The words for the viewer in a sentence, such as "you". */
    readonly who: string;
    /** Films watched in this visit. */
    readonly watched: Watched;
    /** Films that the viewer watched, from the data. */
    readonly history?: readonly ListedFilm[];
    onWatch(film: ListedFilm, recommendationId: string | undefined, act: Act): void;
    /** Whether the dialog offers to refuse a film. Without a chosen viewer, it does not. */
    readonly refuses?: boolean;
}

/** Returns the dialog that is open over the rows of the page. It shows a film, or the origin of a row's list. */
export function useOpened({ who, watched, history = [], onWatch, refuses = false }: OpenedOptions): Opened {
    const { itemId, open, lead, close } = useFilmInAddress();
    const [chosen, setChosen] = useState<{ readonly film: ListedFilm; readonly from?: Origin }>();
    const [details, setDetails] = useState<{ readonly title: string; readonly answered: Answered<FilmList> }>();
    const current = chosen?.film.itemId === itemId ? chosen : undefined;
    return {
        opens: {
            onOpen(film, from) {
                setChosen({ film, ...(from && { from }) });
                open(film.itemId);
            },
            onDetails: (title, answered) => answered && setDetails({ title, answered }),
        },
        dialog: (
            <>
                {itemId !== undefined && (
                    <FilmDialog
                        itemId={itemId}
                        listedFilm={current?.film}
                        done={watched.find((film) => film.itemId === itemId)?.done}
                        refuses={refuses}
                        why={{ who, origin: current?.from, watched: unique([...watched, ...history]) }}
                        onWatch={(film, act) => {
                            close();
                            onWatch(film, current?.from?.list.recommendationId, act);
                        }}
                        onLead={(film) => {
                            setChosen({ film });
                            lead(film.itemId);
                        }}
                        onClose={close}
                    />
                )}
                {details && <Drawer {...details} onClose={() => setDetails(undefined)} />}
            </>
        ),
    };
}
