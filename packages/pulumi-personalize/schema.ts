import {
    CreateSchemaCommand,
    DeleteSchemaCommand,
    DescribeDatasetCommand,
    DescribeSchemaCommand,
    paginateListDatasets,
    paginateListSchemas,
} from "@aws-sdk/client-personalize";
import { dataset } from "./dataset.ts";
import { goneOrThrow } from "./remove.ts";
import { type CommonInputs, firstMatch, nameProblems, type ResourceKind, requireArn } from "./resource.ts";

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
    problems: ({ name }) => nameProblems("name", name),
    async find(client, { name }) {
        const match = await firstMatch(paginateListSchemas({ client }, {}), "schemas", (one) => one.name === name);
        return match?.schemaArn;
    },
    async create(client, inputs) {
        const { name, schema, domain } = inputs;
        return requireArn((await client.send(new CreateSchemaCommand({ name, schema, domain }))).schemaArn);
    },
    async describe(client, schemaArn) {
        const { schema: description } = await client.send(new DescribeSchemaCommand({ schemaArn }));
        return {
            status: "ACTIVE",
            since: description?.lastUpdatedDateTime,
            properties: { name: description?.name, schema: description?.schema, domain: description?.domain },
        };
    },
    isShared: true,
    /** Yields the datasets of the account that use the schema. */
    async *dependents(client, schemaArn) {
        for await (const { datasets = [] } of paginateListDatasets({ client }, {})) {
            for (const { datasetArn = "" } of datasets) {
                const described = await client.send(new DescribeDatasetCommand({ datasetArn })).catch(goneOrThrow);
                if (described?.dataset?.schemaArn === schemaArn) yield [dataset, datasetArn] as const;
            }
        }
    },
    async delete(client, schemaArn) {
        await client.send(new DeleteSchemaCommand({ schemaArn }));
    },
};
