import {
    type APIGatewayClient,
    CreateRestApiCommand,
    type CreateRestApiCommandInput,
    DeleteRestApiCommand,
    GetResourcesCommand,
    GetRestApiCommand,
    GetTagsCommand,
    type PatchOperation,
    PutRestApiCommand,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateRestApiCommand,
} from "@aws-sdk/client-api-gateway";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, goneKeys, named, type Properties, tagMap, withoutDefaults } from "./entry.ts";

/** API Gateway's error for anything that does not exist. */
export const noSuchThing = "NotFoundException";

/** The path of an account's APIs. */
export interface ApiPlace {
    readonly region: string;
    account(): Promise<string>;
}

/**
 * REST APIs, from an OpenAPI document or without one. The document is put as a whole. API Gateway cannot return it
 * unchanged. A change outside of Pulumi in the described parts is not drift, as with Pulumi's own AWS plugin.
 */
export function restApiEntries(client: APIGatewayClient, { region, account }: ApiPlace): Record<string, AnyEntry> {
    const arnOf = (id: string) => `arn:aws:apigateway:${region}::/restapis/${id}`;
    return {
        "aws:apigateway/restApi:RestApi": entry<aws.apigateway.RestApiArgs>({
            properties: {
                name: "update",
                description: "update",
                body: "update",
                endpointConfiguration: "replace",
                minimumCompressionSize: "update",
                disableExecuteApiEndpoint: "update",
                failOnWarnings: "update",
                putRestApiMode: "update",
                tags: "update",
            },
            nested: ["endpointConfiguration.types"],
            async create(args) {
                const wanted: CreateRestApiCommandInput = {
                    name: named(args.name, "name"),
                    description: args.description,
                    endpointConfiguration: { types: (args.endpointConfiguration?.types ?? ["EDGE"]) as ["EDGE"] },
                    tags: tagMap(args.tags),
                };
                const { id = "" } = await client.send(new CreateRestApiCommand(wanted));
                await this.update(id, args, { ...args, body: undefined });
                return id;
            },
            async computed(restApiId) {
                const { items = [] } = await client.send(new GetResourcesCommand({ restApiId, limit: 500 }));
                return {
                    arn: arnOf(restApiId),
                    executionArn: `arn:aws:execute-api:${region}:${await account()}:${restApiId}`,
                    rootResourceId: items.find(({ path }) => path === "/")?.id,
                };
            },
            async read(restApiId, state) {
                const found = await unlessGone(client.send(new GetRestApiCommand({ restApiId })), noSuchThing);
                if (!found) {
                    return undefined;
                }
                const observed = {
                    name: found.name,
                    description: found.description,
                    endpointConfiguration: { types: found.endpointConfiguration?.types },
                    minimumCompressionSize:
                        found.minimumCompressionSize === undefined ? undefined : String(found.minimumCompressionSize),
                    disableExecuteApiEndpoint: found.disableExecuteApiEndpoint,
                };
                // The document decides where the program gives no argument.
                const said = Object.entries(observed).filter(([key]) => (state as Properties)[key] !== undefined);
                const tags = withoutDefaults({ tags: await tagsOf(client, arnOf(restApiId)) }, state as Properties, {
                    tags: {},
                });
                return { ...Object.fromEntries(said), ...tags };
            },
            async update(restApiId, args, olds) {
                if (args.body !== undefined && args.body !== olds.body) {
                    const mode = (args.putRestApiMode ?? "overwrite") as "overwrite";
                    const failOnWarnings = args.failOnWarnings ?? false;
                    const body = Buffer.from(args.body);
                    await client.send(new PutRestApiCommand({ restApiId, mode, failOnWarnings, body }));
                }
                const patchOperations = [
                    ...replaced("name", args.name),
                    ...replaced("description", args.description),
                    ...replaced("disableExecuteApiEndpoint", args.disableExecuteApiEndpoint),
                    ...(args.minimumCompressionSize !== olds.minimumCompressionSize ||
                    args.minimumCompressionSize !== undefined
                        ? [
                              {
                                  op: "replace" as const,
                                  path: "/minimumCompressionSize",
                                  value: args.minimumCompressionSize,
                              },
                          ]
                        : []),
                ];
                await client.send(new UpdateRestApiCommand({ restApiId, patchOperations }));
                await setTags(client, arnOf(restApiId), args.tags);
                return undefined;
            },
            async delete(restApiId) {
                await unlessGone(client.send(new DeleteRestApiCommand({ restApiId })), noSuchThing);
            },
        }),
    };
}

/** The patch that sets a member; empty where the program gives no argument. */
export const replaced = (name: string, value: string | number | boolean | undefined): PatchOperation[] =>
    value === undefined ? [] : [{ op: "replace", path: `/${name}`, value: String(value) }];

/** The tags of an API, a stage, a key or a usage plan. */
export async function tagsOf(client: APIGatewayClient, resourceArn: string): Promise<Record<string, string>> {
    return (await client.send(new GetTagsCommand({ resourceArn }))).tags ?? {};
}

/** Sets the tags of an API Gateway resource, and removes those that it no longer has. */
export async function setTags(
    client: APIGatewayClient,
    resourceArn: string,
    wanted: object | undefined,
): Promise<void> {
    const tagKeys = goneKeys(await tagsOf(client, resourceArn), wanted);
    if (tagKeys.length > 0) {
        await client.send(new UntagResourceCommand({ resourceArn, tagKeys }));
    }
    await client.send(new TagResourceCommand({ resourceArn, tags: tagMap(wanted) }));
}
