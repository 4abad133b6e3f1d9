import type { ComponentChildren } from "preact";
import { type Act, acts, noun, person } from "../data-words.ts";
import { spoken } from "../poster/lettering.ts";
import { formatPrice } from "../price.ts";
import { describeStock, type ItemList, type ListedItem, reasonWords, shortened, wordsOfList } from "../words.ts";
import { Icon } from "./icons.tsx";

/** A no-break space, which keeps the number of further genres on the line of the last shown genre. */
const noBreak = "\u00a0";

interface FactsProps {
    readonly item: ListedItem;
    /**
     * Number of letters that fit into the space for genres. Instead of genres that do not fit, the page shows their
     * number.
     */
    readonly letters: number;
}

/** Returns the known facts about an item, in their order. */
export const formatFacts = (item: ListedItem): readonly string[] =>
    [formatPrice(item), describeStock(item), item.year?.toString(), item.brand, ...item.genres].filter(
        (fact) => fact !== undefined,
    );

/** Renders an item's year, brand and genres in little space. Screen readers get all genres. */
export function Facts({ item: { year, brand, genres }, letters }: FactsProps) {
    const { shown, rest } = shortened(genres, letters);
    return (
        <>
            {[year, brand, shown.join(", ")].filter(Boolean).join(" · ")}
            {rest.length > 0 && (
                <>
                    <span class="unseen">, {rest.join(", ")}</span>
                    <span aria-hidden="true">
                        {noBreak}+{rest.length}
                    </span>
                </>
            )}
        </>
    );
}

/** Renders the price of an item, and its stock if it is low. Renders nothing without a price. */
export function Price({ item }: { item: ListedItem }) {
    const [price, stock] = [formatPrice(item), describeStock(item)];
    if (price === undefined && stock === undefined) return null;
    return (
        <span class="card-price wrap strong digits">
            {price}
            {stock !== undefined && <span class="stock">{stock}</span>}
        </span>
    );
}

interface FactProps {
    readonly name: string;
    /** Text that appears when the mouse is over the value. */
    readonly title?: string | undefined;
    readonly children: ComponentChildren;
}

/** Renders an entry of a list `<dl class="facts">`. Renders nothing without a value. */
export const Fact = ({ name, title, children }: FactProps) =>
    children ? (
        <>
            <dt class="soft">{name}</dt>
            <dd class="breaks" title={title}>
                {children}
            </dd>
        </>
    ) : null;

/** Renders an item's title, and its facts below it. */
export const TitleAndFacts = (props: FactsProps) => (
    <>
        <span class="rank-title cut title">{spoken(props.item.title)}</span>
        <span class="rank-facts cut soft fine">
            <Facts {...props} />
        </span>
    </>
);

interface ActsProps {
    /** Whether the viewer has already performed the main action (such as "watch") in this visit. */
    readonly again?: boolean;
    onAct(act: Act): void;
}

/** Renders a button for each action in the data. The most frequent action has the primary button. */
export const Acts = ({ again = false, onAct }: ActsProps) => (
    <>
        {acts.map((act, place) => (
            <button
                key={act.type}
                type="button"
                class={`button ${place === 0 ? "primary" : "over"}`}
                onClick={() => onAct(act)}
            >
                {act.type === "Watch" && <Icon name="play" />}
                {act.Act}
                {again && place === 0 && " again"}
            </button>
        ))}
    </>
);

/** Renders the source of a list if the API names it, with the reason if the campaign did not make the list. */
export function SourceBadge({ list }: { list: ItemList }) {
    const { source, reason } = list;
    const words = wordsOfList(list);
    if (words === undefined) return null;
    const { badge, sentence } = words;
    return (
        <span class={`source source-${source} line soft fine`} title={sentence} data-source={source}>
            <span class="unseen">From: </span>
            {badge}
            {reason !== undefined && <span class="source-why">{reasonWords[reason]}</span>}
        </span>
    );
}

const legend = [
    ["campaign", "Personal", `made by Amazon Personalize for one ${person.one}`],
    ["similar", "Similar", `${noun.many} with the same ${person.many}`],
    ["popular", "Popular", `equal for all ${person.many}`],
] as const;

/** Renders the legend of the coloured dots that mark the sources. */
export const Legend = () => (
    <dl class="legend wrap" aria-label="Sources of the lists">
        {legend.map(([source, name, words]) => (
            <div key={source} class="wrap">
                <dt class={`source source-${source} line strong`}>{name}</dt>
                <dd>{words}</dd>
            </div>
        ))}
    </dl>
);
