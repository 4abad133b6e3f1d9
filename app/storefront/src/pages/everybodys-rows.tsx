import { useState } from "preact/hooks";
import type { Answered } from "../api.ts";
import { category, item, past } from "../data-words.ts";
import { ListedRow } from "../parts/listed-row.tsx";
import { popularPath, trendingPath } from "../paths.ts";
import type { Origin } from "../why.ts";
import { type FilmList, type ListedFilm, popularWords } from "../words.ts";

interface EverybodysRowsProps {
    onOpen(film: ListedFilm, from: Origin): void;
    onDetails(title: string, answered: Answered<FilmList> | undefined): void;
}

/** Renders the rows that are the same for all viewers: trending films, and popular films of one genre or all. */
export function EverybodysRows({ onOpen, onDetails }: EverybodysRowsProps) {
    const [genre, setGenre] = useState("");
    return (
        <>
            <ListedRow
                id="trending"
                title="Trending"
                note={`${item.Many} with a growing audience.`}
                path={trendingPath}
                empty={`No ${item.one} has a growing audience in this data.`}
                onOpen={onOpen}
                onDetails={onDetails}
            />
            <ListedRow
                id="popular"
                title="Popular"
                note={`${popularWords}${genre === "" ? "" : `, of ${genre}`}.`}
                path={popularPath(genre)}
                empty={
                    genre === ""
                        ? `No ${item.one} is popular in this data.`
                        : `Nobody ${past} ${item.many} of this ${category.one}. Choose another one.`
                }
                onOpen={onOpen}
                onDetails={onDetails}
                beside={(list) => (
                    <select
                        class="genre"
                        // Hide the menu of genres if the data has no genres.
                        hidden={list !== undefined && (list.genres ?? []).length === 0 && genre === ""}
                        aria-label={`${category.One} of the popular ${item.many}`}
                        value={genre}
                        onChange={(event) => setGenre(event.currentTarget.value)}
                    >
                        <option value="">All {category.many}</option>
                        {(list?.genres ?? (genre === "" ? [] : [genre])).map((name) => (
                            <option key={name}>{name}</option>
                        ))}
                    </select>
                )}
            />
        </>
    );
}
