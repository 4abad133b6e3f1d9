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
    /** Path of the list in the API. */
    readonly path: string;
    /** IDs of items that the row does not show. */
    readonly without?: ReadonlySet<string>;
    readonly empty: string;
    /** Renders elements beside the title. The list is undefined until it is loaded. */
    beside?(list: FilmList | undefined): ComponentChildren;
    onOpen(film: ListedFilm, from: Origin): void;
    onDetails(title: string, answered: Answered<FilmList> | undefined): void;
}

/**
 * Distance at which the row requests its list: a phone's screen, so that the list is loaded before the viewer reaches
 * it.
 */
const margin = "500px";

/** Renders a row that requests its list when it comes near the view. */
export function ListedRow({ path, without, beside, onDetails, ...row }: ListedRowProps) {
    const place = useRef<HTMLDivElement>(null);
    const isNear = useNear(place, margin);
    const request = useAnswer<FilmList>(isNear ? path : undefined);
    const shown = useMemo(
        () => leaveOut(request, without),
        [request.answered, request.error, request.loading, without],
    );
    return (
        <div ref={place}>
            <Row {...row} request={shown} onDetails={() => onDetails(row.title, request.answered)}>
                {beside?.(request.answered?.value)}
            </Row>
        </div>
    );
}

function leaveOut(request: Asked<FilmList>, without: ReadonlySet<string> | undefined): Asked<FilmList> {
    if (without === undefined || request.answered === undefined) return request;
    const { value } = request.answered;
    const films = value.films.filter(({ itemId }) => !without.has(itemId));
    return { ...request, answered: { ...request.answered, value: { ...value, films } } };
}
