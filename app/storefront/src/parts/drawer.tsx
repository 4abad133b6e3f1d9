import { useState } from "preact/hooks";
import { type Answered, curlFor } from "../api.ts";
import { item } from "../data-words.ts";
import { spoken } from "../poster/lettering.ts";
import { ago, type FilmList, milliseconds, reasonWords, wordsOfList } from "../words.ts";
import { announce } from "./announcer.tsx";
import { Fact } from "./facts.tsx";
import { Bar } from "./icons.tsx";
import { Modal } from "./modal.tsx";

interface DrawerProps {
    readonly title: string;
    readonly answered: Answered<FilmList>;
    onClose(): void;
}

/** Renders details of a row's list: its source, the response time, the scores, and the API call that returned it. */
export function Drawer({ title, answered: { value: list, ms, url }, onClose }: DrawerProps) {
    const { badge, sentence } = wordsOfList(list);
    return (
        <Modal class="drawer" labelledBy="drawer-title" onClose={onClose}>
            <p class="eyebrow">How it was made</p>
            <h2 id="drawer-title">{title}</h2>
            <p class="drawer-sentence">
                {sentence}
                {list.reason !== undefined &&
                    ` It does not come from the campaign, because ${reasonWords[list.reason]}.`}
            </p>
            <dl class="facts">
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
                <summary>The raw answer</summary>
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
            <h3>{most > 0 ? "Scores" : "Order"}</h3>
            {most === 0 && <p class="hint">Only the campaign gives scores; a table only has an order.</p>}
            <ol class="scores">
                {films.map(({ itemId, title, score }) => (
                    <li key={itemId}>
                        <span class="score-title">{spoken(title)}</span>
                        {score !== undefined && most > 0 && (
                            <>
                                <Bar part={Math.max(0.01, score / most)} />
                                <span class="score">{score.toFixed(4)}</span>
                            </>
                        )}
                    </li>
                ))}
            </ol>
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
            <pre tabIndex={0}>{text}</pre>
            <button type="button" class="button" onClick={copy}>
                {copied ? "Copied" : "Copy"}
            </button>
        </div>
    );
}
