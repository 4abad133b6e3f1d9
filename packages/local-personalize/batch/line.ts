import { ServiceError } from "../errors.ts";
import type { Recommendation } from "../serving/recommend.ts";
import { isRecord } from "../wire/validate.ts";

/** The request in one line of a batch job's input. The recipe determines which members the line needs. */
export interface LineWish {
    userId?: string;
    itemId?: string;
    /** The items to rank, for ranking recipes. */
    itemList?: string[];
    /** An expression over item attributes, such as `ITEMS.genres = "Comedy"`, for aws-item-attribute-affinity. */
    itemAttributes?: string;
    filterValues?: Record<string, string>;
}

/**
 * Returns the output line for one input line, in the format of the developer guide:
 * `{"input":{"userId":"4"},"output":{…},"error":null}`. A line that cannot be answered has `output` null and a sentence
 * in `error`.
 */
export function answerLine(line: string, outputOf: (wish: LineWish) => object): string {
    let parsed: Record<string, unknown> | undefined;
    try {
        parsed = parse(line);
        return JSON.stringify({ input: parsed, output: outputOf(readWish(parsed)), error: null });
    } catch (error) {
        if (!(error instanceof ServiceError || error instanceof BadLineError)) throw error;
        return JSON.stringify({ input: parsed ?? line, output: null, error: error.message });
    }
}

/** Returns recommendations as the `output` of a line. Recipes without scores have no `scores`. */
export function recommendedItems(items: readonly Recommendation[]): object {
    const scores = items.flatMap(({ score }) => score ?? []);
    const scored = scores.length > 0 || items.length === 0;
    return { recommendedItems: items.map(({ itemId }) => itemId), ...(scored && { scores }) };
}

class BadLineError extends Error {}

function parse(line: string): Record<string, unknown> {
    try {
        const value: unknown = JSON.parse(line);
        if (isRecord(value) && !Array.isArray(value)) return value;
    } catch {
        // Invalid JSON: throw the error below.
    }
    throw new BadLineError("The line is not a JSON object.");
}

function readWish(input: Record<string, unknown>): LineWish {
    const { filterValues = {}, itemList } = input;
    const texts = ["userId", "itemId", "itemAttributes"].flatMap((name): [string, string][] => {
        const value = input[name];
        if (value === undefined) return [];
        if (typeof value !== "string") throw new BadLineError(`The ${name} is not a string.`);
        return [[name, value]];
    });
    if (typeof filterValues !== "object" || filterValues === null) {
        throw new BadLineError("The filterValues are not a JSON object.");
    }
    const bad = Object.entries(filterValues).find(([, value]) => typeof value !== "string");
    if (bad) throw new BadLineError(`The value of ${bad[0]} in filterValues is not a string.`);
    if (itemList !== undefined && !isTexts(itemList)) throw new BadLineError("The itemList is not a list of strings.");
    return {
        ...Object.fromEntries(texts),
        ...(itemList !== undefined && { itemList }),
        filterValues: filterValues as Record<string, string>,
    };
}

const isTexts = (value: unknown): value is string[] =>
    Array.isArray(value) && value.every((entry) => typeof entry === "string");
