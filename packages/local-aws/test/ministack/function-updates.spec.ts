import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import type { APIGatewayClient } from "@aws-sdk/client-api-gateway";
import { UpdateFunctionCodeCommand, UpdateFunctionConfigurationCommand } from "@aws-sdk/client-lambda";
import { zipSync } from "fflate";
import { type Enforcing, startEnforcing } from "../gateway/enforcement/support.ts";
import {
    answered,
    createDocument,
    createGateway,
    deploy,
    functionName,
    importDocument,
    makeFunction,
} from "./rest-apis/support.ts";

const clients = 8;
const updates = 10;

/**
 * Creates a package with many files. After a delay, its handler returns `version` as it stands in the handler, in the
 * last file, and in the environment variable `VERSION`.
 */
const packageOf = (version: number) =>
    zipSync({
        "index.mjs": Buffer.from(`import { readFileSync } from "node:fs";
            export const handler = async () => {
                await new Promise((resolve) => setTimeout(resolve, 15));
                const file = readFileSync(new URL("files/59.txt", import.meta.url), "utf8");
                return { statusCode: 200, body: JSON.stringify({ code: ${version}, file, configuration: process.env.VERSION }) };
            };`),
        ...Object.fromEntries(Array.from({ length: 60 }, (_, at) => [`files/${at}.txt`, Buffer.from(String(version))])),
    });

describe("Lambda function updates during requests", () => {
    let aws: Enforcing;
    let gateway: APIGatewayClient;
    let url: string;
    before(async () => {
        aws = await startEnforcing();
        gateway = createGateway(aws);
        await makeFunction(aws);
        const { id = "" } = await importDocument(gateway, createDocument({ "/films": { get: answered() } }));
        url = `${await deploy(aws, gateway, id)}/films`;
    });
    after(async () => {
        gateway.destroy();
        await aws.discard();
    });

    async function update(version: number): Promise<void> {
        const FunctionName = functionName;
        const Environment = { Variables: { VERSION: String(version) } };
        await aws.admin.lambda.send(new UpdateFunctionConfigurationCommand({ FunctionName, Environment }));
        await aws.admin.lambda.send(new UpdateFunctionCodeCommand({ FunctionName, ZipFile: packageOf(version) }));
    }

    it("no request fails during the updates, and afterwards the last code and configuration are in effect", async () => {
        await update(0);
        let updating = true;
        const failed: string[] = [];
        const answers: { code: number; file: string; configuration: string }[] = [];
        const asking = Array.from({ length: clients }, async () => {
            while (updating) {
                const answer = await fetch(url);
                const text = await answer.text();
                if (answer.status === 200) answers.push(JSON.parse(text));
                else failed.push(`${answer.status} ${text}`);
            }
        });
        const untilRequests = async (requests: number) => {
            while (answers.length + failed.length < requests) await sleep(5);
        };
        for (let version = 1; version <= updates; version++) {
            // The update happens while some processes answer and others start with the previous version.
            await untilRequests(answers.length + (version % 2) * clients);
            await update(version);
        }
        await untilRequests(updates * clients);
        updating = false;
        await Promise.all(asking);
        assert.deepEqual(failed.slice(0, 3), []);
        assert.deepEqual(
            answers.filter(({ code, file }) => String(code) !== file),
            [],
        );
        const latest = await Promise.all(Array.from({ length: clients }, async () => (await fetch(url)).json()));
        const wanted = { code: updates, file: String(updates), configuration: String(updates) };
        assert.deepEqual(latest, Array(clients).fill(wanted));
    });
});
