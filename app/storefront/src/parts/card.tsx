import { prefetch } from "../api.ts";
import type { Mark } from "../changes.ts";
import { similarPath } from "../paths.ts";
import { spoken } from "../poster/lettering.ts";
import type { ListedFilm } from "../words.ts";
import { Facts, Price } from "./facts.tsx";
import { Poster } from "./poster.tsx";

interface CardProps {
    readonly film: ListedFilm;
    readonly mark?: Mark | undefined;
    /** Whether the Tab key reaches this card of the row. */
    readonly reached: boolean;
    onReached(): void;
    onOpen(): void;
}

/** Number of letters that fit into two lines on the narrowest screen. */
const lettersOnCard = 24;

/** Renders a film in a row. */
export function Card({ film, mark, reached, onReached, onOpen }: CardProps) {
    const { itemId, title } = film;
    const early = () => prefetch(similarPath(itemId));
    const shown = spoken(title);
    const markText = mark?.kind === "new" ? "New" : mark?.kind === "up" ? `Up ${mark.by}` : undefined;
    return (
        <li class="card" data-item={itemId}>
            <button
                type="button"
                tabIndex={reached ? 0 : -1}
                aria-haspopup="dialog"
                onClick={onOpen}
                onPointerEnter={early}
                onFocus={() => {
                    onReached();
                    early();
                }}
            >
                <Poster film={film} />
                {markText !== undefined && <span class={`chip chip-${mark?.kind}`}>{markText}</span>}
                <span class="card-title">{shown}</span>
                <Price film={film} />
                <span class="card-facts" title={film.genres.join(", ")}>
                    <Facts film={film} letters={lettersOnCard} />
                </span>
            </button>
        </li>
    );
}
