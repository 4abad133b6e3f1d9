import type { AttributeColumn } from "../attributes/columns.ts";
import { isEmpty } from "../attributes/content.ts";
import type { Rows } from "../attributes/rows.ts";
import { type CatalogueItem, toShopDetails } from "../catalogue.ts";
import type { FilmAttribute, TablesDocument } from "./document.ts";

/** Maximum number of films that the tables list as added. */
const longestAdded = 50;

/**
 * Returns the film data of the tables: the films with these `ids`, in this order.
 *
 * @param viewersOf returns the number of users who watched the film with this number
 * @param attributes columns of the Items dataset, in the catalog's order
 */
export function createFilms(
    ids: readonly string[],
    viewersOf: (number: number) => number,
    catalogue: readonly CatalogueItem[],
    attributes: readonly AttributeColumn[],
): Pick<TablesDocument, "films" | "genreSets"> {
    const filmById = new Map(catalogue.map((film) => [film.itemId, film]));
    const genreSets: string[][] = [];
    const places = new Map<string, number>();
    const internGenres = (genres: string[]) => {
        const key = JSON.stringify(genres);
        const place = places.get(key) ?? genreSets.push(genres) - 1;
        places.set(key, place);
        return place;
    };
    const details = ids.map((itemId) => toShopDetails(filmById.get(itemId) ?? {}) ?? null);
    return {
        films: {
            ids,
            titles: ids.map((itemId) => filmById.get(itemId)?.title ?? null),
            years: ids.map((itemId) => filmById.get(itemId)?.year ?? null),
            genres: ids.map((itemId) => internGenres(filmById.get(itemId)?.genres ?? [])),
            ...(details.some((each) => each !== null) && { details }),
            ...(attributes.length > 0 && { attributes: toFilmAttributes(attributes, ids, catalogue) }),
            viewers: ids.map((_, number) => viewersOf(number)),
        },
        genreSets,
    };
}

/** Orders the columns of the Items dataset by `ids`. Leaves out the free text, which filters cannot use. */
function toFilmAttributes(
    columns: readonly AttributeColumn[],
    ids: readonly string[],
    catalogue: readonly CatalogueItem[],
): FilmAttribute[] {
    const rowOf = new Map(catalogue.map(({ itemId }, row) => [itemId, row]));
    return columns
        .filter(({ field }) => !field.textual)
        .map(({ field, values }) => {
            const places = new Map<string, number>();
            const films = ids.map((itemId) => {
                const value = values[rowOf.get(itemId) ?? -1] ?? "";
                if (isEmpty(value)) return -1;
                if (!places.has(value)) places.set(value, places.size);
                return places.get(value) as number;
            });
            return { field, values: [...places.keys()], films };
        });
}

/**
 * Returns the tables with other data of some items, and with new items at the end of the films. Lists of popular and
 * similar films stay as they are, because nobody watched a new item.
 *
 * @param items the catalog's entries of changed and new items
 * @param rows their columns in the Items dataset; undefined without such columns
 */
export function withItems(
    document: TablesDocument,
    items: readonly CatalogueItem[],
    rows: Rows | undefined,
): TablesDocument {
    const { films, genreSets } = document;
    const given = new Map(items.map((item) => [item.itemId, item]));
    const known = new Set(films.ids);
    const ids = [...films.ids, ...[...given.keys()].filter((itemId) => !known.has(itemId))];
    const catalogue = ids.map((itemId, number): CatalogueItem => {
        const before = {
            itemId,
            title: films.titles[number] ?? itemId,
            year: films.years[number] ?? null,
            genres: [...(genreSets[films.genres[number] ?? -1] ?? [])],
            ...films.details?.[number],
        };
        return given.get(itemId) ?? before;
    });
    const attributes = (films.attributes ?? []).map(({ field, values, films: places }): AttributeColumn => {
        const column = rows?.fields.findIndex(({ name }) => name === field.name) ?? -1;
        return {
            field,
            values: ids.map((itemId, number) => {
                const row = given.has(itemId) ? rows?.byId.get(itemId) : undefined;
                return row?.[column] ?? values[places[number] ?? -1] ?? "";
            }),
        };
    });
    const fresh = ids.slice(films.ids.length).map((_, at) => films.ids.length + at);
    const added = [...fresh.reverse(), ...(document.added ?? [])].slice(0, longestAdded);
    return {
        ...document,
        ...createFilms(ids, (number) => films.viewers[number] ?? 0, catalogue, attributes),
        ...(added.length > 0 && { added }),
    };
}
