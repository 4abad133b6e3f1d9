import type { CachePolicyConfig, ResponseHeadersPolicyConfig } from "@aws-sdk/client-cloudfront";
import type * as aws from "@pulumi/aws";
import type { Resolved } from "./entry.ts";

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
        ...{ Header: header, Value: value, Override: override },
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

const listed = (items: readonly string[] | undefined) => ({ Quantity: items?.length ?? 0, Items: [...(items ?? [])] });

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
