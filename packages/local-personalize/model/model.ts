import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A trained recommender. An item is named by its index in `itemIds` everywhere else. */
export interface Model {
    /** Such as "aws-user-personalization". */
    recipeName: string;
    /** The items that it can recommend: all that were interacted with, or the 8,000 most interacted. */
    itemIds: string[];
    /** How much each item in a history (row) speaks for each item (column); n × n, row by row. Empty when the recipe is not personalised. */
    weights: Float32Array;
    /** Who knows no history gets this: interactions of each item, in personalised recipes with a half-life of 30 days. */
    popularity: Float64Array;
    /** How sharp probabilities are: they grow with score^gain. */
    gain: number;
    /** What each user (by id) interacted with, oldest first, his last 500 at most. */
    histories: Map<string, number[]>;
    /** The last streamed event that it was trained on; later ones are added to the histories when it is asked. Absent: none. */
    lastEvent?: number;
}

const FACTS = "model.json";
const WEIGHTS = "weights.f32";
const POPULARITY = "popularity.f64";

/** Writes the model as the folder `dir`, which appears whole or not at all; one that was there is replaced. */
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

/** Reads what saveModel wrote. Throws the file system's error when there is no model in `dir`. */
export function loadModel(dir: string): Model {
    const facts = JSON.parse(readFileSync(join(dir, FACTS), "utf8"));
    return {
        ...facts,
        histories: new Map(facts.histories),
        weights: new Float32Array(readAligned(join(dir, WEIGHTS))),
        popularity: new Float64Array(readAligned(join(dir, POPULARITY))),
    };
}

/** Node may answer a small file from the middle of a shared buffer, where numbers would not be aligned. */
function readAligned(path: string): ArrayBuffer {
    const { buffer, byteOffset, byteLength } = readFileSync(path);
    const isWhole = byteOffset === 0 && byteLength === buffer.byteLength;
    return (isWhole ? buffer : buffer.slice(byteOffset, byteOffset + byteLength)) as ArrayBuffer;
}
