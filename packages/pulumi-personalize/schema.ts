import {
    CreateSchemaCommand,
    DeleteSchemaCommand,
    DescribeSchemaCommand,
    paginateListSchemas,
} from "@aws-sdk/client-personalize";
import { arnIn, type CommonInputs, firstMatch, nameProblems, type ResourceKind } from "./resource.ts";

export interface SchemaInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /** Avro record as JSON text. */
    readonly schema: string;
}

/** A schema, which its name and text identify. It is available at once, and has no tags and no status. */
export const schema: ResourceKind<SchemaInputs> = {
    noun: "schema",
    usual: "a moment",
    deadlineMinutes: 30,
    replaces: ["region", "name", "schema"],
    updates: [],
    identity: ["region", "name"],
    taggable: false,
    displayName: ({ name }) => name,
    problems: ({ name }) => nameProblems("name", name),
    async find(client, { name }) {
        const pages = paginateListSchemas({ client }, {});
        const found = await firstMatch(
            pages,
            (page) => page.schemas,
            (candidate) => candidate.name === name,
        );
        return found?.schemaArn;
    },
    async create(client, inputs) {
        const { schemaArn } = await client.send(new CreateSchemaCommand({ name: inputs.name, schema: inputs.schema }));
        return arnIn(schemaArn);
    },
    async describe(client, schemaArn) {
        const { schema: found } = await client.send(new DescribeSchemaCommand({ schemaArn }));
        return {
            status: "ACTIVE",
            since: found?.lastUpdatedDateTime,
            properties: { name: found?.name, schema: found?.schema },
        };
    },
    async delete(client, schemaArn) {
        await client.send(new DeleteSchemaCommand({ schemaArn }));
    },
};
