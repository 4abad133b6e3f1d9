import { existsSync, readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
import * as aws from "@pulumi/aws";
import { regionalArn } from "policy-evaluator";
import { isLeaving, kinds } from "pulumi-personalize/core";
import { isNotFound } from "pulumi-personalize/errors";
import { messageOf } from "terminal-text";
import type { ConfigProblem, StackConfig } from "../../core/config/config.ts";
import { filterFieldProblems } from "../../core/config/filter-fields.ts";
import { nameInArn } from "../../core/operations/operation.ts";
import { schemaPath } from "../../data-prep/files.ts";
import { boundaryProblem, keyProblem, warnUnread } from "./existing-resources.ts";
import { identityProblem } from "./identity.ts";
import { fileProblem, refuse } from "./load-config.ts";
import { ProgramError, warn } from "./messages.ts";

/**
 * Rejects at preview what AWS would reject in the middle of `up`: filters on missing fields, changes of a schema other
 * than additional columns, new solutions with AutoML or a legacy recipe, a permissions boundary or KMS key that does not
 * exist, access logs without the account's log role, and two identities.
 *
 * @param interactionsSchema Avro schema of the interactions, as text
 * @throws ProgramError with every problem and its configuration key
 */
export async function refuseEarly(config: StackConfig, interactionsSchema: string): Promise<void> {
    const { items, users } = config.metadataFiles;
    const files = [fileProblem("itemsFile", items) ?? [], fileProblem("usersFile", users) ?? []].flat();
    refuse(files);
    const fieldsOf = (schema: string) => parseFields(schema).map(({ name }) => name);
    const filters =
        // Do not check the filters of an adopted dataset group, because it may have datasets that the configuration
        // does not name.
        config.adopt.datasetGroup === undefined
            ? filterFieldProblems(expressionsOf(config), {
                  Interactions: fieldsOf(interactionsSchema),
                  Items: items === undefined ? undefined : fieldsOf(schemaBeside(items, "ITEMS")),
                  Users: users === undefined ? undefined : fieldsOf(schemaBeside(users, "USERS")),
              })
            : [];
    const others = [
        schemaProblem(config, "ITEMS"),
        schemaProblem(config, "USERS"),
        legacyProblem(config),
        boundaryProblem(config),
        keyProblem(config),
        logRoleProblem(config),
        identityProblem(config),
    ];
    refuse([...filters, ...(await Promise.all(others)).filter((problem) => problem !== undefined)]);
}

/** Returns the expressions of filters and promotions by the path of their configuration key. */
const expressionsOf = ({ filters, promotions }: StackConfig): Readonly<Record<string, string>> =>
    Object.fromEntries([
        ...Object.entries(filters).map(([name, expression]) => [`filters.${name}`, expression]),
        ...Object.entries(promotions).map(([name, { filter }]) => [`promotions.${name}.filter`, filter]),
    ]);

/**
 * Returns the problem of a solution that `up` would create with AutoML or a legacy recipe (Developer Guide, "Legacy HRNN
 * recipes"). A deployed solution keeps its recipe.
 */
async function legacyProblem(config: StackConfig): Promise<ConfigProblem | undefined> {
    const { recipe, performAutoML, names, adopt, region } = config;
    if (!performAutoML && recipe !== "aws-hrnn") return undefined;
    const [{ PersonalizeClient }, arnOf] = await Promise.all([
        import("@aws-sdk/client-personalize"),
        stackArns(region),
    ]);
    const group = adopt.datasetGroup ?? arnOf(`dataset-group/${names.datasetGroup}`);
    const arn = adopt.solution ?? arnOf(`solution/${names.solution}`);
    try {
        const { status, properties } = await kinds.Solution.describe(new PersonalizeClient({ region }), arn);
        const isDeployed =
            !isLeaving(status) &&
            properties.datasetGroupArn === group &&
            (performAutoML ? properties.performAutoML === true : nameInArn(String(properties.recipeArn)) === recipe);
        if (isDeployed) return undefined;
    } catch (error) {
        if (!isNotFound(error)) return warnUnread(`solution ${arn}`, error);
    }
    const which = performAutoML ? "is true, and AutoML uses legacy recipes" : `is "${recipe}", a legacy recipe`;
    const reason =
        `${which}, with which AWS creates no new solutions. Run \`pulumi config set recipe aws-user-personalization\` ` +
        `(or aws-user-personalization-v2)${performAutoML ? " and `pulumi config rm performAutoML`" : ""}`;
    return { path: performAutoML ? "performAutoML" : "recipe", reason };
}

/** Returns a function that returns the ARN of a Personalize resource in the caller's account. */
async function stackArns(region: string) {
    const [{ accountId }, { partition }] = await Promise.all([aws.getCallerIdentity(), aws.getPartition()]);
    return (tail: string) => regionalArn({ partition, region, accountId }, "personalize", tail);
}

/** Compares the schema of items or users with the schema of the stack's dataset. */
async function schemaProblem(
    { metadataFiles, names, adopt, region }: StackConfig,
    datasetType: "ITEMS" | "USERS",
): Promise<ConfigProblem | undefined> {
    const kind = datasetType === "ITEMS" ? "items" : "users";
    const file = metadataFiles[kind];
    if (file === undefined) return undefined;
    const { DescribeDatasetCommand, DescribeSchemaCommand, PersonalizeClient } = await import(
        "@aws-sdk/client-personalize"
    );
    const arnOf = await stackArns(region);
    const group = adopt.datasetGroup?.split("/").at(-1) ?? names.datasetGroup;
    const datasetArn = arnOf(`dataset/${group}/${datasetType}`);
    const client = new PersonalizeClient({ region });
    try {
        const { dataset } = await client.send(new DescribeDatasetCommand({ datasetArn }));
        const { schema } = await client.send(new DescribeSchemaCommand({ schemaArn: dataset?.schemaArn }));
        const fault = schemaChangeFault(schema?.schema ?? "", schemaBeside(file, datasetType));
        if (fault === undefined) return undefined;
        const reason =
            `is "${file}", and its schema ${fault}. Personalize accepts only additional columns that can be null. ` +
            "Correct the file, or see docs/configuration.md#changes-of-a-schema";
        return { path: `${kind}File`, reason };
    } catch (error) {
        if (!isNotFound(error)) warn(`${datasetArn} could not be compared with ${file}: ${messageOf(error)}`);
        return undefined;
    }
}

async function logRoleProblem({ api, apiAccessLogs, region }: StackConfig): Promise<ConfigProblem | undefined> {
    if (!api || !apiAccessLogs) return undefined;
    const { APIGatewayClient, GetAccountCommand } = await import("@aws-sdk/client-api-gateway");
    try {
        const { cloudwatchRoleArn } = await new APIGatewayClient({ region }).send(new GetAccountCommand({}));
        const reason =
            `is true, but API Gateway has no role for logs in this account and ${region}. An administrator creates it once: ` +
            "docs/observability.md#the-access-log. Or: `pulumi config set apiAccessLogs false`";
        return cloudwatchRoleArn ? undefined : { path: "apiAccessLogs", reason };
    } catch (error) {
        return warnUnread("apiAccessLogs: API Gateway's log role", error);
    }
}

interface Field {
    readonly name: string;
    readonly type: unknown;
}

const parseFields = (schema: string) => (JSON.parse(schema) as { readonly fields: readonly Field[] }).fields;

/**
 * Returns why Personalize rejects a change of an Items or Users schema, as the rest of a sentence after "its schema";
 * undefined if it accepts the change. The new schema may only add fields that can be null (Developer Guide, "Replacing
 * a dataset's schema").
 *
 * @param before Avro schema of the dataset, as text
 * @param after new Avro schema, as text
 */
export function schemaChangeFault(before: string, after: string): string | undefined {
    const added = new Map(parseFields(after).map((field) => [field.name, field]));
    for (const { name, type } of parseFields(before)) {
        const kept = added.get(name);
        if (kept === undefined) return `lacks column ${name} of the stack's dataset`;
        if (!isDeepStrictEqual(kept.type, type)) return `changes the type of column ${name}`;
        added.delete(name);
    }
    const required = [...added.values()].find(({ type }) => !Array.isArray(type) || !type.includes("null"));
    return required && `adds column ${required.name}, which cannot be null`;
}

/**
 * Reads the Avro schema of a CSV of items or users, as text for Personalize: that of `data/items.csv` is in
 * `data/items.schema.json`.
 *
 * @throws ProgramError if the schema is missing or has another type (Developer Guide, "Schemas")
 */
export function schemaBeside(csvPath: string, datasetType: "ITEMS" | "USERS"): string {
    const path = schemaPath(csvPath);
    const idField = datasetType === "ITEMS" ? "ITEM_ID" : "USER_ID";
    if (!existsSync(path)) {
        throw new ProgramError(`${csvPath} needs its Avro schema in ${path}. docs/data.md shows an example.`);
    }
    const schema = parse(readFileSync(path, "utf8")) as { fields?: { name?: string }[] } | undefined;
    if (!Array.isArray(schema?.fields) || !schema.fields.some(({ name }) => name === idField)) {
        throw new ProgramError(`${path} is not an Avro record with a field ${idField}. docs/data.md shows an example.`);
    }
    return JSON.stringify(schema);
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
