import { logGroupLife } from "./lifecycle.ts";
import type { Grant, GrantScope } from "./scope.ts";

const policies = { read: "read-serving", deploy: "deploy-serving" } as const;

/** Service principal that owns API Gateway's service-linked role. */
const tracing = "ops.apigateway.amazonaws.com";

// Allow tagging only of untagged resources: a new tag on another stack's resource would take the resource over.
const nobodys = { "aws:ResourceTag/pulumi:stack": "true" };

/** Returns the grants for API and table. */
export function servingGrants(scope: GrantScope): readonly Grant[] {
    const { partition, region, accountId, names, ours, asOurs, arn, grant } = scope;
    const invoked = [names.tableOperations, names.batchLists].map((name) => arn("lambda", `function:${name}`));
    const tables = [arn("dynamodb", `table/${names.api}`)];
    // API Gateway's ARNs contain no account, and the service generates its IDs (Service Authorization Reference,
    // "Amazon API Gateway Management"). Only the tags identify the owner, and everything in an API or a usage plan
    // inherits the tags (Developer Guide, "API Gateway resources that can be tagged").
    const gateway = (path: string) => `arn:${partition}:apigateway:${region}::${path}`;
    const apis = ["/apikeys/*", "/restapis/*", "/usageplans/*"].map(gateway);
    const tags = gateway("/tags/*");

    const looks = grant("read-serving");
    const makes = grant("deploy-serving");
    const page = grant("deploy-page");
    return [
        ...logGroupLife(policies, arn("logs", `log-group:/aws/apigateway/${names.api}`)),
        looks(
            "ReadTables",
            "dynamodb",
            "DescribeContinuousBackups DescribeTable DescribeTimeToLive ListTagsOfResource",
            tables,
        ),
        // `versions` and `rollback` read which lists of batch inference the API serves. Items with the key `stack`
        // contain no data of viewers.
        looks("ReadServedLists", "dynamodb", "GetItem", tables, {
            condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["stack"] } },
        }),
        makes(
            "ManageTables",
            "dynamodb",
            "CreateTable DeleteTable TagResource UntagResource UpdateTable UpdateTimeToLive",
            tables,
        ),
        // Operators change the table only through functions: `rollback` and `pulumi up` invoke the function
        // `batchLists`, and `flush-cache`, `hide` and `forget-viewer` invoke the function `tableOperations`. With a write
        // permission on the table itself, an operator could also read items, because a failed conditional write returns
        // the item.
        grant("operate")("RunTableOperations", "lambda", "InvokeFunction", invoked),
        looks("ListTables", "dynamodb", "ListTables", ["*"], {
            everythingBecause: "ListTables has no resource type",
            condition: scope.inRegion,
        }),
        // Do not allow GET on /apikeys here, because the list of API keys can contain each key's value.
        looks("ListApis", "apigateway", "GET", ["/account", "/restapis", "/usageplans"].map(gateway)),
        looks("ReadApis", "apigateway", "GET", [gateway("/restapis/*"), tags], { condition: { StringEquals: ours } }),
        // Allow GET only for keys with the stack's tags, because GET of an API key, or of the keys of a usage plan,
        // returns the values of the keys.
        page("ReadApiKeys", "apigateway", "GET", ["/apikeys/*", "/usageplans/*"].map(gateway), {
            condition: { StringEquals: ours },
        }),
        makes("CreateApis", "apigateway", "POST", ["/apikeys", "/restapis", "/usageplans"].map(gateway), {
            condition: { StringEquals: asOurs },
        }),
        makes("ChangeApis", "apigateway", "DELETE PATCH POST PUT", apis, {
            condition: { StringEquals: ours },
        }),
        makes("TagNewApis", "apigateway", "PUT", [tags], { condition: { StringEquals: asOurs, Null: nobodys } }),
        makes("TagApis", "apigateway", "DELETE PUT", [tags], { condition: { StringEquals: ours } }),
        // An account needs API Gateway's service-linked role once, for the first stage with X-Ray tracing (API Gateway
        // Developer Guide, "Using service-linked roles for API Gateway").
        makes(
            "CreateTracingRole",
            "iam",
            "CreateServiceLinkedRole",
            [`arn:${partition}:iam::${accountId}:role/aws-service-role/${tracing}/AWSServiceRoleForAPIGateway`],
            { condition: { StringEquals: { "iam:AWSServiceName": tracing } } },
        ),
    ];
}

/**
 * Why the grants to create CloudFront resources have the resource `*` (Service Authorization Reference, "Amazon
 * CloudFront").
 */
const noNewResource = "CloudFront's creates have no resource type";

/** Returns the grants for the storefront's distribution. */
export function pageGrants({ partition, accountId, ours, asOurs, grant }: GrantScope): readonly Grant[] {
    const distribution = (kind: string) => `arn:${partition}:cloudfront::${accountId}:${kind}/*`;
    const distributions = [distribution("distribution")];
    const looks = grant("read-serving");
    const page = grant("deploy-page");
    return [
        looks(
            "ReadDistributions",
            "cloudfront",
            `GetCachePolicy GetDistribution GetOriginAccessControl GetResponseHeadersPolicy
                ListTagsForResource`,
            ["cache-policy", "distribution", "origin-access-control", "response-headers-policy"].map(distribution),
        ),
        looks(
            "ListDistributions",
            "cloudfront",
            "ListCachePolicies ListDistributions ListOriginAccessControls ListResponseHeadersPolicies",
            ["*"],
            { everythingBecause: "CloudFront's lists have no resource type" },
        ),
        page("CreateDistributions", "cloudfront", "CreateDistribution", ["*"], {
            everythingBecause: `${noNewResource}; the condition requires the stack's tags`,
            condition: { StringEquals: asOurs },
        }),
        page("TagNewDistributions", "cloudfront", "TagResource", distributions, {
            condition: { StringEquals: asOurs, Null: nobodys },
        }),
        page(
            "ChangeDistributions",
            "cloudfront",
            "DeleteDistribution TagResource UntagResource UpdateDistribution",
            distributions,
            { condition: { StringEquals: ours } },
        ),
        page(
            "CreateCloudFrontPolicies",
            "cloudfront",
            "CreateCachePolicy CreateOriginAccessControl CreateResponseHeadersPolicy",
            ["*"],
            { everythingBecause: `${noNewResource}, and its policies have no tags` },
        ),
        // Allow all policies of CloudFront, because they have no tags, and CloudFront generates their ids.
        page(
            "ChangeCloudFrontPolicies",
            "cloudfront",
            `DeleteCachePolicy DeleteOriginAccessControl DeleteResponseHeadersPolicy UpdateCachePolicy
                UpdateOriginAccessControl UpdateResponseHeadersPolicy`,
            ["cache-policy", "origin-access-control", "response-headers-policy"].map(distribution),
        ),
    ];
}
