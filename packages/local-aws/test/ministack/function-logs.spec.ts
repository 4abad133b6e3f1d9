import assert from "node:assert/strict";
import {
    CloudWatchLogsClient,
    DescribeLogStreamsCommand,
    FilterLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { CreateFunctionCommand, InvokeCommand } from "@aws-sdk/client-lambda";
import { zipSync } from "fflate";
import { region } from "../../../../test/support/local-aws.ts";
import { administrator, type Enforcing, startEnforcing } from "../gateway/enforcement/support.ts";

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

describe("CloudWatch logs of Lambda invocations", () => {
    let aws: Enforcing;
    let logs: CloudWatchLogsClient;
    before(async () => {
        aws = await startEnforcing();
        logs = new CloudWatchLogsClient({ endpoint: aws.url, region, credentials: administrator });
        await aws.admin.lambda.send(
            new CreateFunctionCommand({
                FunctionName,
                Runtime: "nodejs24.x" as "nodejs22.x",
                Handler: "index.handler",
                Role: await aws.role("runs", { Service: "lambda.amazonaws.com" }),
                Code: { ZipFile: zipSync({ "index.mjs": Buffer.from(code) }) },
            }),
        );
    });
    after(async () => {
        logs.destroy();
        await aws.discard();
    });

    async function invoke(payload: object): Promise<string | undefined> {
        const command = new InvokeCommand({ FunctionName, Payload: JSON.stringify(payload) });
        return (await aws.admin.lambda.send(command)).FunctionError;
    }
    const logGroupName = `/aws/lambda/${FunctionName}`;

    /** Returns the log of each invocation between its START and END lines. */
    async function logged(): Promise<string[][]> {
        const { events = [] } = await logs.send(new FilterLogEventsCommand({ logGroupName }));
        const invocations: string[][] = [];
        const open = new Map<string, string[]>();
        for (const { logStreamName = "", message = "" } of events) {
            if (message.startsWith("START RequestId")) {
                open.set(logStreamName, []);
                invocations.push(open.get(logStreamName) as string[]);
            }
            // Excludes the platform's lines and Node.js's own lines of a new process.
            if (/^((START|END|REPORT) RequestId|\(node:\d+\)|\(Use `node)/.test(message)) continue;
            open.get(logStreamName)?.push(message);
        }
        return invocations;
    }
    const streams = async () => (await logs.send(new DescribeLogStreamsCommand({ logGroupName }))).logStreams ?? [];

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

    it("all invocations in one function process write to one log stream, and each process has its own stream", async () => {
        const before = await streams();
        for (let at = 0; at < 10; at++) await invoke({ lines: [`${at}`] });
        assert.equal((await streams()).length, before.length);
        await Promise.all(Array.from({ length: 4 }, () => invoke({ lines: ["a", "b", "c", "d", "e"] })));
        const after = await streams();
        assert.ok(after.length > before.length && after.length <= before.length + 4, String(after.length));
        assert.match(after[0]?.logStreamName ?? "", /^\d{4}\/\d{2}\/\d{2}\/\[\$LATEST\][0-9a-f]{32}$/);
    });
});
