import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { contentSecurityPolicy, pageHeaders, strictTransportSeconds } from "../../app/serving/page-headers.ts";
import { cacheControlOf } from "../../app/serving/page-types.ts";
import { apiStage, type StackConfig, storefrontBucketNameFor } from "../../config/config.ts";
import { storefrontBucketPolicy } from "../../iam/api-access.ts";
import type { ServiceCaller } from "../../iam/import-access.ts";
import { closedBucket } from "../common/closed-bucket.ts";
import type { PageFile } from "./page-files.ts";

export interface StorefrontArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
    /** Name of the data bucket, beside which that of the page is. */
    readonly bucketName: string;
    readonly files: readonly PageFile[];
    /** Host of the API, which answers below the page's own address. */
    readonly apiHost: pulumi.Input<string>;
}

/**
 * AWS's own policies, which have these ids in every account (CloudFront Developer Guide, "Use managed cache policies",
 * "Use managed origin request policies").
 */
const managed = {
    cachingOptimized: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    allViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
} as const;

/**
 * The page, in a closed bucket behind CloudFront, with the API below the same address: one origin for the browser, and
 * one cache for what is everybody's.
 */
export class Storefront extends pulumi.ComponentResource {
    public readonly url: pulumi.Output<string>;

    constructor(name: string, args: StorefrontArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:serving:Storefront", name, {}, opts);
        const { config, caller } = args;
        const { names, tags } = config;
        const child = { parent: this };
        const bucketName = storefrontBucketNameFor(args.bucketName);
        // Made again by any `up`, so nothing is kept; and S3's own keys encrypt, which CloudFront can use without a grant.
        const { bucket, accessBlock } = closedBucket(
            name,
            { bucketName, forceDestroy: true, kmsKeyArn: undefined, tags },
            child,
        );
        const access = new aws.cloudfront.OriginAccessControl(
            name,
            {
                name: names.storefront,
                description: "The distribution signs what it asks the bucket for",
                originAccessControlOriginType: "s3",
                signingBehavior: "always",
                signingProtocol: "sigv4",
            },
            child,
        );
        const distribution = this.distribution(name, args, { bucket, access }, child);
        const policy = new aws.s3.BucketPolicy(
            name,
            {
                bucket: bucket.id,
                policy: pulumi.jsonStringify(
                    distribution.arn.apply((arn) => storefrontBucketPolicy(caller, bucketName, arn)),
                ),
            },
            { ...child, dependsOn: accessBlock },
        );
        const objects = args.files.map(({ name: key, contentType, content }) => {
            const source =
                "text" in content ? { content: content.text } : { source: new pulumi.asset.FileAsset(content.path) };
            const object = { bucket: bucket.id, key, contentType, cacheControl: cacheControlOf(key), tags, ...source };
            return new aws.s3.BucketObjectv2(`${name}-${key}`, object, child);
        });
        this.url = pulumi
            .all([distribution.domainName, policy.id, ...objects.map(({ id }) => id)])
            .apply(([host]) => `https://${host}/`);
        this.registerOutputs({ url: this.url });
    }

    private distribution(
        name: string,
        { config, apiHost }: StorefrontArgs,
        { bucket, access }: { bucket: aws.s3.Bucket; access: aws.cloudfront.OriginAccessControl },
        child: pulumi.CustomResourceOptions,
    ): aws.cloudfront.Distribution {
        const { names, tags } = config;
        const headers = headersPolicy(name, names.storefront, child);
        return new aws.cloudfront.Distribution(
            name,
            {
                enabled: true,
                comment: names.storefront,
                defaultRootObject: "index.html",
                httpVersion: "http2and3",
                isIpv6Enabled: true,
                // North America and Europe: the cheapest, and near to where the campaign is.
                priceClass: "PriceClass_100",
                origins: [
                    { originId: "page", domainName: bucket.bucketRegionalDomainName, originAccessControlId: access.id },
                    {
                        originId: "api",
                        domainName: apiHost,
                        customOriginConfig: {
                            httpPort: 80,
                            httpsPort: 443,
                            originProtocolPolicy: "https-only",
                            originSslProtocols: ["TLSv1.2"],
                        },
                    },
                ],
                defaultCacheBehavior: {
                    targetOriginId: "page",
                    viewerProtocolPolicy: "redirect-to-https",
                    allowedMethods: ["GET", "HEAD"],
                    cachedMethods: ["GET", "HEAD"],
                    compress: true,
                    cachePolicyId: managed.cachingOptimized,
                    responseHeadersPolicyId: headers.id,
                },
                orderedCacheBehaviors: [
                    {
                        pathPattern: `/${apiStage}/*`,
                        targetOriginId: "api",
                        viewerProtocolPolicy: "https-only",
                        allowedMethods: ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"],
                        cachedMethods: ["GET", "HEAD"],
                        compress: true,
                        cachePolicyId: byItsHeaders(name, names.storefront, child).id,
                        originRequestPolicyId: managed.allViewerExceptHostHeader,
                    },
                ],
                restrictions: { geoRestriction: { restrictionType: "none" } },
                viewerCertificate: { cloudfrontDefaultCertificate: true },
                tags,
            },
            child,
        );
    }
}

/**
 * Keeps what the API's Cache-Control lets a cache keep, and so no viewer's list. AWS's own policy of that kind would hand
 * on the Host header, by which API Gateway would not know its API.
 */
function byItsHeaders(name: string, policyName: string, opts: pulumi.CustomResourceOptions) {
    return new aws.cloudfront.CachePolicy(
        name,
        {
            name: policyName,
            comment: "Keeps an answer as long as it says itself",
            ...{ minTtl: 0, defaultTtl: 0, maxTtl: 31_536_000 },
            parametersInCacheKeyAndForwardedToOrigin: {
                enableAcceptEncodingBrotli: true,
                enableAcceptEncodingGzip: true,
                cookiesConfig: { cookieBehavior: "none" },
                headersConfig: { headerBehavior: "none" },
                queryStringsConfig: { queryStringBehavior: "all" },
            },
        },
        opts,
    );
}

/** The headers of the page, which CloudFront adds to each file. */
function headersPolicy(name: string, policyName: string, opts: pulumi.CustomResourceOptions) {
    const others = ["Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy"] as const;
    return new aws.cloudfront.ResponseHeadersPolicy(
        name,
        {
            name: policyName,
            comment: "What the page may do, and what may be done with it",
            securityHeadersConfig: {
                contentSecurityPolicy: { contentSecurityPolicy, override: true },
                contentTypeOptions: { override: true },
                frameOptions: { frameOption: pageHeaders["X-Frame-Options"], override: true },
                referrerPolicy: { referrerPolicy: pageHeaders["Referrer-Policy"], override: true },
                strictTransportSecurity: { accessControlMaxAgeSec: strictTransportSeconds, override: true },
            },
            customHeadersConfig: {
                items: others.map((header) => ({ header, value: pageHeaders[header], override: true })),
            },
        },
        opts,
    );
}
