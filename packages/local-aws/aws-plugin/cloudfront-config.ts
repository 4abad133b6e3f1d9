import type {
    CacheBehavior,
    CachePolicyConfig,
    DefaultCacheBehavior,
    DistributionConfig,
    Method,
    Origin,
    ResponseHeadersPolicyConfig,
    SslProtocol,
} from "@aws-sdk/client-cloudfront";
import type * as aws from "@pulumi/aws";
import type { Resolved } from "./entry.ts";

type Args = Resolved<aws.cloudfront.DistributionArgs>;
type OriginArgs = Args["origins"][number];
type Behavior = Args["defaultCacheBehavior"];

const behaviorPaths = [
    ...["allowedMethods", "cachePolicyId", "cachedMethods", "compress", "originRequestPolicyId"],
    ...["responseHeadersPolicyId", "targetOriginId", "viewerProtocolPolicy"],
];

/** The mapped arguments inside those of a distribution. */
export const nestedOfDistribution = [
    ...["domainName", "originId", "originPath", "originAccessControlId", "connectionAttempts", "connectionTimeout"].map(
        (key) => `origins.${key}`,
    ),
    ...["name", "value"].map((key) => `origins.customHeaders.${key}`),
    ...[
        ...["httpPort", "httpsPort", "originKeepaliveTimeout", "originProtocolPolicy"],
        ...["originReadTimeout", "originSslProtocols"],
    ].map((key) => `origins.customOriginConfig.${key}`),
    ...behaviorPaths.map((key) => `defaultCacheBehavior.${key}`),
    ...[...behaviorPaths, "pathPattern"].map((key) => `orderedCacheBehaviors.${key}`),
    ...["errorCachingMinTtl", "errorCode", "responseCode", "responsePagePath"].map(
        (key) => `customErrorResponses.${key}`,
    ),
    ...["cloudfrontDefaultCertificate", "minimumProtocolVersion"].map((key) => `viewerCertificate.${key}`),
    ...["restrictionType", "locations"].map((key) => `restrictions.geoRestriction.${key}`),
];

const listed = <T>(items: readonly T[] = []) => ({ Quantity: items.length, Items: [...items] });

/** The part of CloudFront's configuration for each argument; CloudFront's defaults for missing arguments. */
export const parts = {
    comment: ({ comment }) => ({ Comment: comment ?? "" }),
    enabled: ({ enabled }) => ({ Enabled: enabled }),
    origins: ({ origins }) => ({ Origins: listed(origins.map(originOf)) }),
    defaultCacheBehavior: ({ defaultCacheBehavior }) => ({ DefaultCacheBehavior: behaviorOf(defaultCacheBehavior) }),
    orderedCacheBehaviors: ({ orderedCacheBehaviors = [] }) => ({
        CacheBehaviors: listed(
            orderedCacheBehaviors.map(
                (each): CacheBehavior => ({ PathPattern: each.pathPattern, ...behaviorOf(each) }),
            ),
        ),
    }),
    customErrorResponses: ({ customErrorResponses = [] }) => ({
        CustomErrorResponses: listed(
            customErrorResponses.map(({ errorCode, responseCode, responsePagePath, errorCachingMinTtl }) => ({
                ErrorCode: errorCode,
                ...(responseCode !== undefined && { ResponseCode: String(responseCode) }),
                ...(responsePagePath !== undefined && { ResponsePagePath: responsePagePath }),
                ErrorCachingMinTTL: errorCachingMinTtl ?? 10,
            })),
        ),
    }),
    defaultRootObject: ({ defaultRootObject }) => ({ DefaultRootObject: defaultRootObject ?? "" }),
    priceClass: ({ priceClass }) => ({ PriceClass: (priceClass ?? "PriceClass_All") as "PriceClass_All" }),
    httpVersion: ({ httpVersion }) => ({ HttpVersion: (httpVersion ?? "http2") as "http2" }),
    isIpv6Enabled: ({ isIpv6Enabled }) => ({ IsIPV6Enabled: isIpv6Enabled ?? false }),
    viewerCertificate: ({ viewerCertificate: { cloudfrontDefaultCertificate, minimumProtocolVersion } }) => ({
        ViewerCertificate: {
            CloudFrontDefaultCertificate: cloudfrontDefaultCertificate ?? false,
            MinimumProtocolVersion: (minimumProtocolVersion ?? "TLSv1") as "TLSv1",
        },
    }),
    restrictions: ({ restrictions: { geoRestriction: of } }) => ({
        Restrictions: {
            GeoRestriction: { RestrictionType: of.restrictionType as "none", ...listed(of.locations ?? []) },
        },
    }),
} satisfies { readonly [K in keyof Args]?: (args: Args) => Partial<DistributionConfig> };

/** The whole configuration; each update sends all of it. */
export function configOf(args: Args, CallerReference: string): DistributionConfig {
    if (!args.viewerCertificate.cloudfrontDefaultCertificate) {
        throw new Error("the local AWS plugin maps a distribution with cloudfrontDefaultCertificate only");
    }
    const said = Object.values(parts).map((part) => part(args));
    return { CallerReference, ...(Object.assign({}, ...said) as Omit<DistributionConfig, "CallerReference">) };
}

function originOf(origin: OriginArgs): Origin {
    const custom = origin.customOriginConfig;
    return {
        Id: origin.originId,
        DomainName: origin.domainName,
        OriginPath: origin.originPath ?? "",
        OriginAccessControlId: origin.originAccessControlId ?? "",
        ConnectionAttempts: origin.connectionAttempts ?? 3,
        ConnectionTimeout: origin.connectionTimeout ?? 10,
        CustomHeaders: listed(
            (origin.customHeaders ?? []).map(({ name, value }) => ({ HeaderName: name, HeaderValue: value })),
        ),
        ...(custom
            ? {
                  CustomOriginConfig: {
                      HTTPPort: custom.httpPort,
                      HTTPSPort: custom.httpsPort,
                      OriginProtocolPolicy: custom.originProtocolPolicy as "https-only",
                      OriginSslProtocols: listed(custom.originSslProtocols as SslProtocol[]),
                      OriginReadTimeout: custom.originReadTimeout ?? 30,
                      OriginKeepaliveTimeout: custom.originKeepaliveTimeout ?? 5,
                  },
              }
            : { S3OriginConfig: { OriginAccessIdentity: "" } }),
    };
}

function behaviorOf(behavior: Behavior): DefaultCacheBehavior {
    if (behavior.cachePolicyId === undefined) {
        throw new Error(
            `cache behavior of origin ${behavior.targetOriginId}: the local AWS plugin requires a cachePolicyId`,
        );
    }
    return {
        TargetOriginId: behavior.targetOriginId,
        ViewerProtocolPolicy: behavior.viewerProtocolPolicy as "https-only",
        AllowedMethods: {
            ...listed(behavior.allowedMethods as Method[]),
            CachedMethods: listed(behavior.cachedMethods as Method[]),
        },
        Compress: behavior.compress ?? false,
        CachePolicyId: behavior.cachePolicyId,
        ...(behavior.originRequestPolicyId !== undefined && { OriginRequestPolicyId: behavior.originRequestPolicyId }),
        ...(behavior.responseHeadersPolicyId !== undefined && {
            ResponseHeadersPolicyId: behavior.responseHeadersPolicyId,
        }),
    };
}

/** The response headers of a policy, in CloudFront's form. */
export function responseHeadersOf(
    args: Resolved<aws.cloudfront.ResponseHeadersPolicyArgs>,
): ResponseHeadersPolicyConfig {
    const {
        contentSecurityPolicy,
        contentTypeOptions,
        frameOptions,
        referrerPolicy,
        strictTransportSecurity,
        xssProtection,
    } = args.securityHeadersConfig ?? {};
    const items = (args.customHeadersConfig?.items ?? []).map(({ header, value, override }) => ({
        Header: header,
        Value: value,
        Override: override,
    }));
    return {
        Name: args.name ?? "",
        Comment: args.comment ?? "",
        ...(args.securityHeadersConfig && {
            SecurityHeadersConfig: {
                ...(contentSecurityPolicy && {
                    ContentSecurityPolicy: {
                        ContentSecurityPolicy: contentSecurityPolicy.contentSecurityPolicy,
                        Override: contentSecurityPolicy.override,
                    },
                }),
                ...(contentTypeOptions && { ContentTypeOptions: { Override: contentTypeOptions.override } }),
                ...(frameOptions && {
                    FrameOptions: {
                        FrameOption: frameOptions.frameOption as "DENY",
                        Override: frameOptions.override,
                    },
                }),
                ...(referrerPolicy && {
                    ReferrerPolicy: {
                        ReferrerPolicy: referrerPolicy.referrerPolicy as "same-origin",
                        Override: referrerPolicy.override,
                    },
                }),
                ...(strictTransportSecurity && {
                    StrictTransportSecurity: {
                        AccessControlMaxAgeSec: strictTransportSecurity.accessControlMaxAgeSec,
                        Override: strictTransportSecurity.override,
                        IncludeSubdomains: strictTransportSecurity.includeSubdomains ?? false,
                        Preload: strictTransportSecurity.preload ?? false,
                    },
                }),
                ...(xssProtection && {
                    XSSProtection: {
                        Protection: xssProtection.protection,
                        Override: xssProtection.override,
                        ModeBlock: xssProtection.modeBlock ?? false,
                        ...(xssProtection.reportUri !== undefined && { ReportUri: xssProtection.reportUri }),
                    },
                }),
            },
        }),
        ...(items.length > 0 && { CustomHeadersConfig: { Quantity: items.length, Items: items } }),
    };
}

/** The cache key and cache times of a policy, in CloudFront's form. */
export function cachingOf(args: Resolved<aws.cloudfront.CachePolicyArgs>): CachePolicyConfig {
    const key = args.parametersInCacheKeyAndForwardedToOrigin;
    const { cookiesConfig, headersConfig, queryStringsConfig } = key;
    return {
        Name: args.name ?? "",
        Comment: args.comment ?? "",
        DefaultTTL: args.defaultTtl ?? 86_400,
        MaxTTL: args.maxTtl ?? 31_536_000,
        MinTTL: args.minTtl ?? 0,
        ParametersInCacheKeyAndForwardedToOrigin: {
            EnableAcceptEncodingBrotli: key.enableAcceptEncodingBrotli ?? false,
            EnableAcceptEncodingGzip: key.enableAcceptEncodingGzip ?? false,
            CookiesConfig: {
                CookieBehavior: cookiesConfig.cookieBehavior as "none",
                ...(cookiesConfig.cookies && { Cookies: listed(cookiesConfig.cookies.items) }),
            },
            HeadersConfig: {
                HeaderBehavior: (headersConfig.headerBehavior ?? "none") as "none",
                ...(headersConfig.headers && { Headers: listed(headersConfig.headers.items) }),
            },
            QueryStringsConfig: {
                QueryStringBehavior: queryStringsConfig.queryStringBehavior as "none",
                ...(queryStringsConfig.queryStrings && { QueryStrings: listed(queryStringsConfig.queryStrings.items) }),
            },
        },
    };
}
