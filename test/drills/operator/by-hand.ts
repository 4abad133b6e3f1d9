import { APIGatewayClient, UpdateAccountCommand } from "@aws-sdk/client-api-gateway";
import {
    CloudFrontClient,
    GetCachePolicyCommand,
    GetOriginAccessControlCommand,
    GetResponseHeadersPolicyCommand,
    ListCachePoliciesCommand,
    ListOriginAccessControlsCommand,
    ListResponseHeadersPoliciesCommand,
    UpdateCachePolicyCommand,
    UpdateOriginAccessControlCommand,
    UpdateResponseHeadersPolicyCommand,
} from "@aws-sdk/client-cloudfront";
import { DynamoDBClient, UpdateTableCommand } from "@aws-sdk/client-dynamodb";
import { CreateRoleCommand, GetRoleCommand } from "@aws-sdk/client-iam";
import { gatewayLogTrust } from "../../../iam/api-access.ts";
import { createSettings, type TestAws } from "../../support/local-aws.ts";

/** Sets the account's role for API Gateway's logs. Only an administrator may do this. */
export async function letGatewayLog(aws: TestAws): Promise<void> {
    const RoleName = "gateway-logs";
    const trust = gatewayLogTrust();
    const { Role } = await aws.iam
        .send(new CreateRoleCommand({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) }))
        .catch(() => aws.iam.send(new GetRoleCommand({ RoleName })));
    const gateway = new APIGatewayClient(createSettings(aws.instance));
    const role = { op: "replace", path: "/cloudwatchRoleArn", value: Role?.Arn } as const;
    await gateway.send(new UpdateAccountCommand({ patchOperations: [role] }));
    gateway.destroy();
}

/** Changes resources of the storefront and the API's table, as a user might in the console. */
export async function changedByHand(aws: TestAws): Promise<void> {
    const { apiTableName: TableName } = await aws.outputs();
    const dynamo = new DynamoDBClient(createSettings(aws.instance));
    await dynamo.send(new UpdateTableCommand({ TableName, DeletionProtectionEnabled: true }));
    dynamo.destroy();

    const edge = new CloudFrontClient(createSettings(aws.instance));
    const [Comment, Description] = ["by hand", "by hand"];
    const { OriginAccessControlList } = await edge.send(new ListOriginAccessControlsCommand({}));
    for (const { Id } of OriginAccessControlList?.Items ?? []) {
        const { OriginAccessControl: current, ETag: IfMatch } = await edge.send(
            new GetOriginAccessControlCommand({ Id }),
        );
        const OriginAccessControlConfig = { ...current?.OriginAccessControlConfig, Description } as never;
        await edge.send(new UpdateOriginAccessControlCommand({ Id, IfMatch, OriginAccessControlConfig }));
    }
    const { CachePolicyList } = await edge.send(new ListCachePoliciesCommand({ Type: "custom" }));
    for (const { CachePolicy: { Id } = { Id: undefined } } of CachePolicyList?.Items ?? []) {
        const { CachePolicy: current, ETag: IfMatch } = await edge.send(new GetCachePolicyCommand({ Id }));
        const CachePolicyConfig = { ...current?.CachePolicyConfig, Comment } as never;
        await edge.send(new UpdateCachePolicyCommand({ Id, IfMatch, CachePolicyConfig }));
    }
    const { ResponseHeadersPolicyList } = await edge.send(new ListResponseHeadersPoliciesCommand({ Type: "custom" }));
    for (const { ResponseHeadersPolicy: { Id } = { Id: undefined } } of ResponseHeadersPolicyList?.Items ?? []) {
        const { ResponseHeadersPolicy: current, ETag: IfMatch } = await edge.send(
            new GetResponseHeadersPolicyCommand({ Id }),
        );
        const ResponseHeadersPolicyConfig = { ...current?.ResponseHeadersPolicyConfig, Comment } as never;
        await edge.send(new UpdateResponseHeadersPolicyCommand({ Id, IfMatch, ResponseHeadersPolicyConfig }));
    }
    edge.destroy();
}
