import { useState } from "preact/hooks";
import { type Answered, curlFor } from "../api.ts";
import { type Act, acts, noun } from "../data-words.ts";
import { announce } from "../parts/announcer.tsx";
import { Fact } from "../parts/facts.tsx";
import { Bars } from "../parts/icons.tsx";
import { ItemDialog } from "../parts/item-dialog.tsx";
import type { RowCalls } from "../parts/listed-row.tsx";
import { Modal } from "../parts/modal.tsx";
import { spoken } from "../poster/lettering.ts";
import { useItemInAddress } from "../route.ts";
import type { Watched } from "../viewers.ts";
import type { Origin } from "../why.ts";
import { ago, type ItemList, type ListedItem, milliseconds, reasonWords, unique, wordsOfList } from "../words.ts";

interface DrawerProps {
    readonly title: string;
    readonly answered: Answered<ItemList>;
    onClose(): void;
}

/** Renders details of a row's list: its source, the response time, the scores, and the API call that returned it. */
function Drawer({ title, answered: { value: list, ms, url }, onClose }: DrawerProps) {
    const words = wordsOfList(list);
    return (
        <Modal class="drawer" labelledBy="drawer-title" onClose={onClose}>
            <p class="eyebrow soft fine strong">How it was made</p>
            <h2 id="drawer-title">{title}</h2>
            <p class="drawer-sentence soft">
                {words?.sentence}
                {list.reason !== undefined &&
                    ` It does not come from the campaign, because ${reasonWords[list.reason]}.`}
            </p>
            <dl class="facts text">
                <Fact name="Source">
                    {words && (
                        <>
                            {words.badge} <code>{list.source}</code>
                        </>
                    )}
                </Fact>
                <Fact name="Took">{milliseconds(ms)}, as your browser measured it</Fact>
                <Fact name="Made">{list.madeAt && ago(list.madeAt)}</Fact>
                <Fact name="Like">{list.because?.map((item) => spoken(item.title)).join(", ")}</Fact>
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

function Scores({ list: { items, source } }: { list: ItemList }) {
    if (items.length === 0) return <p class="hint">The list has no {noun.many}.</p>;
    const most = Math.max(...items.map(({ score }) => score ?? 0));
    return (
        <>
            <h3 id="scores">{most > 0 ? "Scores" : "Order"}</h3>
            {most === 0 && source !== undefined && (
                <p class="hint">Only the campaign gives scores; a table only has an order.</p>
            )}
            <Bars
                labelledBy="scores"
                lines={items.map(({ title, score }) => [
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

interface OpenedOptions {
    /** The words for the viewer in a sentence, such as "you". */
    readonly who: string;
    /** Items watched in this visit. */
    readonly watched: Watched;
    /** Items that the viewer watched, from the data. */
    readonly history?: readonly ListedItem[];
    onWatch(item: ListedItem, recommendationId: string | undefined, act: Act): void;
    /** Whether the dialog offers to refuse an item. Without a chosen viewer, it does not. */
    readonly refuses?: boolean;
}

/** Returns the dialog that is open over the rows of the page. It shows an item, or the origin of a row's list. */
export function useOpened({ who, watched, history = [], onWatch, refuses = false }: OpenedOptions) {
    const { itemId, open, lead, close } = useItemInAddress();
    const [chosen, setChosen] = useState<{ readonly item: ListedItem; readonly from?: Origin }>();
    const [details, setDetails] = useState<{ readonly title: string; readonly answered: Answered<ItemList> }>();
    const current = chosen?.item.itemId === itemId ? chosen : undefined;
    const opens: RowCalls = {
        onOpen(item, from) {
            setChosen({ item, ...(from && { from }) });
            open(item.itemId);
        },
        onDetails: (title, answered) => answered && setDetails({ title, answered }),
    };
    return {
        opens,
        dialog: (
            <>
                {itemId !== undefined && (
                    <ItemDialog
                        itemId={itemId}
                        listedItem={current?.item}
                        done={acts.find(({ type }) => type === watched.find((item) => item.itemId === itemId)?.type)}
                        refuses={refuses}
                        why={{ who, origin: current?.from, watched: unique([...watched, ...history]) }}
                        onWatch={(item, act) => {
                            close();
                            onWatch(item, current?.from?.list.recommendationId, act);
                        }}
                        onLead={(item) => {
                            setChosen({ item });
                            lead(item.itemId);
                        }}
                        onClose={close}
                    />
                )}
                {details && <Drawer {...details} onClose={() => setDetails(undefined)} />}
            </>
        ),
    };
}
