import assert from "node:assert/strict";
import { type ConfigProblem, parseConfig, type StackConfig } from "../../config/config.ts";

const stack = { project: "movie-recommender", stack: "dev", region: "eu-central-1", keys: [], secretKeys: [] };

/** Parses values beside the defaults. */
export const parse = (values: Record<string, string> = {}, more: Partial<Parameters<typeof parseConfig>[1]> = {}) =>
    parseConfig((key) => values[key], { ...stack, ...more });

/** The configuration of values. Fails if they are not valid. */
export function good(...input: Parameters<typeof parse>): StackConfig {
    const result = parse(...input);
    assert.ok("names" in result, JSON.stringify(result));
    return result;
}

/** The problems of values. Fails if they are valid. */
export function problems(...input: Parameters<typeof parse>): readonly ConfigProblem[] {
    const result = parse(...input);
    assert.ok(!("names" in result), "no problem was found");
    return result;
}
