import assert from "node:assert/strict";
import { parseConfig, type StackConfig } from "../../config/config.ts";
import type { ConfigProblem } from "../../config/values.ts";
import { configDefaults } from "../support/config-defaults.ts";

const stack = { project: "movie-recommender", stack: "dev", region: "eu-central-1", keys: [], secretKeys: [] };

/** Parses values beside the defaults of Pulumi.yaml. */
export const parse = (values: Record<string, string> = {}, more: Partial<Parameters<typeof parseConfig>[1]> = {}) =>
    parseConfig((key) => ({ ...configDefaults, ...values })[key], { ...stack, ...more });

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
