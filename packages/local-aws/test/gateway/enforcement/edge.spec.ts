import assert from "node:assert/strict";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import {
    CloudFront,
    CreateDistributionWithTagsCommand,
    TagResourceCommand as TagDistributionCommand,
} from "@aws-sdk/client-cloudfront";
import { CloudTrail } from "@aws-sdk/client-cloudtrail";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { zipSync } from "fflate";
import { toDistributionConfig } from "../../../aws-plugin/cloudfront-distribution.ts";
import { createSender } from "../../../calls.ts";
import { distributionArgs } from "../../aws-plugin/edge-args.ts";
import { answered, createDocument, importDocument } from "../../ministack/rest-apis/support.ts";
import { account, allow, type Keys, useEnforcing } from "./support.ts";

const region = "eu-central-1";
const table = `arn:aws:dynamodb:${region}:${account}:table/films`;
const gateway = (path: string) => `arn:aws:apigateway:${region}::${path}`;
const edge = (tail: string) => `arn:aws:cloudfront::${account}:${tail}`;
const ours = { StringEquals: { "aws:RequestTag/team": "films" } };
const tags = { team: "films" };
/** The arguments of a table whose only key is `pk`. */
const keyOnly = {
    BillingMode: "PAY_PER_REQUEST" as const,
    KeySchema: [{ AttributeName: "pk", KeyType: "HASH" as const }],
    AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" as const }],
};

describe("IAM enforcement for DynamoDB, API Gateway, CloudTrail, Lambda and CloudFront", () => {
    const aws = useEnforcing();
    const clientsOf = (credentials?: Keys) => ({
        dynamo: aws.open(DynamoDB, credentials),
        api: aws.open(APIGateway, credentials),
        cloudFront: aws.open(CloudFront, credentials),
    });
    const refused = (call: Promise<unknown>, action: string, resource: string) =>
        assert.rejects(call, (error: Error) => {
            const text = error.message || String(error);
            assert.ok(text.includes(`not authorized to perform: ${action} on resource: ${resource} `), text);
            return true;
        });
    /** A condition that the service sends aws:SourceAccount. */
    const withSource = { StringEquals: { "aws:SourceAccount": account } };

    it("DynamoDB item calls need permission on the table's ARN, and CreateTable with tags needs dynamodb:TagResource", async () => {
        const { keys } = await aws.user(
            "reader",
            allow(["dynamodb:GetItem", "dynamodb:Query", "dynamodb:BatchGetItem"], table),
            allow("dynamodb:CreateTable", table, ours),
            allow("dynamodb:UpdateTimeToLive", table),
        );
        const { dynamo } = clientsOf(keys);
        const make = { TableName: "films", ...keyOnly };
        const Tags = [{ Key: "team", Value: "films" }];
        await refused(dynamo.createTable(make), "dynamodb:CreateTable", table);
        const tagged = { ...make, Tags };
        await refused(dynamo.createTable(tagged), "dynamodb:TagResource", table);
        await clientsOf().dynamo.createTable(tagged);
        const [TableName, key] = ["films", { pk: { S: "viewer#1" } }];
        await dynamo.getItem({ TableName, Key: key });
        await dynamo.batchGetItem({ RequestItems: { films: { Keys: [key] } } });
        const pk = { ":pk": { S: "viewer#1" } };
        const query = { KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: pk };
        await dynamo.query({ TableName, ...query });
        const TimeToLiveSpecification = { AttributeName: "expiresAt", Enabled: true };
        await dynamo.updateTimeToLive({ TableName, TimeToLiveSpecification });
        await refused(dynamo.putItem({ TableName, Item: key }), "dynamodb:PutItem", table);
        await refused(
            dynamo.transactWriteItems({ TransactItems: [{ Put: { TableName, Item: key } }] }),
            "dynamodb:PutItem",
            table,
        );
        await refused(
            dynamo.query({ TableName: "others", ...query }),
            "dynamodb:Query",
            table.replace("films", "others"),
        );
    });

    it("a policy with dynamodb:LeadingKeys limits every item call to the partition keys in the policy", async () => {
        const TableName = "keyed";
        await clientsOf().dynamo.createTable({ TableName, ...keyOnly });
        const { keys } = await aws.user(
            "one-key",
            allow("dynamodb:*", "*", {
                "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": ["stack"] },
                Null: { "dynamodb:LeadingKeys": "false" },
            }),
        );
        const { dynamo } = clientsOf(keys);
        const attempts = (text: string): (() => Promise<unknown>)[] => {
            const key = { pk: { S: text } };
            const Put = { TableName, Item: key };
            return [
                () => dynamo.putItem({ TableName, Item: key }),
                () => dynamo.getItem({ TableName, Key: key }),
                () => dynamo.batchGetItem({ RequestItems: { [TableName]: { Keys: [key] } } }),
                () => dynamo.batchWriteItem({ RequestItems: { [TableName]: [{ PutRequest: { Item: key } }] } }),
                () => dynamo.transactWriteItems({ TransactItems: [{ Put }] }),
                () =>
                    dynamo.query({
                        TableName,
                        KeyConditionExpression: "#key = :key",
                        ExpressionAttributeNames: { "#key": "pk" },
                        ExpressionAttributeValues: { ":key": key.pk },
                    }),
            ];
        };
        for (const attempt of attempts("stack")) await attempt();
        for (const attempt of attempts("viewer#1")) await assert.rejects(attempt(), { name: "AccessDeniedException" });
        await assert.rejects(dynamo.scan({ TableName }), { name: "AccessDeniedException" });
    });

    it("a policy with dynamodb:Attributes limits which attributes a write changes and returns", async () => {
        const TableName = "written";
        await clientsOf().dynamo.createTable({ TableName, ...keyOnly });
        const { keys } = await aws.user(
            "one-attribute",
            allow("dynamodb:*", "*", {
                "ForAllValues:StringEquals": { "dynamodb:Attributes": ["pk", "revision"] },
                StringEqualsIfExists: { "dynamodb:ReturnValues": "NONE" },
            }),
        );
        const { dynamo } = clientsOf(keys);
        const Key = { pk: { S: "viewer#1" } };
        const update = (UpdateExpression: string, more: object = {}) =>
            dynamo.updateItem({
                TableName,
                Key,
                UpdateExpression,
                ExpressionAttributeValues: { ":one": { N: "1" } },
                ...more,
            });
        await update("SET revision = if_not_exists(revision, :one)");
        await update("ADD #r :one", { ExpressionAttributeNames: { "#r": "revision" } });
        await dynamo.putItem({ TableName, Item: { ...Key, revision: { N: "2" } } });
        for (const attempt of [
            () => update("SET films = :one"),
            () => update("SET revision = :one REMOVE films[0].title"),
            () => update("ADD #r :one", { ExpressionAttributeNames: { "#r": "films" } }),
            () => update("SET revision = :one", { ReturnValues: "ALL_OLD" }),
            () => dynamo.putItem({ TableName, Item: { ...Key, films: { S: "[]" } } }),
            () => dynamo.deleteItem({ TableName, Key, ReturnValues: "ALL_OLD" }),
        ]) {
            await assert.rejects(attempt(), { name: "AccessDeniedException" });
        }
    });

    it("API Gateway calls need permission on the path, the tags in the request and the tags of the resource", async () => {
        const { keys } = await aws.user(
            "maker",
            allow("apigateway:GET", [gateway("/restapis"), gateway("/tags/*")]),
            allow("apigateway:POST", [gateway("/restapis"), gateway("/apikeys")], ours),
            allow("apigateway:DELETE", gateway("/restapis/*"), { StringEquals: { "aws:ResourceTag/team": "films" } }),
            allow("apigateway:PUT", gateway("/tags/*"), ours),
            allow("apigateway:PATCH", gateway("/restapis/*"), { StringEquals: { "aws:ResourceTag/team": "films" } }),
        );
        const { api } = clientsOf(keys);
        const admin = clientsOf().api;
        await api.getRestApis({});
        await refused(api.createRestApi({ name: "films" }), "apigateway:POST", gateway("/restapis"));
        const { keys: untagging } = await aws.user("untagging", allow("apigateway:POST", gateway("/restapis")));
        await refused(
            clientsOf(untagging).api.createRestApi({ name: "films", tags }),
            "apigateway:PUT",
            gateway(`/tags/${encodeURIComponent(gateway("/restapis/"))}*`),
        );
        const { id: restApiId = "" } = await api.createRestApi({ name: "films", tags });
        await api.createApiKey({ name: "films", tags });
        const resourceArn = gateway(`/restapis/${restApiId}`);
        await api.getTags({ resourceArn });
        await api.tagResource({ resourceArn, tags });
        const place = gateway(`/tags/${encodeURIComponent(resourceArn)}`);
        await refused(api.tagResource({ resourceArn, tags: { team: "others" } }), "apigateway:PUT", place);
        await refused(api.untagResource({ resourceArn, tagKeys: ["team"] }), "apigateway:DELETE", place);
        const { id: theirs = "" } = await admin.createRestApi({ name: "others" });
        await refused(api.deleteRestApi({ restApiId: theirs }), "apigateway:DELETE", gateway(`/restapis/${theirs}`));
        await api.deleteRestApi({ restApiId });
    });

    it("the tags of a stage override the tags that the stage inherits from its API", async () => {
        const ofFilms = { StringEquals: { "aws:ResourceTag/team": "films" } };
        const { keys } = await aws.user("inheritor", allow("apigateway:*", gateway("/*"), ofFilms));
        const { api } = clientsOf(keys);
        const admin = clientsOf().api;
        const { id: restApiId } = await admin.createRestApi({ name: "inherited", tags });
        const body = Buffer.from(JSON.stringify(createDocument({ "/films": { get: answered() } })));
        await api.putRestApi({ restApiId, mode: "overwrite", body });
        const { id: deploymentId } = await api.createDeployment({ restApiId });
        const stage = (stageName: string, team: string) => ({ restApiId, deploymentId, stageName, tags: { team } });
        await admin.createStage(stage("ours", "films"));
        await admin.createStage(stage("theirs", "others"));
        await api.getStage({ restApiId, stageName: "ours" });
        await refused(
            api.getStage({ restApiId, stageName: "theirs" }),
            "apigateway:GET",
            gateway(`/restapis/${restApiId}/stages/theirs`),
        );
        const { id: usagePlanId } = await admin.createUsagePlan({ name: "inherited", tags });
        await api.getUsagePlanKeys({ usagePlanId });
        const { id: other } = await admin.createUsagePlan({ name: "others" });
        await refused(
            api.getUsagePlanKeys({ usagePlanId: other }),
            "apigateway:GET",
            gateway(`/usageplans/${other}/keys`),
        );
    });

    it("the first stage with tracing needs iam:CreateServiceLinkedRole", async () => {
        const { keys } = await aws.user(
            "tracer",
            allow(["apigateway:POST", "apigateway:PATCH"], gateway("/restapis/*")),
        );
        const { api } = clientsOf(keys);
        const { api: admin } = clientsOf();
        const restApiId = await importDocument(admin, createDocument({ "/films": { get: answered() } }));
        const { id: deploymentId } = await admin.createDeployment({ restApiId });
        const stage = (stageName: string, tracingEnabled: boolean) =>
            api.createStage({ restApiId, deploymentId, stageName, tracingEnabled });
        await stage("plain", false);
        const linked = `arn:aws:iam::${account}:role/aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway`;
        await refused(stage("traced", true), "iam:CreateServiceLinkedRole", linked);
        const traced = { op: "replace", path: "/tracingEnabled", value: "true" } as const;
        const trace = { restApiId, stageName: "plain", patchOperations: [traced] };
        await refused(api.updateStage(trace), "iam:CreateServiceLinkedRole", linked);
        const of = (service: string) => ({ StringEquals: { "iam:AWSServiceName": service } });
        const make = (service: string) => allow("iam:CreateServiceLinkedRole", linked, of(service));
        await aws.putPolicy("tracer", [make("ec2.amazonaws.com")], "links");
        await refused(stage("traced", true), "iam:CreateServiceLinkedRole", linked);
        await aws.putPolicy("tracer", [make("ops.apigateway.amazonaws.com")], "links");
        await stage("traced", true);
        const { Role } = await aws.admin.iam.getRole({ RoleName: "AWSServiceRoleForAPIGateway" });
        assert.equal(Role?.Arn, linked);
        await aws.putPolicy("tracer", [allow("s3:ListAllMyBuckets")], "links");
        await api.updateStage(trace);
    });

    it("UpdateAccount needs iam:PassRole and a role that trusts API Gateway unconditionally", async () => {
        const logs = await aws.role("logs", { Service: "apigateway.amazonaws.com" });
        const distrusts = await aws.role("distrusts", { Service: "lambda.amazonaws.com" });
        const { keys } = await aws.user(
            "accountant",
            allow(["apigateway:PATCH", "apigateway:GET"], gateway("/account")),
        );
        const { api } = clientsOf(keys);
        const set = (value: string) =>
            api.updateAccount({ patchOperations: [{ op: "replace", path: "/cloudwatchRoleArn", value }] });
        await refused(set(logs), "iam:PassRole", logs);
        await aws.putPolicy("accountant", [allow("iam:PassRole", [logs, distrusts])], "passes");
        await assert.rejects(set(distrusts), { name: "BadRequestException" });
        const conditional = await aws.role("conditional", { Service: "apigateway.amazonaws.com" });
        await aws.trust("conditional", { Service: "apigateway.amazonaws.com" }, withSource);
        await aws.putPolicy("accountant", [allow("iam:PassRole", [logs, distrusts, conditional])], "passes");
        await assert.rejects(set(conditional), { name: "BadRequestException" });
        await set(logs);
        assert.equal((await api.getAccount({})).cloudwatchRoleArn, logs);
    });

    it("CreateTrail rejects a log role that requires aws:SourceAccount", async () => {
        const trails = aws.open(CloudTrail);
        const CloudWatchLogsRoleArn = await aws.role("trails", { Service: "cloudtrail.amazonaws.com" });
        const trail = {
            Name: "trail",
            S3BucketName: "films-trail",
            CloudWatchLogsRoleArn,
            CloudWatchLogsLogGroupArn: `arn:aws:logs:${region}:${account}:log-group:/trail:*`,
        };
        await aws.trust("trails", { Service: "cloudtrail.amazonaws.com" }, withSource);
        await assert.rejects(trails.createTrail(trail), {
            name: "InvalidCloudWatchLogsRoleArnException",
            message: "Access denied. Check the trust relationships for your role.",
        });
        await aws.trust("trails", { Service: "cloudtrail.amazonaws.com" });
        await trails.createTrail(trail);
    });

    it("CreateFunction with active tracing needs unconditional X-Ray permissions", async () => {
        const Role = await aws.role("traced", { Service: "lambda.amazonaws.com" });
        const make = {
            FunctionName: "traced",
            Runtime: "nodejs22.x" as const,
            Handler: "index.handler",
            Role,
            TracingConfig: { Mode: "Active" as const },
            Code: { ZipFile: zipSync({ "index.mjs": Buffer.from("export const handler = () => 1;") }) },
        };
        const xray = ["xray:PutTraceSegments", "xray:PutTelemetryRecords"];
        const untraced = {
            name: "InvalidParameterValueException",
            message: "The provided execution role does not have permissions to call PutTraceSegments on XRAY",
        };
        await assert.rejects(aws.admin.lambda.createFunction(make), untraced);
        await aws.putRolePolicy("traced", allow(xray, "*", { StringEquals: { "aws:RequestedRegion": region } }));
        await assert.rejects(aws.admin.lambda.createFunction(make), untraced);
        await aws.putRolePolicy("traced", allow(xray));
        await aws.admin.lambda.createFunction(make);
    });

    it("CloudFront calls need permission on the resource's ARN; create and list calls need permission on a wildcard", async () => {
        const { keys } = await aws.user(
            "publisher",
            allow("cloudfront:CreateOriginAccessControl", edge("origin-access-control/*")),
            allow("cloudfront:CreateDistribution", edge("distribution/*"), ours),
            allow("cloudfront:TagResource", edge("distribution/*"), ours),
        );
        const { cloudFront } = clientsOf(keys);
        const control = await cloudFront.createOriginAccessControl({
            OriginAccessControlConfig: {
                Name: "films",
                SigningBehavior: "always",
                SigningProtocol: "sigv4",
                OriginAccessControlOriginType: "s3",
            },
        });
        const Id = control.OriginAccessControl?.Id ?? "";
        await refused(
            cloudFront.deleteOriginAccessControl({ Id, IfMatch: control.ETag }),
            "cloudfront:DeleteOriginAccessControl",
            edge(`origin-access-control/${Id}`),
        );
        const wanted = toDistributionConfig(distributionArgs());
        const DistributionConfig = { CallerReference: "films", ...wanted };
        const withTags = (team: string) =>
            createSender(cloudFront)(CreateDistributionWithTagsCommand)({
                DistributionConfigWithTags: { DistributionConfig, Tags: { Items: [{ Key: "team", Value: team }] } },
            });
        await refused(withTags("others"), "cloudfront:CreateDistribution", edge("distribution/*"));
        const { Distribution } = await withTags("films");
        const Resource = Distribution?.ARN ?? "";
        const tagged = (team: string) =>
            new TagDistributionCommand({ Resource, Tags: { Items: [{ Key: "team", Value: team }] } });
        await cloudFront.send(tagged("films"));
        await refused(cloudFront.send(tagged("others")), "cloudfront:TagResource", Resource);
        await refused(cloudFront.listDistributions({}), "cloudfront:ListDistributions", "*");
        const invalidation = {
            DistributionId: Distribution?.Id,
            InvalidationBatch: { CallerReference: "1", Paths: { Quantity: 1, Items: ["/*"] } },
        };
        await refused(cloudFront.createInvalidation(invalidation), "cloudfront:CreateInvalidation", Resource);
        const tagsAllow = { StringEquals: { "aws:ResourceTag/team": "films" } };
        await aws.putPolicy("publisher", [allow("cloudfront:CreateInvalidation", "*", tagsAllow)], "tags");
        await cloudFront.createInvalidation(invalidation);
    });
});
