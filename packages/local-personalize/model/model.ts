import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A trained recommender. All other members name an item by its index in `itemIds`. */
export interface Model {
    /** Such as "aws-user-personalization". */
    recipeName: string;
    /** The items that it can recommend: all with interactions, or the 8,000 with most. */
    itemIds: string[];
    /**
     * How strongly each item of a history (row) suggests each item (column); n × n, row by row. Empty for recipes
     * without personalisation.
     */
    weights: Float32Array;
    /**
     * The answer for users without a history: interactions of each item, in personalised recipes with a half-life of 30
     * days.
     */
    popularity: Float64Array;
    /** How sharp probabilities are: they grow with score^gain. */
    gain: number;
    /** The interactions of each user (by id), oldest first. */
    histories: Map<string, number[]>;
    /**
     * The last streamed event of the training data; later ones are added to the histories at a request. Absent: none.
     */
    lastEvent?: number;
}

const FACTS = "model.json";
const WEIGHTS = "weights.f32";
const POPULARITY = "popularity.f64";

/** Writes the model as the folder `dir`, completely or not at all; an existing one is replaced. */
export function saveModel(dir: string, model: Model): void {
    mkdirSync(dirname(dir), { recursive: true });
    const beside = mkdtempSync(join(dirname(dir), `.${basename(dir)}-`));
    try {
        const { weights, popularity, histories, ...facts } = model;
        writeFileSync(join(beside, FACTS), JSON.stringify({ ...facts, histories: [...histories] }));
        writeFileSync(join(beside, WEIGHTS), weights);
        writeFileSync(join(beside, POPULARITY), popularity);
        rmSync(dir, { recursive: true, force: true });
        renameSync(beside, dir);
    } catch (error) {
        rmSync(beside, { recursive: true, force: true });
        throw error;
    }
}

/** Reads a model that saveModel wrote. Throws the file system's error when there is no model in `dir`. */
export function loadModel(dir: string): Model {
    const facts = JSON.parse(readFileSync(join(dir, FACTS), "utf8"));
    return {
        ...facts,
        histories: new Map(facts.histories),
        weights: new Float32Array(readAligned(join(dir, WEIGHTS))),
        popularity: new Float64Array(readAligned(join(dir, POPULARITY))),
    };
}

/** Node may return a small file as a part of a shared buffer, where numbers would not be aligned. */
function readAligned(path: string): ArrayBuffer {
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    const isWhole = byteOffset === 0 && byteLength === buffer.byteLength;
    return (isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}
