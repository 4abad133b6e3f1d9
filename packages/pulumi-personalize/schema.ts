import * as sdk from "@aws-sdk/client-personalize";
import { dataset } from "./dataset.ts";
import { goneOrThrow } from "./remove.ts";
import { type CommonInputs, firstNamed, nameProblems, type ResourceKind, requireArn } from "./resource.ts";

export interface SchemaInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /** Avro record as JSON text. */
    readonly schema: string;
    /** Domain of the dataset groups whose datasets use the schema. Default: none. */
    readonly domain?: "ECOMMERCE" | "VIDEO_ON_DEMAND";
}

/**
 * A schema. Its name identifies it; a change of name, text or domain replaces it. It is available immediately after its
 * creation, and has no tags and no status.
 */
export const schema: ResourceKind<SchemaInputs> = {
    noun: "schema",
    usual: "a moment",
    deadlineMinutes: 30,
    replaces: ["region", "name", "schema", "domain"],
    updates: [],
    identity: ["region", "name"],
    taggable: false,
    displayName: ({ name }) => name,
    problems: ({ name }) => nameProblems(name),
    find: async (client, { name }) =>
        (await firstNamed(sdk.paginateListSchemas({ client }, {}), "schemas", name))?.schemaArn,
    async create(client, inputs) {
        const { name, schema, domain } = inputs;
        return requireArn((await client.send(new sdk.CreateSchemaCommand({ name, schema, domain }))).schemaArn);
    },
    async describe(client, schemaArn) {
        const { schema: description } = await client.send(new sdk.DescribeSchemaCommand({ schemaArn }));
        return {
            status: "ACTIVE",
            since: description?.lastUpdatedDateTime,
            properties: { name: description?.name, schema: description?.schema, domain: description?.domain },
        };
    },
    isShared: true,
    /** Yields the datasets of the account that use the schema. */
    async *dependents(client, schemaArn) {
        for await (const { datasets = [] } of sdk.paginateListDatasets({ client }, {})) {
            for (const { datasetArn = "" } of datasets) {
                const described = await client.send(new sdk.DescribeDatasetCommand({ datasetArn })).catch(goneOrThrow);
                if (described?.dataset?.schemaArn === schemaArn) yield [dataset, datasetArn] as const;
            }
        }
    },
    delete: (client, schemaArn) => client.send(new sdk.DeleteSchemaCommand({ schemaArn })),
};
