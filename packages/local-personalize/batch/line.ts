import { ServiceError } from "../errors.ts";
import type { Recommendation } from "../serving/recommend.ts";
import { isRecord, parseObject } from "../wire/validate.ts";

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
    const parsed = parseObject(line);
    try {
        if (!parsed) throw new BadLineError("The line is not a JSON object.");
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

function readWish(input: Record<string, unknown>): LineWish {
    const { filterValues = {}, itemList } = input;
    const texts = ["userId", "itemId", "itemAttributes"].flatMap((name): [string, string][] => {
        const value = input[name];
        if (value === undefined) return [];
        if (typeof value !== "string") throw new BadLineError(`The ${name} is not a string.`);
        return [[name, value]];
    });
    if (!isRecord(filterValues)) throw new BadLineError("The filterValues are not a JSON object.");
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
