import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { zipSync } from "fflate";
import { account, allow, useEnforcing } from "../gateway/enforcement/support.ts";
import {
    answered,
    createDocument,
    createFunction,
    deploy,
    functionName,
    importDocument,
    makeFunction,
} from "./rest-apis/support.ts";

const FunctionName = "logs";
const code = `export const handler = async ({ lines = [], unfinished, fails }) => {
    for (const line of lines) {
        console.log(line);
        await new Promise((resolve) => setTimeout(resolve, 20));
    }
    if (unfinished) process.stdout.write(unfinished);
    if (fails) throw new Error(fails);
    return "done";
};`;

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

describe("Logs and updates of Lambda functions", () => {
    const aws = useEnforcing();
    let logs: CloudWatchLogs;
    let url: string;
    before(async () => {
        logs = aws.open(CloudWatchLogs);
        await createFunction(aws, FunctionName, code);
        const gateway = aws.open(APIGateway);
        await makeFunction(aws);
        const id = await importDocument(gateway, createDocument({ "/films": { get: answered() } }));
        url = `${await deploy(aws, gateway, id)}/films`;
    });

    async function invoke(payload: object): Promise<string | undefined> {
        return (await aws.admin.lambda.invoke({ FunctionName, Payload: JSON.stringify(payload) })).FunctionError;
    }
    const logGroupName = `/aws/lambda/${FunctionName}`;

    /** Returns the log of each invocation between its START and END lines. */
    async function logged(): Promise<string[][]> {
        const { events = [] } = await logs.filterLogEvents({ logGroupName });
        const invocations: string[][] = [];
        const open = new Map<string, string[]>();
        for (const { logStreamName = "", message = "" } of events) {
            if (message.startsWith("START RequestId")) {
                const lines: string[] = [];
                open.set(logStreamName, lines);
                invocations.push(lines);
            }
            // Excludes the platform's lines and Node.js's own lines of a new process.
            if (/^((START|END|REPORT) RequestId|\(node:\d+\)|\(Use `node)/.test(message)) continue;
            open.get(logStreamName)?.push(message);
        }
        return invocations;
    }

    it("the log of each invocation contains exactly the lines of that invocation", async () => {
        const many = Array.from({ length: 500 }, (_, at) => `${at} ${"x".repeat(200)}`);
        await invoke({});
        await invoke({ lines: ["one", "two", "three"] });
        await invoke({});
        await invoke({ lines: ["half"], unfinished: "and no more" });
        await invoke({ unfinished: `${many.join("\n")}\n` });
        assert.equal(await invoke({ fails: "no film" }), "Unhandled");
        await invoke({ lines: ["again"] });
        const loggedLists = await logged();
        const expectedLists = [[], ["one", "two", "three"], [], ["half", "and no more"], many, ["again"]];
        const sorted = (lists: string[][]) => lists.map((lines) => lines.join("\n")).sort();
        const failed = loggedLists.filter((lines) => lines.some((line) => line.includes("no film")));
        const others = loggedLists.filter((lines) => !failed.includes(lines));
        assert.deepEqual(sorted(others).filter(Boolean), sorted(expectedLists).filter(Boolean));
        assert.ok(loggedLists.flat().every((line) => !line.includes("end of invocation")));
    });

    it("a function creates its log group only if its role may create it", async () => {
        const group = `arn:aws:logs:eu-central-1:${account}:log-group:${logGroupName}`;
        const allowActions = (resource: string, ...actions: string[]) =>
            aws.putRolePolicy(`${FunctionName}-role`, allow(actions, resource));
        const writes = ["logs:CreateLogStream", "logs:PutLogEvents"];
        await logs.deleteLogGroup({ logGroupName });
        await allowActions("*", ...writes);
        await invoke({ lines: ["lost"] });
        // IAM compares the ARN with `:*` for this action.
        await allowActions(group, "logs:CreateLogGroup", ...writes);
        await invoke({ lines: ["lost"] });
        await logs.createLogGroup({ logGroupName });
        await invoke({ lines: ["kept"] });
        assert.deepEqual((await logged()).flat(), ["kept"]);

        await allowActions(`${group}:*`, "logs:CreateLogGroup", ...writes);
        await logs.deleteLogGroup({ logGroupName });
        await invoke({ lines: ["first"] });
        assert.deepEqual((await logged()).flat(), ["first"]);
    });

    async function update(version: number): Promise<void> {
        const FunctionName = functionName;
        const Environment = { Variables: { VERSION: String(version) } };
        await aws.admin.lambda.updateFunctionConfiguration({ FunctionName, Environment });
        await aws.admin.lambda.updateFunctionCode({ FunctionName, ZipFile: packageOf(version) });
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
