import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServiceCaller } from "policy-evaluator";
import { originHeader } from "../../app/serving/addresses.ts";
import { contentSecurityPolicy, pageHeaders, strictTransportSeconds } from "../../app/serving/headers.ts";
import { chooseCacheControl } from "../../app/serving/page-files.ts";
import { apiStage, type StackConfig, storefrontBucketNameFor } from "../../core/config/config.ts";
import { dnsSuffix } from "../../core/config/regions.ts";
import { storefrontBucketPolicy } from "../../core/iam/api-access.ts";
import { closedBucket } from "../common/closed-bucket.ts";
import { info } from "../common/messages.ts";
import type { PageFile } from "./page-files.ts";

export interface StorefrontArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
    /** Name of the data bucket. The page's bucket name starts with it. */
    readonly bucketName: string;
    readonly files: readonly PageFile[];
    /** Web origins of the catalog's images. */
    readonly imageOrigins: readonly string[];
    /** Host of the API. CloudFront serves the API under a path prefix of the page's address. */
    readonly apiHost: pulumi.Input<string>;
    /** Token by which the API recognizes requests of this distribution. */
    readonly originToken: pulumi.Input<string>;
    /** Whether the cost guard closed the API and the page. */
    readonly isClosed: boolean;
}

/**
 * IDs of AWS managed policies, the same in every account (CloudFront Developer Guide, "Use managed cache policies",
 * "Use managed origin request policies").
 */
const managed = {
    cachingOptimized: "658327ea-f89d-4fab-a63d-7e88639e58f6",
    allViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
} as const;

/**
 * Error message of CloudFront for an account that AWS has not verified yet (aws-samples/aws-cdk-examples issue 279,
 * anomalyco/sst issue 3704).
 */
const refusal = "Your account must be verified before you can add new CloudFront resources";

/**
 * The page in a private bucket behind CloudFront, and the API under the same address. The browser therefore uses one
 * origin, and CloudFront caches responses that are the same for all viewers.
 */
export class Storefront extends pulumi.ComponentResource {
    public readonly url: pulumi.Output<string>;

    constructor(name: string, args: StorefrontArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:serving:Storefront", name, {}, opts);
        const { config, caller } = args;
        const { names, tags } = config;
        const child = { parent: this };
        // If CloudFront refuses the distribution, the AWS plugin's error does not say what to do. Log the advice before
        // the call.
        info(
            `CloudFront serves the page. It refuses an account that AWS has not verified yet: "${refusal}". ` +
                "Then ask AWS Support to verify the account. Until that, run `pulumi config set storefront api` and " +
                "`pulumi up`: the API serves the page.",
            this,
        );
        const bucketName = storefrontBucketNameFor(args.bucketName);
        // `destroy` deletes the bucket with all objects (forceDestroy), because every `up` can create the objects
        // again. Use S3 managed keys, because CloudFront can read objects with them without a KMS grant.
        const { bucketName: bucket, setPolicy } = closedBucket(name, { bucketName, forceDestroy: true, tags }, child);
        const access = new aws.cloudfront.OriginAccessControl(
            name,
            {
                name: names.storefront,
                description: "The distribution signs its requests to the bucket",
                originAccessControlOriginType: "s3",
                signingBehavior: "always",
                signingProtocol: "sigv4",
            },
            child,
        );
        const distribution = this.distribution(name, args, { bucket, access }, child);
        const policy = setPolicy(distribution.arn.apply((arn) => storefrontBucketPolicy(caller, bucketName, arn)));
        const objects = args.files.map(({ name: key, contentType, content }) => {
            const source =
                "text" in content ? { content: content.text } : { source: new pulumi.asset.FileAsset(content.path) };
            const object = { bucket, key, contentType, cacheControl: chooseCacheControl(key), ...source };
            return new aws.s3.BucketObjectv2(`${name}-${key}`, object, child);
        });
        this.url = pulumi
            .all([distribution.domainName, policy.id, ...objects.map(({ id }) => id)])
            .apply(([host]) => `https://${host}/`);
        this.registerOutputs({ url: this.url });
    }

    private distribution(
        name: string,
        { config, caller, apiHost, originToken, isClosed, imageOrigins }: StorefrontArgs,
        { bucket, access }: { bucket: pulumi.Output<string>; access: aws.cloudfront.OriginAccessControl },
        child: pulumi.CustomResourceOptions,
    ): aws.cloudfront.Distribution {
        const { names, tags, region } = config;
        const headers = headersPolicy(name, names.storefront, imageOrigins, child);
        return new aws.cloudfront.Distribution(
            name,
            {
                enabled: !isClosed,
                comment: names.storefront,
                defaultRootObject: "index.html",
                httpVersion: "http2and3",
                isIpv6Enabled: true,
                // This price class is the cheapest. It includes Europe, where the campaign's default region is, and
                // North America.
                priceClass: "PriceClass_100",
                origins: [
                    {
                        originId: "page",
                        domainName: pulumi.interpolate`${bucket}.s3.${region}.${dnsSuffix(caller.partition)}`,
                        originAccessControlId: access.id,
                    },
                    {
                        originId: "api",
                        domainName: apiHost,
                        customHeaders: [{ name: originHeader, value: originToken }],
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
                        cachePolicyId: byItsHeaders(name, config, child).id,
                        originRequestPolicyId: managed.allViewerExceptHostHeader,
                    },
                ],
                // Turn off the caching of errors: by default, CloudFront caches an error for 10 s in spite of
                // Cache-Control (CloudFront Developer Guide, "Control how long CloudFront caches errors").
                customErrorResponses: [500, 502, 503, 504].map((errorCode) => ({ errorCode, errorCachingMinTtl: 0 })),
                restrictions: { geoRestriction: { restrictionType: "none" } },
                viewerCertificate: { cloudfrontDefaultCertificate: true },
                tags,
            },
            child,
        );
    }
}

/**
 * Creates a cache policy that caches what the API's Cache-Control allows, so never a viewer's list. AWS's managed
 * policy that follows Cache-Control would forward the Host header, and API Gateway would not find its API. A response
 * for another origin names this origin in its CORS headers, so CloudFront caches it for that origin only.
 */
function byItsHeaders(name: string, config: StackConfig, opts: pulumi.CustomResourceOptions) {
    return new aws.cloudfront.CachePolicy(
        name,
        {
            name: config.names.storefront,
            comment: "Honours the origin's Cache-Control",
            minTtl: 0,
            defaultTtl: 0,
            maxTtl: 31_536_000,
            parametersInCacheKeyAndForwardedToOrigin: {
                enableAcceptEncodingBrotli: true,
                enableAcceptEncodingGzip: true,
                cookiesConfig: { cookieBehavior: "none" },
                headersConfig: headersOf(config),
                queryStringsConfig: { queryStringBehavior: "all" },
            },
        },
        opts,
    );
}

/**
 * Returns the headers of the cache key. CloudFront removes the viewer's token from a request whose cache key lacks it,
 * and an origin request policy does not change that (AWS Knowledge Center, "CloudFront Authorization header").
 */
function headersOf({ allowedOrigins, viewerAuth }: StackConfig) {
    const items = [...(allowedOrigins.length > 0 ? ["Origin"] : []), ...(viewerAuth ? ["Authorization"] : [])];
    return items.length > 0 ? { headerBehavior: "whitelist", headers: { items } } : { headerBehavior: "none" };
}

/** Creates the policy with the headers that CloudFront adds to each file of the page. */
function headersPolicy(
    name: string,
    policyName: string,
    imageOrigins: readonly string[],
    opts: pulumi.CustomResourceOptions,
) {
    const others = ["Cross-Origin-Opener-Policy", "Cross-Origin-Resource-Policy", "Permissions-Policy"] as const;
    return new aws.cloudfront.ResponseHeadersPolicy(
        name,
        {
            name: policyName,
            comment: "Security headers of the page",
            securityHeadersConfig: {
                contentSecurityPolicy: { contentSecurityPolicy: contentSecurityPolicy(imageOrigins), override: true },
                contentTypeOptions: { override: true },
                frameOptions: { frameOption: pageHeaders["X-Frame-Options"], override: true },
                referrerPolicy: { referrerPolicy: pageHeaders["Referrer-Policy"], override: true },
                strictTransportSecurity: { accessControlMaxAgeSec: strictTransportSeconds, override: true },
            },
            corsConfig: {
                accessControlAllowCredentials: false,
                accessControlAllowHeaders: { items: ["*"] },
                accessControlAllowMethods: { items: ["GET", "HEAD"] },
                accessControlAllowOrigins: { items: ["*"] },
                originOverride: true,
            },
            customHeadersConfig: {
                items: others.map((header) => ({ header, value: pageHeaders[header], override: true })),
            },
        },
        opts,
    );
}
