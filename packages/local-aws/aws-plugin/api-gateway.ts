import * as apiGateway from "@aws-sdk/client-api-gateway";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, canonical, type Properties, tagMap } from "./entry.ts";
import { asItIs, memberOf, ownCalls, struct, value, withDefault } from "./kinds.ts";
import { resource, type Tagging } from "./resource.ts";

/** The mapping of property names and the not-found error, which are the same for all API Gateway resource types. */
export const ofApiGateway = { spelling: asItIs, gone: ["NotFoundException"] };

/** Region and account of the APIs. */
export interface ApiLocation {
    readonly region: string;
    account(): Promise<string>;
}

/**
 * Returns the plugin's resource type for REST APIs. The OpenAPI document, if an API has one, is sent as a whole with
 * PutRestApi. API Gateway cannot return the document unchanged. Therefore, as in Pulumi's AWS plugin, a change made
 * outside Pulumi to a part that the document describes is not reported as drift.
 */
export function restApiEntries(
    client: apiGateway.APIGatewayClient,
    { region, account }: ApiLocation,
): Record<string, AnyEntry> {
    const call = createSender(client);
    return {
        "aws:apigateway/restApi:RestApi": resource<aws.apigateway.RestApiArgs>({
            ...ofApiGateway,
            replace: { endpointConfiguration: withDefault({ types: ["EDGE"] }, struct({ types: value }, asItIs)) },
            update: {
                name: value,
                description: value,
                body: ownCalls,
                minimumCompressionSize: { from: String },
            },
            tags: apiTags(client),
            async outputs(restApiId) {
                const { items = [] } = await call(apiGateway.GetResourcesCommand)({ restApiId, limit: 500 });
                return {
                    arn: `arn:aws:apigateway:${region}::/restapis/${restApiId}`,
                    executionArn: `arn:aws:execute-api:${region}:${await account()}:${restApiId}`,
                    rootResourceId: items.find(({ path }) => path === "/")?.id,
                };
            },
            create: async ({ name, description, endpointConfiguration, tags }) =>
                (await call(apiGateway.CreateRestApiCommand)({ name, description, endpointConfiguration, tags })).id,
            settles: true,
            key: "restApiId",
            async get(key, _id, state) {
                const restApi = await call(apiGateway.GetRestApiCommand)(key);
                // Return only arguments that the program sets. The value of an omitted argument comes from the OpenAPI
                // document, and would look like drift.
                const given = Object.keys(state).filter((name) => name in restApi);
                return Object.fromEntries(given.map((name) => [name, memberOf(restApi, name)]));
            },
            async put(input, { key, args, olds, before }) {
                const isPut = args.body !== undefined && args.body !== olds.body;
                if (isPut) {
                    const put = { ...key, mode: "overwrite", failOnWarnings: false, body: Buffer.from(args.body) };
                    await call(apiGateway.PutRestApiCommand)(put);
                }
                // After PutRestApi, send all arguments again, because the document may have changed them. Do not reset
                // omitted arguments.
                const patchOperations = patches(isPut ? key : before, input).filter(({ op }) => op === "replace");
                if (olds.minimumCompressionSize !== undefined && args.minimumCompressionSize === undefined) {
                    patchOperations.push({ op: "replace", path: "/minimumCompressionSize" });
                }
                await patch(call(apiGateway.UpdateRestApiCommand), key, patchOperations);
            },
            delete: call(apiGateway.DeleteRestApiCommand),
        }),
    };
}

/** Returns the patch operations that change `before` to `after`. */
export function patches(before: Properties, after: Properties, path = ""): apiGateway.PatchOperation[] {
    const gone = Object.keys(before).filter((name) => after[name] === undefined);
    return [
        ...Object.entries(after).flatMap(([name, wanted]): apiGateway.PatchOperation[] => {
            if (canonical(wanted) === canonical(before[name])) return [];
            if (typeof wanted === "object") return patches(Object(before[name]), Object(wanted), `${path}/${name}`);
            return [{ op: "replace", path: `${path}/${name}`, value: String(wanted) }];
        }),
        ...gone.map((name) => ({ op: "remove" as const, path: `${path}/${name}` })),
    ];
}

type Call = (input: Properties) => Promise<unknown>;

/** Sends patch operations; does nothing for an empty list. */
export async function patch(call: Call, key: Properties, patchOperations: readonly object[]): Promise<void> {
    if (patchOperations.length > 0) await call({ ...key, patchOperations });
}

/** Returns a `put` function for a resource type, which sends patch operations for changed properties only. */
export const patching =
    (call: Call) => (input: Properties, change: { readonly key: Properties; readonly before: Properties }) =>
        patch(call, change.key, patches(change.before, input));

/** Tagging calls of an API, a stage, an API key or a usage plan. */
export function apiTags(client: apiGateway.APIGatewayClient): Tagging {
    const call = createSender(client);
    return {
        member: "tags",
        form: tagMap,
        list: async (resourceArn) => (await call(apiGateway.GetTagsCommand)({ resourceArn })).tags,
        add: (resourceArn, tags) => call(apiGateway.TagResourceCommand)({ resourceArn, tags }),
        remove: (resourceArn, tagKeys) => call(apiGateway.UntagResourceCommand)({ resourceArn, tagKeys }),
    };
}
