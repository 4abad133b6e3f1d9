import type { ComponentChildren } from "preact";
import { useMemo, useRef } from "preact/hooks";
import type { Answered } from "../api.ts";
import { type Asked, useAnswer, useNear } from "../hooks.ts";
import type { Origin } from "../why.ts";
import type { FilmList, ListedFilm } from "../words.ts";
import { Row } from "./row.tsx";

interface ListedRowProps {
    readonly id: string;
    readonly title: string;
    readonly note: ComponentChildren;
    /** The list's path in the API. */
    readonly path: string;
    /** Ids of items that the row does not show. */
    readonly without?: ReadonlySet<string>;
    readonly empty: string;
    /** Elements beside the title; the list is undefined until it is known. */
    beside?(list: FilmList | undefined): ComponentChildren;
    onOpen(film: ListedFilm, from: Origin): void;
    onDetails(title: string, answered: Answered<FilmList> | undefined): void;
}

/** A screen of a phone: the list is there before the viewer is. */
const margin = "500px";

/** A row that requests its list when it comes near the view. */
export function ListedRow({ path, without, beside, onDetails, ...row }: ListedRowProps) {
    const place = useRef<HTMLDivElement>(null);
    const isNear = useNear(place, margin);
    const asked = useAnswer<FilmList>(isNear ? path : undefined);
    const shown = useMemo(() => leaveOut(asked, without), [asked.answered, asked.error, asked.loading, without]);
    return (
        <div ref={place}>
            <Row {...row} asked={shown} onDetails={() => onDetails(row.title, asked.answered)}>
                {beside?.(asked.answered?.value)}
            </Row>
        </div>
    );
}

function leaveOut(asked: Asked<FilmList>, without: ReadonlySet<string> | undefined): Asked<FilmList> {
    if (without === undefined || asked.answered === undefined) return asked;
    const { value } = asked.answered;
    const films = value.films.filter(({ itemId }) => !without.has(itemId));
    return { ...asked, answered: { ...asked.answered, value: { ...value, films } } };
}
