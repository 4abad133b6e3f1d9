import { ServiceError } from "../errors.ts";
import type { Recommendation } from "../serving/recommend.ts";

/** The request in one line of a batch's input. */
export interface LineWish {
    userId: string | undefined;
    filterValues: Record<string, string> | undefined;
}

/**
 * The output line of one input line, in the guide's form:
 * `{"input":{"userId":"4"},"output":{"recommendedItems":[…],"scores":[…]},"error":null}`. Recipes without scores have
 * no `scores`. A line that cannot be answered has `output` null and a sentence in `error`.
 */
export function answerLine(line: string, list: (wish: LineWish) => Recommendation[]): string {
    let input: unknown = line;
    try {
        input = parse(line);
        const items = list(readWish(input as Record<string, unknown>));
        const scores = items.flatMap(({ score }) => score ?? []);
        const scored = scores.length > 0 || items.length === 0;
        const output = { recommendedItems: items.map(({ itemId }) => itemId), ...(scored && { scores }) };
        return JSON.stringify({ input, output, error: null });
    } catch (error) {
        if (!(error instanceof ServiceError || error instanceof BadLineError)) throw error;
        return JSON.stringify({ input, output: null, error: error.message });
    }
}

class BadLineError extends Error {}

function parse(line: string): unknown {
    try {
        const value: unknown = JSON.parse(line);
        if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
    } catch {
        // Refused below.
    }
    throw new BadLineError("The line is not a JSON object.");
}

function readWish({ userId, filterValues = {} }: Record<string, unknown>): LineWish {
    if (userId !== undefined && typeof userId !== "string") throw new BadLineError("The userId is not a string.");
    if (typeof filterValues !== "object" || filterValues === null) {
        throw new BadLineError("The filterValues are not a JSON object.");
    }
    const bad = Object.entries(filterValues).find(([, value]) => typeof value !== "string");
    if (bad) throw new BadLineError(`The value of ${bad[0]} in filterValues is not a string.`);
    return { userId, filterValues: filterValues as Record<string, string> };
}
