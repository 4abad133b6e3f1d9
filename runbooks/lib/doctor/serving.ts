import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import { APIGatewayClient, GetAccountCommand } from "@aws-sdk/client-api-gateway";
import { tablesPathBeside } from "../../../data-prep/places.ts";
import { parseTables } from "../../../data-prep/tables/document.ts";
import type { AccountDeps } from "./account.ts";
import { type Check, fail, ok, unknown } from "./check.ts";
import type { StackDeps } from "./stack.ts";

const withoutApi = "not needed: there is no API (config api)";

/** The tables by which the API answers without a campaign: there, and of the same interactions. */
export const fallbackTables: Check<Pick<StackDeps, "projectDir" | "configuration">> = async (deps) => {
    const found = await deps.configuration();
    if (!("config" in found)) {
        return unknown("whether they are needed is not known without the configuration");
    }
    const { interactionsFile, serving } = found.config;
    if (!serving.api) {
        return ok(withoutApi);
    }
    const file = tablesPathBeside(interactionsFile);
    const again = `npm run data-prep -- --output ${interactionsFile}   # --input for what is not MovieLens 100k; or: pulumi config set api false`;
    const path = resolve(deps.projectDir, file);
    let of: string;
    try {
        of = parseTables(await readFile(path, "utf8")).interactions.sha256;
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return fail(code === "ENOENT" ? `there is no ${file}` : `${file} is none: ${message}`, again);
    }
    const hash = createHash("sha256");
    await pipeline(createReadStream(resolve(deps.projectDir, interactionsFile)), hash);
    return of === hash.digest("hex")
        ? ok(`${file}, of the same interactions`)
        : fail(`${file} was made from other interactions than ${interactionsFile}`, again);
};

/** API Gateway refuses access logs of a stage until the account has a role by which it writes logs. */
export const gatewayLogRole: Check<AccountDeps> = async ({ config: { region, serving, stack } }) => {
    if (!serving.api || !serving.accessLogs) {
        return ok(serving.api ? "not needed: no access logs (config apiAccessLogs)" : withoutApi);
    }
    if (serving.gatewayLogRole) {
        return ok("`pulumi up` makes it, for all APIs of the account (config apiGatewayLogRole)");
    }
    const { cloudwatchRoleArn } = await new APIGatewayClient({ region }).send(new GetAccountCommand({}));
    return cloudwatchRoleArn
        ? ok(cloudwatchRoleArn)
        : fail(
              `API Gateway of this account has no role to log by in ${region}, and apiAccessLogs is true`,
              `pulumi config set --stack ${stack} apiGatewayLogRole true   # and have an administrator run up once; or: apiAccessLogs false`,
          );
};
