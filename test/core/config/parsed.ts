import assert from "node:assert/strict";
import { type ConfigProblem, parseConfig, type StackConfig } from "../../../core/config/config.ts";

const stack = { project: "movie-recommender", stack: "dev", region: "eu-central-1", keys: [], secretKeys: [] };

/** Parses a configuration with these values; all other keys have their defaults. */
export const parse = (values: Record<string, string> = {}, more: Partial<Parameters<typeof parseConfig>[1]> = {}) =>
    parseConfig((key) => values[key], { ...stack, ...more });

/** Returns the parsed configuration. Fails if the values are invalid. */
export function good(...input: Parameters<typeof parse>): StackConfig {
    const result = parse(...input);
    assert.ok("names" in result, JSON.stringify(result));
    return result;
}

/** Returns the problems of the values. Fails if the values are valid. */
export function problems(...input: Parameters<typeof parse>): readonly ConfigProblem[] {
    const result = parse(...input);
    assert.ok(!("names" in result), "no problem was found");
    return result;
}
