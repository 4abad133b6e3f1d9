import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

export const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "dev" };

/** All resources that the components have declared since the last call of `useMocks`. */
export const declaredResources: pulumi.runtime.MockResourceArgs[] = [];

export const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

/** Replaces the Pulumi engine: accepts every resource, and returns an id and an ARN derived from its name. */
export async function useMocks(): Promise<void> {
    declaredResources.splice(0);
    await pulumi.runtime.setMocks(
        {
            async newResource(args) {
                // Delay the import. If a resource does not wait for the import, Pulumi then creates the resource first,
                // which a test can detect.
                if (args.type.endsWith(":DatasetImportJob")) await sleep(20);
                declaredResources.push(args);
                const named = args.inputs.bucket ?? args.inputs.name ?? args.name;
                return { id: args.custom ? `${named}` : "", state: { ...args.inputs, arn: `arn:of:${named}` } };
            },
            call: ({ token, inputs }) =>
                token.endsWith(":getCallerIdentity") ? { accountId: "111122223333" } : inputs,
        },
        "movie-recommender",
        "dev",
        false,
    );
}

/** Waits until all resources are declared. Afterwards, the mocks cannot be used again. */
export const settled = () => pulumi.runtime.disconnect();

export const typesAndNames = () => declaredResources.map(({ type, name }) => `${type} ${name}`).sort();

/** Returns the inputs of the only resource whose type ends with `type`. */
export function requireInputs(type: string) {
    const matches = declaredResources.filter((args) => args.type.endsWith(`:${type}`));
    assert.equal(matches.length, 1, `${matches.length} resources of type ${type}`);
    return matches[0]?.inputs;
}

/** Returns the inputs of the resource with this type and name. */
export const inputsOfNamed = (type: string, name: string) =>
    declaredResources.find((args) => args.type.endsWith(`:${type}`) && args.name === name)?.inputs;

/** Returns the Avro schema of a dataset with this id column and one other column. */
export const schemaText = (name: string, idField: string) =>
    JSON.stringify({
        type: "record",
        name,
        namespace: "com.amazonaws.personalize.schema",
        fields: [
            { name: idField, type: "string" },
            { name: "KIND", type: ["null", "string"] },
        ],
        version: "1.0",
    });
