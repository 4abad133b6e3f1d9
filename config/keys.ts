import { accessKeys } from "./keys/access.ts";
import { costKeys } from "./keys/cost.ts";
import { dataKeys } from "./keys/data.ts";
import { servingKeys } from "./keys/serving.ts";
import { trainingKeys } from "./keys/training.ts";
import { type Key, text, type ValuesOf } from "./kinds.ts";

/**
 * The table of configuration keys, in the order of the documents. Parser, types, hints for unknown keys, Pulumi.yaml, the
 * lists of docs/configuration.md and the values of tests derive from it.
 */
export const keys = { ...dataKeys, ...trainingKeys, ...servingKeys, ...costKeys, ...accessKeys };

export type KeyName = keyof typeof keys;

/** The values of all keys, as `parseConfig` reads them. */
export type KeyValues = ValuesOf<typeof keys>;

/**
 * The rows of the table: keys, members after their key as `idle.hours`. The region comes first, and belongs to the namespace of
 * Pulumi's AWS plugin.
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
