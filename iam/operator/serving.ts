import { regionalArn } from "policy-evaluator";
import { functionLife, logGroupLife, scheduleLife } from "./lives.ts";
import { type Grant, inRegion, type NeededOnAws, type OperatorScope } from "./scope.ts";

const policies = { read: "read-serving", deploy: "deploy-serving" } as const;

/** What an operator does with API, table, prefetch and storefront. */
export function servingGrants(scope: OperatorScope): readonly Grant[] {
    const { partition, region, accountId, project, stack, names } = scope;
    const arn = (service: string, tail: string) => regionalArn(scope, service, tail);
    const functions = [names.api, names.prefetch].map((name) => arn("lambda", `function:${name}`));
    const schedules = [arn("scheduler", `schedule/default/${names.prefetch}`)];
    const tables = [arn("dynamodb", `table/${names.api}`)];
    const logGroups = [
        `/aws/lambda/${names.api}`,
        `/aws/lambda/${names.prefetch}`,
        `/aws/apigateway/${names.api}`,
    ].flatMap((name) => [arn("logs", `log-group:${name}`), arn("logs", `log-group:${name}:*`)]);
    // API Gateway's ARNs have no account, and its ids are made by the service (Service Authorization Reference,
    // "Amazon API Gateway Management"): whose they are only tags tell, which all that is in an API or a plan inherits
    // (Developer Guide, "API Gateway resources that can be tagged").
    const gateway = (path: string) => `arn:${partition}:apigateway:${region}::${path}`;
    const apis = ["/apikeys/*", "/restapis/*", "/usageplans/*"].map(gateway);
    const tags = gateway("/tags/*");
    const distribution = (kind: string) => `arn:${partition}:cloudfront::${accountId}:${kind}/*`;
    const distributions = [distribution("distribution")];
    const ours = { "aws:ResourceTag/pulumi:project": project, "aws:ResourceTag/pulumi:stack": stack };
    const asOurs = { "aws:RequestTag/pulumi:project": project, "aws:RequestTag/pulumi:stack": stack };

    // Who tags what is another stack's would make it his own; what nobody tagged he may.
    const nobodys = { "aws:ResourceTag/pulumi:stack": "true" };

    const grant =
        (policy: Grant["policy"]) =>
        (
            sid: string,
            service: string,
            actions: readonly string[],
            on: readonly string[],
            more: Partial<Grant> = {},
        ): Grant => ({ policy, sid, service, actions, on, ...more });
    const looks = grant("read-serving");
    const makes = grant("deploy-serving");
    const page = grant("deploy-page");
    return [
        ...functionLife(policies, functions),
        ...scheduleLife(policies, schedules),
        ...logGroupLife(policies, logGroups),
        looks(
            "TableLooks",
            "dynamodb",
            ["DescribeContinuousBackups", "DescribeTable", "DescribeTimeToLive", "ListTagsOfResource"],
            tables,
        ),
        makes(
            "TableMakes",
            "dynamodb",
            ["CreateTable", "DeleteTable", "TagResource", "UntagResource", "UpdateTable", "UpdateTimeToLive"],
            tables,
        ),
        // The tables that answer without a campaign are in its package, and retrain makes them anew.
        grant("operate")("TablesChange", "lambda", ["UpdateFunctionCode"], functions.slice(0, 1)),
        grant("operate")("ListsFlush", "dynamodb", ["UpdateItem"], tables, {
            condition: {
                "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["stack"] },
                Null: { "dynamodb:LeadingKeys": "false" },
            },
        }),
        looks("TableLists", "dynamodb", ["ListTables"], ["*"], {
            everythingBecause: "ListTables has no resource type",
            condition: inRegion(scope),
        }),
        // Not the list of keys: who may read it may read the value of each.
        looks("ApiLists", "apigateway", ["GET"], ["/account", "/restapis", "/usageplans"].map(gateway)),
        looks("ApiLooks", "apigateway", ["GET"], [...apis, tags], { condition: { StringEquals: ours } }),
        makes("ApiMakes", "apigateway", ["POST"], ["/apikeys", "/restapis", "/usageplans"].map(gateway), {
            condition: { StringEquals: asOurs },
        }),
        makes("ApiChanges", "apigateway", ["DELETE", "PATCH", "POST", "PUT"], apis, {
            condition: { StringEquals: ours },
        }),
        makes("ApiTagsOfNew", "apigateway", ["PUT"], [tags], { condition: { StringEquals: asOurs, Null: nobodys } }),
        makes("ApiTags", "apigateway", ["DELETE", "PUT"], [tags], { condition: { StringEquals: ours } }),
        looks(
            "DistributionLooks",
            "cloudfront",
            [
                "GetCachePolicy",
                "GetDistribution",
                "GetOriginAccessControl",
                "GetResponseHeadersPolicy",
                "ListTagsForResource",
            ],
            ["cache-policy", "distribution", "origin-access-control", "response-headers-policy"].map(distribution),
        ),
        looks(
            "CloudFrontLists",
            "cloudfront",
            ["ListCachePolicies", "ListDistributions", "ListOriginAccessControls", "ListResponseHeadersPolicies"],
            ["*"],
            { everythingBecause: "CloudFront's lists have no resource type" },
        ),
        // Of the campaign that orders given films (config rankingCampaign); park and resume take it with them.
        page(
            "RankingMakes",
            "personalize",
            [
                "CreateSolution",
                "CreateSolutionVersion",
                "DeleteSolution",
                "StopSolutionVersionCreation",
                "TagResource",
                "UntagResource",
                "UpdateSolution",
            ],
            [`campaign/${names.ranking}`, `solution/${names.ranking}`, `solution/${names.ranking}/*`].map((tail) =>
                arn("personalize", tail),
            ),
        ),
        page("DistributionMakes", "cloudfront", ["CreateDistribution"], distributions),
        page("DistributionTagsOfNew", "cloudfront", ["TagResource"], distributions, {
            condition: { StringEquals: asOurs, Null: nobodys },
        }),
        page(
            "DistributionChanges",
            "cloudfront",
            ["DeleteDistribution", "TagResource", "UntagResource", "UpdateDistribution"],
            distributions,
            { condition: { StringEquals: ours } },
        ),
        // CloudFront's policies carry no tags, and the service makes their ids.
        page(
            "PagePolicyMakes",
            "cloudfront",
            [
                "CreateCachePolicy",
                "CreateOriginAccessControl",
                "CreateResponseHeadersPolicy",
                "DeleteCachePolicy",
                "DeleteOriginAccessControl",
                "DeleteResponseHeadersPolicy",
                "UpdateCachePolicy",
                "UpdateOriginAccessControl",
                "UpdateResponseHeadersPolicy",
            ],
            ["cache-policy", "origin-access-control", "response-headers-policy"].map(distribution),
        ),
    ];
}

const provider = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service";

/** What Pulumi's own AWS plugin, which is built on this provider, asks for beside what the stand-in does. */
export const servingNeededOnAws: readonly NeededOnAws[] = [
    { action: "dynamodb:DescribeContinuousBackups", page: `${provider}/dynamodb/table.go` },
];
