import * as cloudFront from "@aws-sdk/client-cloudfront";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import type { AnyEntry, Properties } from "./entry.ts";
import { counted, type Kind, type Kinds, list, memberAt, memberOf, struct, value, withDefault } from "./kinds.ts";
import { resource } from "./resource.ts";

/** CloudFront's calls for one policy type. */
interface PolicyCalls {
    /** The policy type in operation names, such as `CachePolicy`. */
    readonly name: string;
    /** The policy type in ARNs, such as `cache-policy`. */
    readonly noun: string;
    create(input: Properties): Promise<object>;
    get(key: Properties): Promise<object>;
    update(input: Properties): Promise<unknown>;
    delete(key: Properties): Promise<unknown>;
}

/**
 * Returns the plugin's resource types for origin access controls, and for policies for caching, origin requests and
 * response headers.
 */
export function edgePolicyEntries(
    client: cloudFront.CloudFrontClient,
    account: () => Promise<string>,
): Record<string, AnyEntry> {
    const call = createSender(client);
    /**
     * Returns the plugin's resource type for one type of CloudFront policy. Updates and deletes send the ETag of the
     * current version, as CloudFront requires.
     */
    function policy<A>(update: { readonly [K in keyof A]?: Kind }, { name, noun, ...calls }: PolicyCalls): AnyEntry {
        const config = `${name}Config`;
        async function get(key: Properties) {
            const response = await calls.get(key);
            return {
                ...Object(memberOf(memberOf(response, name), config)),
                IfMatch: memberOf(response, "ETag"),
                arn: `arn:aws:cloudfront::${await account()}:${noun}/${key.Id}`,
            };
        }
        const version = async (key: Properties) => ({ ...key, IfMatch: (await get(key)).IfMatch });
        return resource<A>({
            volatile: ["etag"],
            update,
            outputs: { arn: memberAt("arn"), etag: memberAt("IfMatch") },
            gone: [`NoSuch${name}`],
            create: async (input) => String(memberOf(memberOf(await calls.create({ [config]: input }), name), "Id")),
            key: "Id",
            get,
            put: async ({ Id, ...input }) => calls.update({ ...(await version({ Id })), [config]: input }),
            delete: async (key) => calls.delete(await version(key)),
        });
    }
    return {
        "aws:cloudfront/originAccessControl:OriginAccessControl": policy<aws.cloudfront.OriginAccessControlArgs>(
            {
                name: value,
                description: withDefault(""),
                originAccessControlOriginType: value,
                signingBehavior: value,
                signingProtocol: value,
            },
            {
                name: "OriginAccessControl",
                noun: "origin-access-control",
                create: call(cloudFront.CreateOriginAccessControlCommand),
                get: call(cloudFront.GetOriginAccessControlCommand),
                update: call(cloudFront.UpdateOriginAccessControlCommand),
                delete: call(cloudFront.DeleteOriginAccessControlCommand),
            },
        ),

        "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": policy<aws.cloudfront.ResponseHeadersPolicyArgs>(
            responseHeaders,
            {
                name: "ResponseHeadersPolicy",
                noun: "response-headers-policy",
                create: call(cloudFront.CreateResponseHeadersPolicyCommand),
                get: call(cloudFront.GetResponseHeadersPolicyCommand),
                update: call(cloudFront.UpdateResponseHeadersPolicyCommand),
                delete: call(cloudFront.DeleteResponseHeadersPolicyCommand),
            },
        ),

        "aws:cloudfront/cachePolicy:CachePolicy": policy<aws.cloudfront.CachePolicyArgs>(caching, {
            name: "CachePolicy",
            noun: "cache-policy",
            create: call(cloudFront.CreateCachePolicyCommand),
            get: call(cloudFront.GetCachePolicyCommand),
            update: call(cloudFront.UpdateCachePolicyCommand),
            delete: call(cloudFront.DeleteCachePolicyCommand),
        }),
    };
}

/** Conversion of a list that Pulumi wraps in an object with `items`. */
const listOf = (kind: Kind = value): Kind => counted(struct({ items: list(kind) }));

/** Conversions of the properties of a response headers policy. */
const responseHeaders: Kinds = {
    name: value,
    comment: withDefault(""),
    securityHeadersConfig: struct({
        contentSecurityPolicy: struct({ contentSecurityPolicy: value, override: value }),
        contentTypeOptions: struct({ override: value }),
        frameOptions: struct({ frameOption: value, override: value }),
        referrerPolicy: struct({ referrerPolicy: value, override: value }),
        strictTransportSecurity: struct({
            accessControlMaxAgeSec: value,
            override: value,
            includeSubdomains: withDefault(false),
            preload: withDefault(false),
        }),
    }),
    corsConfig: struct({
        accessControlAllowCredentials: value,
        accessControlAllowHeaders: listOf(),
        accessControlAllowMethods: listOf(),
        accessControlAllowOrigins: listOf(),
        accessControlExposeHeaders: listOf(),
        accessControlMaxAgeSec: value,
        originOverride: value,
    }),
    customHeadersConfig: listOf(struct({ header: value, value, override: value })),
};

/** Conversions of the properties of a cache policy: cache key and TTLs. */
const caching: Kinds = {
    name: value,
    comment: withDefault(""),
    defaultTtl: memberAt("DefaultTTL", value, 86_400),
    maxTtl: memberAt("MaxTTL", value, 31_536_000),
    minTtl: memberAt("MinTTL", value, 0),
    parametersInCacheKeyAndForwardedToOrigin: struct({
        enableAcceptEncodingBrotli: withDefault(false),
        enableAcceptEncodingGzip: withDefault(false),
        cookiesConfig: struct({ cookieBehavior: value, cookies: listOf() }),
        headersConfig: struct({ headerBehavior: withDefault("none"), headers: listOf() }),
        queryStringsConfig: struct({ queryStringBehavior: value, queryStrings: listOf() }),
    }),
};
