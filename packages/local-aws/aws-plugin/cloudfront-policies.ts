import {
    type CachePolicyConfig,
    type CloudFrontClient,
    CreateCachePolicyCommand,
    CreateOriginAccessControlCommand,
    CreateResponseHeadersPolicyCommand,
    DeleteCachePolicyCommand,
    DeleteOriginAccessControlCommand,
    DeleteResponseHeadersPolicyCommand,
    GetCachePolicyCommand,
    GetOriginAccessControlCommand,
    GetResponseHeadersPolicyCommand,
    ListCachePoliciesCommand,
    ListOriginAccessControlsCommand,
    ListResponseHeadersPoliciesCommand,
    type OriginAccessControlConfig,
    type ResponseHeadersPolicyConfig,
    UpdateCachePolicyCommand,
    UpdateOriginAccessControlCommand,
    UpdateResponseHeadersPolicyCommand,
} from "@aws-sdk/client-cloudfront";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { cachingOf, responseHeadersOf } from "./cloudfront-config.ts";
import { type AnyEntry, covers, entry, named, type Properties, type Resolved } from "./entry.ts";

interface Found<C> {
    readonly id: string;
    readonly etag: string | undefined;
    readonly config: C;
}

/** CloudFront's calls for one kind of policy; each update and delete names the version that it knows. */
interface Kind<A, C> {
    readonly properties: { readonly [K in keyof A]?: "replace" | "update" };
    readonly nested: readonly string[];
    /** The kind's part of a policy's ARN, such as `cache-policy`. */
    readonly noun: string;
    /** The configuration in CloudFront's form. */
    config(args: Resolved<A>): C;
    get(id: string): Promise<Found<C> | undefined>;
    /** The account's own policy of that name; a name is unique. */
    idOf(name: string): Promise<string | undefined>;
    create(config: C): Promise<string | undefined>;
    update(id: string, etag: string | undefined, config: C): Promise<unknown>;
    delete(id: string, etag: string | undefined): Promise<unknown>;
}

/** Access of distributions to buckets, and their policies for caching, forwarding and response headers. */
export function edgePolicyEntries(client: CloudFrontClient, account: () => Promise<string>): Record<string, AnyEntry> {
    function kept<A extends { name?: unknown }, C extends object>(kind: Kind<A, C>): AnyEntry {
        const computedOf = async (id: string) => ({
            arn: `arn:aws:cloudfront::${await account()}:${kind.noun}/${id}`,
            etag: (await kind.get(id))?.etag,
        });
        return entry<A>({
            volatile: ["etag"],
            properties: kind.properties,
            nested: kind.nested,
            async create(args) {
                named(args.name as string | undefined, "name");
                return (await kind.create(kind.config(args))) ?? "";
            },
            computed: computedOf,
            async read(id, state) {
                const found = await kind.get(id);
                if (!found) {
                    return undefined;
                }
                if (Object.keys(state).length === 0) {
                    return argumentsOf(found.config, [...Object.keys(kind.properties), ...kind.nested]) as Properties;
                }
                const wanted = kind.config(state) as Properties;
                const has = found.config as Properties;
                const differing = Object.keys(wanted).filter((key) => !covers(wanted[key], has[key]));
                const properties = differing.map((key) => propertyOf(kind.properties as object, key));
                return {
                    etag: found.etag,
                    ...Object.fromEntries(properties.map((property, at) => [property, has[differing[at] ?? ""] ?? ""])),
                };
            },
            async update(id, args) {
                const etag = (await kind.get(id))?.etag;
                await kind.update(id, etag, kind.config(args));
                return computedOf(id);
            },
            async delete(id) {
                const found = await kind.get(id);
                if (found) {
                    await kind.delete(id, found.etag);
                }
            },
        });
    }
    return {
        "aws:cloudfront/originAccessControl:OriginAccessControl": kept<
            aws.cloudfront.OriginAccessControlArgs,
            OriginAccessControlConfig
        >({
            properties: {
                name: "update",
                description: "update",
                originAccessControlOriginType: "update",
                signingBehavior: "update",
                signingProtocol: "update",
            },
            nested: [],
            noun: "origin-access-control",
            config: (args) => ({
                Name: args.name ?? "",
                Description: args.description ?? "",
                OriginAccessControlOriginType: args.originAccessControlOriginType as "s3",
                SigningBehavior: args.signingBehavior as "always",
                SigningProtocol: args.signingProtocol as "sigv4",
            }),
            async get(Id) {
                const command = new GetOriginAccessControlCommand({ Id });
                const found = await unlessGone(client.send(command), "NoSuchOriginAccessControl");
                const config = found?.OriginAccessControl?.OriginAccessControlConfig;
                return config && { id: Id, etag: found?.ETag, config };
            },
            async idOf(name) {
                const { OriginAccessControlList: list } = await client.send(new ListOriginAccessControlsCommand({}));
                return list?.Items?.find(({ Name }) => Name === name)?.Id;
            },
            async create(config) {
                const command = new CreateOriginAccessControlCommand({ OriginAccessControlConfig: config });
                return (await client.send(command)).OriginAccessControl?.Id;
            },
            update: (Id, IfMatch, config) =>
                client.send(new UpdateOriginAccessControlCommand({ Id, IfMatch, OriginAccessControlConfig: config })),
            delete: (Id, IfMatch) => client.send(new DeleteOriginAccessControlCommand({ Id, IfMatch })),
        }),

        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": kept<
            aws.cloudfront.ResponseHeadersPolicyArgs,
            ResponseHeadersPolicyConfig
        >({
            properties: {
                name: "update",
                comment: "update",
                securityHeadersConfig: "update",
                customHeadersConfig: "update",
            },
            nested: [
                ...["contentSecurityPolicy", "override"].map((key) => `contentSecurityPolicy.${key}`),
                "contentTypeOptions.override",
                ...["frameOption", "override"].map((key) => `frameOptions.${key}`),
                ...["referrerPolicy", "override"].map((key) => `referrerPolicy.${key}`),
                ...["accessControlMaxAgeSec", "includeSubdomains", "override", "preload"].map(
                    (key) => `strictTransportSecurity.${key}`,
                ),
                ...["modeBlock", "override", "protection", "reportUri"].map((key) => `xssProtection.${key}`),
            ]
                .map((path) => `securityHeadersConfig.${path}`)
                .concat(["header", "override", "value"].map((key) => `customHeadersConfig.items.${key}`)),
            noun: "response-headers-policy",
            config: responseHeadersOf,
            async get(Id) {
                const command = new GetResponseHeadersPolicyCommand({ Id });
                const found = await unlessGone(client.send(command), "NoSuchResponseHeadersPolicy");
                const config = found?.ResponseHeadersPolicy?.ResponseHeadersPolicyConfig;
                return config && { id: Id, etag: found?.ETag, config };
            },
            async idOf(name) {
                const command = new ListResponseHeadersPoliciesCommand({ Type: "custom" });
                const { ResponseHeadersPolicyList: list } = await client.send(command);
                const policies = list?.Items?.map(({ ResponseHeadersPolicy: policy }) => policy);
                return policies?.find((policy) => policy?.ResponseHeadersPolicyConfig?.Name === name)?.Id;
            },
            async create(config) {
                const command = new CreateResponseHeadersPolicyCommand({ ResponseHeadersPolicyConfig: config });
                return (await client.send(command)).ResponseHeadersPolicy?.Id;
            },
            update: (Id, IfMatch, config) =>
                client.send(
                    new UpdateResponseHeadersPolicyCommand({ Id, IfMatch, ResponseHeadersPolicyConfig: config }),
                ),
            delete: (Id, IfMatch) => client.send(new DeleteResponseHeadersPolicyCommand({ Id, IfMatch })),
        }),

        "aws:cloudfront/cachePolicy:CachePolicy": kept<aws.cloudfront.CachePolicyArgs, CachePolicyConfig>({
            properties: {
                name: "update",
                comment: "update",
                defaultTtl: "update",
                maxTtl: "update",
                minTtl: "update",
                parametersInCacheKeyAndForwardedToOrigin: "update",
            },
            nested: [
                ...["enableAcceptEncodingBrotli", "enableAcceptEncodingGzip"],
                ...["cookiesConfig.cookieBehavior", "cookiesConfig.cookies.items"],
                ...["headersConfig.headerBehavior", "headersConfig.headers.items"],
                ...["queryStringsConfig.queryStringBehavior", "queryStringsConfig.queryStrings.items"],
            ].map((path) => `parametersInCacheKeyAndForwardedToOrigin.${path}`),
            noun: "cache-policy",
            config: cachingOf,
            async get(Id) {
                const found = await unlessGone(client.send(new GetCachePolicyCommand({ Id })), "NoSuchCachePolicy");
                const config = found?.CachePolicy?.CachePolicyConfig;
                return config && { id: Id, etag: found?.ETag, config };
            },
            async idOf(name) {
                const { CachePolicyList: list } = await client.send(new ListCachePoliciesCommand({ Type: "custom" }));
                const policies = list?.Items?.map(({ CachePolicy: policy }) => policy);
                return policies?.find((policy) => policy?.CachePolicyConfig?.Name === name)?.Id;
            },
            create: async (config) =>
                (await client.send(new CreateCachePolicyCommand({ CachePolicyConfig: config }))).CachePolicy?.Id,
            update: (Id, IfMatch, config) =>
                client.send(new UpdateCachePolicyCommand({ Id, IfMatch, CachePolicyConfig: config })),
            delete: (Id, IfMatch) => client.send(new DeleteCachePolicyCommand({ Id, IfMatch })),
        }),
    };
}

/** The arguments with these paths in CloudFront's form: `DefaultTTL` is `defaultTtl`. */
function argumentsOf(config: unknown, paths: readonly string[]): unknown {
    if (Array.isArray(config)) {
        return config.map((each) => argumentsOf(each, paths));
    }
    if (config === null || typeof config !== "object") {
        return config;
    }
    const members = Object.entries(config).flatMap(([key, inner]) => {
        const under = paths
            .map((path) => path.split("."))
            .filter(([name]) => name?.toLowerCase() === key.toLowerCase());
        const rest = under.map(([, ...names]) => names.join(".")).filter((path) => path !== "");
        return under[0] ? [[under[0][0], argumentsOf(inner, rest)]] : [];
    });
    return Object.fromEntries(members);
}

/** The argument for a member of CloudFront's configuration: `DefaultTTL` is `defaultTtl`. */
function propertyOf(properties: object, key: string): string {
    return Object.keys(properties).find((name) => name.toLowerCase() === key.toLowerCase()) ?? key;
}
