import { randomUUID } from "node:crypto";
import * as cloudFront from "@aws-sdk/client-cloudfront";
import type * as aws from "@pulumi/aws";
import { createSender } from "../calls.ts";
import { type AnyEntry, type Properties, type Resolved, tagList } from "./entry.ts";
import {
    counted,
    items,
    type Kind,
    type Kinds,
    list,
    memberAt,
    memberOf,
    numberText,
    struct,
    toAws,
    value,
    withDefault,
} from "./kinds.ts";
import { resource } from "./resource.ts";

type Args = Resolved<aws.cloudfront.DistributionArgs>;

const customOrigin = struct({
    httpPort: memberAt("HTTPPort"),
    httpsPort: memberAt("HTTPSPort"),
    originProtocolPolicy: value,
    originSslProtocols: items(),
    originReadTimeout: withDefault(30),
    originKeepaliveTimeout: withDefault(5),
});
const anyOrigin = struct({
    originId: memberAt("Id"),
    domainName: value,
    originAccessControlId: withDefault(""),
    connectionAttempts: withDefault(3),
    connectionTimeout: withDefault(10),
    customHeaders: withDefault([], items(struct({ name: memberAt("HeaderName"), value: memberAt("HeaderValue") }))),
    customOriginConfig: customOrigin,
});
/** Conversion of a distribution's origin. Without a custom origin configuration, the origin is an S3 bucket. */
const origin: Kind = {
    ...anyOrigin,
    to: (given) => ({
        ...(memberOf(given, "customOriginConfig") === undefined && { S3OriginConfig: { OriginAccessIdentity: "" } }),
        ...Object(anyOrigin.to?.(given)),
    }),
};

const behavior: Kinds = {
    targetOriginId: value,
    viewerProtocolPolicy: value,
    allowedMethods: items(),
    cachedMethods: memberAt("AllowedMethods.CachedMethods", items()),
    compress: withDefault(false),
    cachePolicyId: value,
    originRequestPolicyId: value,
    responseHeadersPolicyId: value,
};

const kinds: Kinds = {
    comment: withDefault(""),
    enabled: value,
    origins: items(origin),
    defaultCacheBehavior: struct(behavior),
    orderedCacheBehaviors: memberAt("CacheBehaviors", items(struct({ pathPattern: value, ...behavior })), []),
    customErrorResponses: withDefault(
        [],
        items(
            struct({
                errorCode: value,
                responseCode: numberText,
                responsePagePath: value,
                errorCachingMinTtl: memberAt("ErrorCachingMinTTL", value, 10),
            }),
        ),
    ),
    defaultRootObject: withDefault(""),
    priceClass: withDefault("PriceClass_All"),
    httpVersion: withDefault("http2"),
    isIpv6Enabled: memberAt("IsIPV6Enabled", value, false),
    viewerCertificate: struct({
        cloudfrontDefaultCertificate: memberAt("CloudFrontDefaultCertificate", value, false),
        minimumProtocolVersion: withDefault("TLSv1"),
    }),
    restrictions: struct({
        geoRestriction: counted(struct({ restrictionType: value, locations: memberAt("Items", list(), []) })),
    }),
};

/** Returns CloudFront's DistributionConfig for the arguments of a distribution, with CloudFront's defaults. */
export function toDistributionConfig(args: Args): Properties {
    if (!args.viewerCertificate.cloudfrontDefaultCertificate) {
        throw new Error("the local AWS plugin supports only distributions with cloudfrontDefaultCertificate");
    }
    for (const { cachePolicyId, targetOriginId } of [
        args.defaultCacheBehavior,
        ...(args.orderedCacheBehaviors ?? []),
    ]) {
        if (cachePolicyId === undefined) {
            throw new Error(
                `cache behavior of origin ${targetOriginId}: the local AWS plugin requires a cachePolicyId`,
            );
        }
    }
    return toAws(kinds, args);
}

/**
 * Returns the plugin's resource type for CloudFront distributions, with the features that a static page with an API
 * needs.
 */
export function distributionEntries(client: cloudFront.CloudFrontClient): Record<string, AnyEntry> {
    const call = createSender(client);
    const get = async (key: Properties) => {
        const { Distribution, ETag } = await call(cloudFront.GetDistributionCommand)(key);
        return { ...Distribution, ...Distribution?.DistributionConfig, ETag };
    };
    const deployed = (Id: string) =>
        cloudFront.waitUntilDistributionDeployed({ client, maxWaitTime: 1800, minDelay: 0.5, maxDelay: 20 }, { Id });
    const change = (key: Properties, IfMatch: string | undefined, DistributionConfig: object) =>
        call(cloudFront.UpdateDistributionCommand)({ ...key, IfMatch, DistributionConfig });
    return {
        "aws:cloudfront/distribution:Distribution": resource<aws.cloudfront.DistributionArgs>({
            volatile: ["etag", "status"],
            update: kinds,
            outputs: {
                arn: memberAt("ARN"),
                domainName: value,
                status: value,
                etag: memberAt("ETag"),
            },
            gone: ["NoSuchDistribution"],
            tags: {
                form: tagList,
                list: async (Resource) => (await call(cloudFront.ListTagsForResourceCommand)({ Resource })).Tags?.Items,
                add: (Resource, Items) => call(cloudFront.TagResourceCommand)({ Resource, Tags: { Items } }),
                remove: (Resource, Items) => call(cloudFront.UntagResourceCommand)({ Resource, TagKeys: { Items } }),
            },
            async create(_input, args) {
                const DistributionConfig = { CallerReference: randomUUID(), ...toDistributionConfig(args) };
                const created = await call(cloudFront.CreateDistributionWithTagsCommand)({
                    DistributionConfigWithTags: { DistributionConfig, Tags: { Items: tagList(args.tags) } },
                });
                const id = created.Distribution?.Id ?? "";
                await deployed(id);
                return id;
            },
            key: "Id",
            get,
            async put(_input, { id, key, args }) {
                const { ETag, CallerReference } = await get(key);
                await change(key, ETag, { CallerReference, ...toDistributionConfig(args) });
                await deployed(id);
            },
            // CloudFront deletes a distribution only after it is disabled at every edge location.
            async delete(key, id) {
                const { Distribution, ETag } = await call(cloudFront.GetDistributionCommand)(key);
                const config = Distribution?.DistributionConfig;
                if (config?.Enabled) await change(key, ETag, { ...config, Enabled: false });
                await deployed(id);
                await call(cloudFront.DeleteDistributionCommand)({ ...key, IfMatch: (await get(key)).ETag });
            },
        }),
    };
}
