import { resolve } from "node:path";
import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { CloudFrontClient, ListDistributionsCommand } from "@aws-sdk/client-cloudfront";
import { approximately, priceNote } from "../../../config/prices.ts";
import { worstHourUsd } from "../../../cost/worst-hour.ts";
import { hashFile } from "../../../data-prep/files.ts";
import { filesBeside } from "../../../data-prep/places.ts";
import { prepareCommand, tablesProblem } from "../../../data-prep/tables/fault.ts";
import type { AccountDeps } from "./account.ts";
import { type Check, fail, ok, unknown, warn } from "./check.ts";
import type { StackDeps } from "./stack.ts";

const withoutApi = "not needed: there is no API (config api)";

/** Checks that fallback tables exist and were made from the current interactions. */
export const fallbackTables: Check<Pick<StackDeps, "projectDir" | "configuration">> = async (deps) => {
    const parsed = await deps.configuration();
    if (!("config" in parsed)) {
        return unknown("unknown without the configuration");
    }
    const { interactionsFile, api } = parsed.config;
    if (!api) {
        return ok(withoutApi);
    }
    const fault = await tablesProblem(
        interactionsFile,
        () => hashFile(resolve(deps.projectDir, interactionsFile)),
        deps.projectDir,
    );
    return fault === undefined
        ? ok(`${filesBeside(interactionsFile).tables}, made from the current interactions`)
        : fail(fault, await prepareCommand(interactionsFile));
};

/** Shows the hourly cost that anybody can cause through a public API. */
export const publicApi: Check<AccountDeps> = async ({ config }) => {
    if (!config.api) {
        return ok(withoutApi);
    }
    if (config.apiKey) {
        return ok("callers need the API key");
    }
    return ok(
        `public: a stranger can cause ${approximately(worstHourUsd(config))} an hour through it ${priceNote}: docs/security.md`,
    );
};

const distributionType = "aws:cloudfront/distribution:Distribution";

/**
 * Warns that CloudFront may reject an account without a distribution, and that a stack whose storefront moves from
 * CloudFront to the API loses its distribution.
 */
export const pageHost: Check<AccountDeps> = async ({ config: { region, storefront, stack }, held }) => {
    const set = (value: string) => `pulumi config set --stack ${stack} storefront ${value}`;
    const ids = [...((await held())?.ids ?? [])];
    const hasOwn = ids.some((id) => id.startsWith(`${distributionType} `));
    if (storefront !== "cloudfront") {
        return hasOwn
            ? warn(
                  `\`pulumi up\` deletes the stack's distribution, because storefront is ${storefront}`,
                  `${set("cloudfront")}   # keeps it`,
              )
            : ok(`not needed: storefront is ${storefront}`);
    }
    if (hasOwn) {
        return ok("the stack has its distribution");
    }
    const { DistributionList } = await new CloudFrontClient({ region }).send(new ListDistributionsCommand({}));
    return (DistributionList?.Items ?? []).length > 0
        ? ok("the account has distributions, so CloudFront accepts another one")
        : warn(
              "this account has no distribution yet. CloudFront refuses a new account until AWS Support has verified it",
              `${set("api")}   # the API serves the page until then`,
          );
};

/** Checks the account's log role, without which API Gateway rejects access logs. */
export const gatewayLogRole: Check<AccountDeps> = async ({ config }) => {
    const { region, api, apiAccessLogs, stack } = config;
    if (!api || !apiAccessLogs) {
        return ok(api ? "not needed: no access logs (config apiAccessLogs)" : withoutApi);
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
