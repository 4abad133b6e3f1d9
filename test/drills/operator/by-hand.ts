import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudFront } from "@aws-sdk/client-cloudfront";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { gatewayLogTrust } from "../../../iam/api-access.ts";
import { createSettings, type TestAws } from "../../support/local-aws.ts";

/** Sets the account's role for API Gateway's logs. Only an administrator may do this. */
export async function letGatewayLog(aws: TestAws): Promise<void> {
    const RoleName = "gateway-logs";
    const trust = gatewayLogTrust();
    const { Role } = await aws.iam
        .createRole({ RoleName, AssumeRolePolicyDocument: JSON.stringify(trust) })
        .catch(() => aws.iam.getRole({ RoleName }));
    const gateway = new APIGateway(createSettings(aws.instance));
    const role = { op: "replace", path: "/cloudwatchRoleArn", value: Role?.Arn } as const;
    await gateway.updateAccount({ patchOperations: [role] });
    gateway.destroy();
}

/** Changes resources of the storefront and the API's table, as a user might in the console. */
export async function changedByHand(aws: TestAws): Promise<void> {
    const { apiTableName: TableName } = await aws.outputs();
    const dynamo = new DynamoDB(createSettings(aws.instance));
    await dynamo.updateTable({ TableName, DeletionProtectionEnabled: true });
    dynamo.destroy();

    const edge = new CloudFront(createSettings(aws.instance));
    const [Comment, Description] = ["by hand", "by hand"];
    const { OriginAccessControlList } = await edge.listOriginAccessControls({});
    for (const { Id } of OriginAccessControlList?.Items ?? []) {
        const { OriginAccessControl: current, ETag: IfMatch } = await edge.getOriginAccessControl({ Id });
        const OriginAccessControlConfig = { ...current?.OriginAccessControlConfig, Description } as never;
        await edge.updateOriginAccessControl({ Id, IfMatch, OriginAccessControlConfig });
    }
    const { CachePolicyList } = await edge.listCachePolicies({ Type: "custom" });
    for (const { CachePolicy: { Id } = { Id: undefined } } of CachePolicyList?.Items ?? []) {
        const { CachePolicy: current, ETag: IfMatch } = await edge.getCachePolicy({ Id });
        const CachePolicyConfig = { ...current?.CachePolicyConfig, Comment } as never;
        await edge.updateCachePolicy({ Id, IfMatch, CachePolicyConfig });
    }
    const { ResponseHeadersPolicyList } = await edge.listResponseHeadersPolicies({ Type: "custom" });
    for (const { ResponseHeadersPolicy: { Id } = { Id: undefined } } of ResponseHeadersPolicyList?.Items ?? []) {
        const { ResponseHeadersPolicy: current, ETag: IfMatch } = await edge.getResponseHeadersPolicy({ Id });
        const ResponseHeadersPolicyConfig = { ...current?.ResponseHeadersPolicyConfig, Comment } as never;
        await edge.updateResponseHeadersPolicy({ Id, IfMatch, ResponseHeadersPolicyConfig });
    }
    edge.destroy();
}
