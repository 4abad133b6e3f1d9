import { findDataset, readSchemaFields } from "../control/datasets.ts";
import type { DatasetProperties } from "../control/properties.ts";
import type { Call } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput } from "../errors.ts";
import type { DatasetContents } from "./dataset-contents.ts";

/** `metadataColumns` of a request: `{ ITEMS: ["GENRES"] }`. */
export type MetadataColumns = Record<string, string[]>;

/** The Items dataset of a campaign or recommender with metadata, and its columns by their names in lower case. */
export interface MetadataSource {
    items: Resource<DatasetProperties>;
    columns: ReadonlyMap<string, string>;
}

/**
 * Maximum numbers of metadata columns in a request, and of items in an answer with metadata (API reference,
 * GetRecommendations).
 */
const mostColumns = 10;
const mostItems = 50;

/** Returns the columns that a dataset group's recommendations can show; undefined without an Items dataset. */
export function findMetadataSource(call: Call, datasetGroupArn: string): MetadataSource | undefined {
    const items = findDataset(call.store, call.region, datasetGroupArn, "ITEMS");
    if (!items) return undefined;
    const names = readSchemaFields(call.store, items).map(({ name }) => name);
    const shown = names.filter((name) => name !== "ITEM_ID");
    return { items, columns: new Map(shown.map((name) => [name.toLowerCase(), name])) };
}

/**
 * Returns a function that adds the wanted columns, with names in lower case, to each item of a list. Omits columns
 * without a value. If `wanted` is undefined, the function changes nothing. Throws InvalidInputException when metadata
 * is not enabled for `arn`. It also throws it for columns that are unknown or too many, and for more than 50 items.
 *
 * @param count the length of the list that the caller asks for
 */
export function metadataAdder(
    arn: string,
    wanted: MetadataColumns | undefined,
    count: number,
    source: MetadataSource | undefined,
    contents: DatasetContents,
): <Item extends { itemId: string }>(list: Item[]) => (Item & { metadata?: Record<string, string> })[] {
    if (wanted === undefined) return (list) => list;
    if (!source) {
        throw invalidInput(
            `Metadata is not enabled for ${arn}. Enable it by enableMetadataWithRecommendations: for a campaign by UpdateCampaign, for a recommender by CreateRecommender.`,
        );
    }
    const columns = checkedColumns(wanted, source);
    if (count > mostItems) throw invalidInput(`With metadata a list has at most ${mostItems} items, not ${count}.`);
    const { rows } = contents.attributes(source.items);
    return (list) =>
        list.map((item) => {
            const row = rows.get(item.itemId);
            const values = columns.flatMap((name): [string, string][] => {
                const value = row?.get(name);
                if (value === undefined) return [];
                return [[name.toLowerCase(), Array.isArray(value) ? value.join("|") : String(value)]];
            });
            return { ...item, metadata: Object.fromEntries(values) };
        });
}

/**
 * Returns the requested columns with their names in the schema. Throws InvalidInputException for unknown or too many
 * columns.
 */
function checkedColumns({ ITEMS: names = [], ...others }: MetadataColumns, source: MetadataSource): string[] {
    const [other] = Object.keys(others);
    if (other !== undefined) throw invalidInput(`The key of metadataColumns is ITEMS, not ${other}.`);
    if (names.length > mostColumns) {
        throw invalidInput(`metadataColumns has ${names.length} columns; ${mostColumns} are allowed.`);
    }
    return names.map((name) => {
        const cached = source.columns.get(name.toLowerCase());
        if (cached !== undefined) return cached;
        const all = [...source.columns.values()].join(", ");
        throw invalidInput(`The Items dataset has no metadata column ${name}; it has: ${all}`);
    });
}
