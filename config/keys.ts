import { accessKeys } from "./keys/access.ts";
import { costKeys } from "./keys/cost.ts";
import { dataKeys } from "./keys/data.ts";
import { servingKeys } from "./keys/serving.ts";
import { trainingKeys } from "./keys/training.ts";
import { type Key, text } from "./kinds.ts";

/**
 * The table of configuration keys, in the order of the documents. Parser, types, hints for unknown keys, Pulumi.yaml, the
 * tables of docs/configuration.md and the values of tests derive from it.
 */
export const keys = { ...dataKeys, ...trainingKeys, ...servingKeys, ...costKeys, ...accessKeys };

export type KeyName = keyof typeof keys;

/** The values of all keys, as `parseConfig` reads them. */
export type KeyValues = {
    readonly [Name in KeyName]: (typeof keys)[Name] extends Key<infer T> ? T : never;
};

/** The rows of the table, with the region, which belongs to the namespace of Pulumi's AWS plugin. */
export const rows: readonly (readonly [name: string, key: Omit<Key<unknown>, "read">])[] = [
    [
        "aws:region",
        text("eu-central-1", {
            description: "AWS region of all resources",
            effect: "refused while the stack has resources: run `pulumi destroy` first",
        }),
    ],
    ...Object.entries(keys),
];
