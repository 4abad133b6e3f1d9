import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { CatalogueItem } from "./catalogue.ts";
import type { Contexts } from "./contexts.ts";
import type { Interactions } from "./histories.ts";
import type { Settings } from "./hyperparameters.ts";
import { inKernelMemory } from "./multiply.ts";
import type { SparseRows } from "./sparse-rows.ts";

/** An item with few interactions, and its age at the latest interaction of the training data. */
export interface FreshItem {
    item: number;
    ageDays: number;
}

/** A trained model. All other members identify an item by its index in `itemIds`. */
export interface Model {
    /** Name of the recipe, such as "aws-user-personalization". */
    recipeName: string;
    /** Items that the model can recommend: those with interactions, and for some recipes all of the Items dataset. */
    itemIds: string[];
    /** The first `dense` items have a row in `weights`; absent: all items. */
    dense?: number;
    /**
     * How strongly each item of a history (row) suggests each item (column); dense × dense, row by row. Empty for
     * recipes without personalisation.
     */
    weights: Float32Array;
    /**
     * The nearest items of an item. Recipes of related items have them for every item; other recipes have them only for
     * items without a row in `weights`.
     */
    neighbours?: SparseRows;
    /** Items that exploration may show. */
    fresh?: FreshItem[];
    /**
     * The scores for users without a history: the number of users of each item (popularity.ts). In personalised
     * recipes, a user's part of this number halves with every 30 days of age.
     */
    popularity: Float64Array;
    /** Exponent of the scores, which makes probabilities more or less sharp (gain.ts). */
    gain: number;
    /** Whether all events of a history count equally; absent: newer events count more. */
    equalEvents?: true;
    /** Factor of each item's score, from the solution's objective. */
    boost?: Float64Array;
    /** How the context of a request changes the scores. */
    contexts?: Contexts;
    /** The interactions of each user (by id), oldest first. */
    histories: Map<string, number[]>;
    /**
     * ID of the last streamed event in the training data. A request adds later events to the history. Absent without
     * streamed events.
     */
    lastEvent?: number;
}

/** Trains the model of a recipe; `catalogue` is the Items dataset, and `settings` are the hyperparameters. */
export type Fit = (
    interactions: Interactions,
    recipeName: string,
    catalogue?: readonly CatalogueItem[],
    settings?: Settings,
) => Model;

const FACTS = "model.json";
const WEIGHTS = "weights.f32";
const POPULARITY = "popularity.f64";
/** Name of the file with the items of all histories, one after the other. */
const HISTORIES = "histories.i32";
/** Name of the file with the columns of the sparse rows, then their values. */
const NEIGHBOURS = "neighbours.bin";
const BOOST = "boost.f64";
const LIFTS = "lifts.f32";

/** Writes the model as the folder `dir`, completely or not at all. Replaces an existing model. */
export function saveModel(dir: string, model: Model): void {
    mkdirSync(dirname(dir), { recursive: true });
    const beside = mkdtempSync(join(dirname(dir), `.${basename(dir)}-`));
    try {
        const { weights, popularity, histories, neighbours, boost, contexts, ...facts } = model;
        const starts = neighbours && [...neighbours.starts];
        const lengths = Array.from(histories, ([userId, history]) => [userId, history.length]);
        writeFileSync(
            join(beside, FACTS),
            JSON.stringify({ ...facts, starts, contexts: contexts?.values, boost: boost && true, histories: lengths }),
        );
        writeFileSync(join(beside, HISTORIES), Int32Array.from([...histories.values()].flat()));
        if (neighbours) {
            const { columns, values } = neighbours;
            const parts = [columns, values].map(({ buffer, byteLength }) => Buffer.from(buffer, 0, byteLength));
            writeFileSync(join(beside, NEIGHBOURS), Buffer.concat(parts));
        }
        if (boost) writeFileSync(join(beside, BOOST), boost);
        if (contexts) writeFileSync(join(beside, LIFTS), contexts.lifts);
        writeFileSync(join(beside, WEIGHTS), weights);
        writeFileSync(join(beside, POPULARITY), popularity);
        rmSync(dir, { recursive: true, force: true });
        renameSync(beside, dir);
    } catch (error) {
        rmSync(beside, { recursive: true, force: true });
        throw error;
    }
}

/** Reads a model that saveModel wrote. Throws the error of the file system when there is no model in `dir`. */
export function loadModel(dir: string): Model {
    const { starts, boost, contexts, ...facts } = JSON.parse(readFileSync(join(dir, FACTS), "utf8"));
    return {
        ...facts,
        ...(starts && { neighbours: readNeighbours(dir, Int32Array.from(starts)) }),
        ...(boost && { boost: new Float64Array(readAligned(join(dir, BOOST))) }),
        ...(contexts && {
            contexts: { values: contexts, lifts: new Float32Array(readAligned(join(dir, LIFTS))) },
        }),
        histories: readHistories(dir, facts.histories),
        weights: inKernelMemory(new Float32Array(readAligned(join(dir, WEIGHTS)))),
        popularity: new Float64Array(readAligned(join(dir, POPULARITY))),
    };
}

/**
 * Reads the items of all histories. The file has one history after another; `lengths` has each user's number of items.
 */
function readHistories(dir: string, lengths: readonly (readonly [userId: string, length: number])[]) {
    const items = new Int32Array(readAligned(join(dir, HISTORIES)));
    let at = 0;
    return new Map(
        lengths.map(([userId, length]) => {
            at += length;
            return [userId, Array.from(items.subarray(at - length, at))];
        }),
    );
}

function readNeighbours(dir: string, starts: Int32Array): SparseRows {
    const bytes = readAligned(join(dir, NEIGHBOURS));
    const count = starts.at(-1) ?? 0;
    return { starts, columns: new Int32Array(bytes, 0, count), values: new Float32Array(bytes, 4 * count, count) };
}

/**
 * Reads a file into a buffer of its own: Node may return a small file as a part of a shared buffer, in which numbers
 * would not be aligned.
 */
export function readAligned(path: string): ArrayBuffer {
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    const isWhole = byteOffset === 0 && byteLength === buffer.byteLength;
    return isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}
