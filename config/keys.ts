import { accessKeys } from "./keys/access.ts";
import { costKeys } from "./keys/cost.ts";
import { dataKeys } from "./keys/data.ts";
import { servingKeys } from "./keys/serving.ts";
import { trainingKeys } from "./keys/training.ts";
import { type Key, text, type ValuesOf } from "./kinds.ts";

/**
 * The table of configuration keys, in the order of the documents. The parser, the types, the hints for unknown keys,
 * Pulumi.yaml, the lists of docs/configuration.md and the test values are derived from this table.
 */
export const keys = { ...dataKeys, ...trainingKeys, ...servingKeys, ...costKeys, ...accessKeys };

export type KeyName = keyof typeof keys;

/** The values of all keys, as `parseConfig` reads them. */
export type KeyValues = ValuesOf<typeof keys>;

/**
 * The rows of the table: each key, followed by its members, for example `idle.hours`. The first row is the region, a
 * key of Pulumi's AWS plugin.
 */
export const rows: readonly (readonly [name: string, key: Key<unknown>])[] = [
    [
        "aws:region",
        text("eu-central-1", {
            description: "AWS region of all resources",
            effect: "refused while the stack has resources: run `pulumi destroy` first",
        }),
    ],
    ...Object.entries(keys).flatMap(([name, key]): [string, Key<unknown>][] => [
        [name, key],
        ...Object.entries(key.members ?? {}).map(([member, one]): [string, Key<unknown>] => [`${name}.${member}`, one]),
    ]),
];
