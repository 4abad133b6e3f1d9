import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { CloudFrontClient, ListDistributionsCommand } from "@aws-sdk/client-cloudfront";
import type { AccountDeps } from "./account.ts";
import { type Check, fail, ok, warn } from "./check.ts";

const distributionType = "aws:cloudfront/distribution:Distribution";

/** Warns that CloudFront may reject an account without a distribution. */
export const pageHost: Check<AccountDeps> = async ({ config: { region, storefront, stack }, held }) => {
    if (storefront !== "cloudfront") return ok(`not needed: storefront is ${storefront}`);
    if ([...held].some((id) => id.startsWith(`${distributionType} `))) return ok("the stack has its distribution");
    const { DistributionList } = await new CloudFrontClient({ region }).send(new ListDistributionsCommand({}));
    return (DistributionList?.Items ?? []).length > 0
        ? ok("the account has distributions, so CloudFront accepts another one")
        : warn(
              "this account has no distribution yet. CloudFront refuses a new account until AWS Support has verified it",
              `pulumi config set --stack ${stack} storefront api   # the API serves the page until then`,
          );
};

/** Checks the account's log role, without which API Gateway rejects access logs. */
export const gatewayLogRole: Check<AccountDeps> = async ({ config }) => {
    const { region, api, apiAccessLogs, stack } = config;
    if (!api || !apiAccessLogs) {
        return ok(
            api ? "not needed: no access logs (config apiAccessLogs)" : "not needed: there is no API (config api)",
        );
    }
    if (config.apiGatewayLogRole) {
        return ok("`pulumi up` creates it, for all APIs of the account (config apiGatewayLogRole)");
    }
    const { cloudwatchRoleArn } = await new APIGatewayClient({ region }).send(new GetAccountCommand({}));
    return cloudwatchRoleArn
        ? ok(cloudwatchRoleArn)
        : fail(
              `API Gateway has no role for its logs in ${region} of this account, and apiAccessLogs is true`,
              `pulumi config set --stack ${stack} apiGatewayLogRole true   # and have an administrator run up once; or: apiAccessLogs false`,
          );
};
