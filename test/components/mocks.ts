import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import * as pulumi from "@pulumi/pulumi";

export const tags = { "pulumi:project": "movie-recommender", "pulumi:stack": "dev" };

/** Every resource that the components asked the engine for since `useMocks` was last called. */
export const made: pulumi.runtime.MockResourceArgs[] = [];

export const value = <T>(output: pulumi.Output<T>) => new Promise<T>((resolve) => output.apply(resolve));

/** Replaces the engine: accepts every resource, and answers an id and an ARN made of its name. */
export async function useMocks(): Promise<void> {
    made.splice(0);
    await pulumi.runtime.setMocks(
        {
            async newResource(args) {
                // Delay the import, so that Pulumi creates a resource that does not wait for the import before it.
                if (args.type.endsWith(":DatasetImportJob")) await sleep(20);
                made.push(args);
                const named = args.inputs.bucket ?? args.inputs.name ?? args.name;
                return { id: args.custom ? `${named}` : "", state: { ...args.inputs, arn: `arn:of:${named}` } };
            },
            call: ({ inputs }) => inputs,
        },
        "movie-recommender",
        "dev",
        false,
    );
}

/** Ends when the engine has nothing more to be asked for; the mocks are used up by it. */
export const settled = () => pulumi.runtime.disconnect();

export const typesAndNames = () => made.map(({ type, name }) => `${type} ${name}`).sort();

/** The inputs of the one resource whose type ends with `type`. */
export function inputsOf(type: string) {
    const found = made.filter((args) => args.type.endsWith(`:${type}`));
    assert.equal(found.length, 1, `${found.length} resources of type ${type}`);
    return found[0]?.inputs;
}

/** The inputs of the resource of a type and a name. */
export const inputsOfNamed = (type: string, name: string) =>
    made.find((args) => args.type.endsWith(`:${type}`) && args.name === name)?.inputs;

/** The Avro schema of a dataset of that id and one column. */
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
