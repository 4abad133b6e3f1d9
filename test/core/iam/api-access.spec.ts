import assert from "node:assert/strict";
import { authorize, type PolicyDocument, parsePolicy, sizeLimits, toList } from "policy-evaluator";
import { namesFor } from "../../../core/config/config.ts";
import {
    type ApiScope,
    anyMethodArn,
    apiPolicy,
    invocationUri,
    prefetchPolicy,
    storefrontBucketPolicy,
} from "../../../core/iam/api-access.ts";
import { schedulePolicy } from "../../../core/iam/function-access.ts";
import { rolesBoundary } from "../../../core/iam/operator.ts";
import { findViolations } from "../../../core/iam/resource-rules.ts";

const names = namesFor("dev");
const scope: ApiScope = {
    partition: "aws-cn",
    region: "cn-north-1",
    accountId: "123456789012",
    names,
    campaign: names.campaign,
    bucketName: "films",
};
const arn = (service: string, tail: string) => `arn:aws-cn:${service}:cn-north-1:123456789012:${tail}`;
const filters = [names.watchedFilter, "comedies"];
const everything = apiPolicy(scope, { track: true, trace: true, filters });
const policies: Readonly<Record<string, PolicyDocument>> = {
    api: everything,
    prefetch: prefetchPolicy(scope, { filters: [names.watchedFilter] }),
    schedule: schedulePolicy(scope, "StartsPrefetch", names.prefetch, names.failures),
};
const boundary = rolesBoundary({
    ...scope,
    project: "movie-recommender",
    stack: "dev",
    names,
});
const role = {
    arn: "arn:aws-cn:sts::123456789012:assumed-role/api/run",
    roleArn: "arn:aws-cn:iam::123456789012:role/api",
};
/**
 * The context of a call from a function's code. A schedule calls without this context, and needs no action for which
 * the boundary requires the context.
 */
const inLambda = { "lambda:SourceFunctionArn": arn("lambda", "function:movie-recommender-api") };
const decide = (document: PolicyDocument, action: string, resource: string, region = scope.region) =>
    authorize(
        { caller: role, action, resource, context: { "aws:RequestedRegion": region, ...inLambda } },
        {
            identity: [{ name: "policy", document }],
            boundary: [{ name: "boundary", document: boundary }],
        },
        scope.accountId,
    ).decision;

describe("IAM policies of API, prefetch and storefront", () => {
    for (const [name, document] of Object.entries(policies)) {
        it(`the ${name} policy is valid for IAM and passes the program's resource rules`, () => {
            const text = JSON.stringify(document);
            assert.deepEqual(parsePolicy(text, "identity", sizeLimits.managedPolicy).problems, []);
            assert.deepEqual(findViolations("aws:iam/rolePolicy:RolePolicy", { policy: text }), []);
            assert.doesNotMatch(text, /arn:aws:/);
        });
    }

    it("the permissions boundary allows every action of the policies, in the stack's region only", () => {
        for (const [name, document] of Object.entries(policies)) {
            for (const { Action, Resource } of toList(document.Statement)) {
                for (const action of toList(Action)) {
                    for (const resource of toList(Resource)) {
                        const exampleArn = resource.replace(/\*$/, "one");
                        assert.equal(
                            decide(document, action, exampleArn),
                            "allowed",
                            `${name}: ${action} ${exampleArn}`,
                        );
                        if (resource === "*" && !action.startsWith("xray:")) {
                            assert.equal(decide(document, action, exampleArn, "eu-west-1"), "implicitDeny", action);
                        }
                    }
                }
            }
        }
    });

    it("the permissions boundary allows X-Ray actions without a condition key", () => {
        for (const action of ["xray:PutTraceSegments", "xray:PutTelemetryRecords"]) {
            const request = { caller: role, action, resource: "*", context: {} };
            const documents = {
                identity: [{ name: "policy", document: everything }],
                boundary: [{ name: "boundary", document: boundary }],
            };
            assert.equal(authorize(request, documents, scope.accountId).decision, "allowed", action);
        }
    });

    it("the API role can use the stack's campaign and table, but no others", () => {
        const campaign = arn("personalize", `campaign/${names.campaign}`);
        assert.equal(decide(everything, "personalize:GetRecommendations", campaign), "allowed");
        assert.equal(decide(everything, "personalize:GetRecommendations", `${campaign}-2`), "implicitDeny");
        assert.equal(decide(everything, "personalize:DeleteCampaign", campaign), "implicitDeny");
        for (const [filter, decision] of [
            [names.watchedFilter, "allowed"],
            ["comedies", "allowed"],
            ["others", "implicitDeny"],
        ] as const) {
            const filterArn = arn("personalize", `filter/${filter}`);
            assert.equal(decide(everything, "personalize:GetRecommendations", filterArn), decision, filter);
            assert.equal(decide(everything, "personalize:DescribeFilter", filterArn), "implicitDeny", filter);
        }
        assert.equal(decide(everything, "dynamodb:GetItem", arn("dynamodb", `table/${names.api}`)), "allowed");
        for (const action of ["dynamodb:Query", "dynamodb:Scan", "dynamodb:DeleteTable", "dynamodb:DeleteItem"]) {
            assert.equal(decide(everything, action, arn("dynamodb", `table/${names.api}`)), "implicitDeny", action);
        }
        assert.equal(decide(everything, "dynamodb:GetItem", arn("dynamodb", "table/others")), "implicitDeny");
    });

    it("the API role can read only objects below tables/ in the bucket", () => {
        const object = (key: string) => decide(everything, "s3:GetObject", `arn:aws-cn:s3:::films/${key}`);
        assert.equal(object("tables/2fd61244.json"), "allowed");
        assert.equal(object("personalize_interactions_fixed.csv"), "implicitDeny");
        const writes = decide(everything, "s3:PutObject", "arn:aws-cn:s3:::films/tables/2fd61244.json");
        assert.equal(writes, "implicitDeny");
    });

    it("the API role can decrypt with the KMS key through S3 only", () => {
        const kmsKeyArn = arn("kms", "key/films");
        const document = apiPolicy({ ...scope, kmsKeyArn }, { track: false, trace: false, filters: [] });
        const decrypts = (via: object) =>
            authorize(
                { caller: role, action: "kms:Decrypt", resource: kmsKeyArn, context: { ...inLambda, ...via } },
                { identity: [{ name: "policy", document }] },
                scope.accountId,
            ).decision;
        assert.equal(decrypts({ "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn" }), "allowed");
        assert.equal(decrypts({}), "implicitDeny");
    });

    it("the API policy omits filters and event tracker if not configured", () => {
        const plain = apiPolicy(scope, { track: false, trace: false, filters: [] });
        const watchedFilter = arn("personalize", `filter/${names.watchedFilter}`);
        assert.equal(decide(plain, "personalize:GetRecommendations", watchedFilter), "implicitDeny");
        assert.equal(decide(plain, "personalize:PutEvents", "*"), "implicitDeny");
    });

    it("only one API may invoke each function", () => {
        assert.equal(anyMethodArn(arn("execute-api", "abc")), arn("execute-api", "abc/*/*"));
        assert.match(
            invocationUri(scope, names.api),
            /^arn:aws-cn:apigateway:cn-north-1:lambda:path\/.*\/invocations$/,
        );
    });

    it("only one CloudFront distribution can read the storefront bucket, and only with TLS", () => {
        const distribution = "arn:aws-cn:cloudfront::123456789012:distribution/E1";
        const document = storefrontBucketPolicy(scope, "films-page", distribution);
        const reads = (source: string, tls = "true") =>
            authorize(
                {
                    caller: { service: "cloudfront.amazonaws.com" },
                    action: "s3:GetObject",
                    resource: "arn:aws-cn:s3:::films-page/index.html",
                    context: { "aws:SourceArn": source, "aws:SecureTransport": tls },
                },
                { resource: [{ name: "bucket", document }] },
                scope.accountId,
            ).decision;
        assert.equal(reads(distribution), "allowed");
        assert.equal(reads(distribution.replace("E1", "E2")), "implicitDeny");
        assert.equal(reads(distribution, "false"), "explicitDeny");
        assert.deepEqual(findViolations("aws:s3/bucketPolicy:BucketPolicy", { policy: JSON.stringify(document) }), []);
    });
});
