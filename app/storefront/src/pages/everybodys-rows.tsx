import { useState } from "preact/hooks";
import type { Answered } from "../api.ts";
import { done, item, past } from "../data-words.ts";
import { useAnswer } from "../hooks.ts";
import { Row } from "../parts/row.tsx";
import { popularPath, trendingPath } from "../paths.ts";
import type { Origin } from "../why.ts";
import type { FilmList, ListedFilm } from "../words.ts";

interface EverybodysRowsProps {
    onOpen(film: ListedFilm, from: Origin): void;
    onDetails(title: string, answered: Answered<FilmList> | undefined): void;
}

/** The rows that are equal for all viewers: trending films, and popular films of one genre or all. */
export function EverybodysRows({ onOpen, onDetails }: EverybodysRowsProps) {
    const [genre, setGenre] = useState("");
    const trending = useAnswer<FilmList>(trendingPath);
    const popular = useAnswer<FilmList>(popularPath(genre));
    const genres = popular.answered?.value.genres ?? [];
    return (
        <>
            <Row
                id="trending"
                title="Trending"
                note={`${item.Many} with a growing audience.`}
                asked={trending}
                empty={`No ${item.one} has a growing audience in this data.`}
                onOpen={onOpen}
                onDetails={() => onDetails("Trending", trending.answered)}
            />
            <Row
                id="popular"
                title="Popular"
                note={`The most ${done} ${item.many}${genre === "" ? "" : ` of ${genre}`}.`}
                asked={popular}
                empty={
                    genre === ""
                        ? `No ${item.one} is popular in this data.`
                        : `No viewer ${past} ${item.many} of this genre. Choose another one.`
                }
                onOpen={onOpen}
                onDetails={() => onDetails("Popular", popular.answered)}
            >
                {/* A choice of one is not a choice. */}
                <select
                    class="genre"
                    hidden={popular.answered !== undefined && genres.length === 0 && genre === ""}
                    aria-label={`Genre of the popular ${item.many}`}
                    value={genre}
                    onChange={(event) => setGenre(event.currentTarget.value)}
                >
                    <option value="">All genres</option>
                    {genres.map((name) => (
                        <option key={name}>{name}</option>
                    ))}
                </select>
            </Row>
        </>
    );
}
