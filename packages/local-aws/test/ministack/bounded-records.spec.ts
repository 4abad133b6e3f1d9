import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../../local-personalize/test/support.ts";
import { root } from "../../instance.ts";
import { type MiniStack, startMiniStack } from "../../ministack/process.ts";
import { toolchain } from "../../toolchain/env.mjs";

const group = { logGroupName: "/films" };
const stream = { ...group, logStreamName: "1" };
const message = (event: number) => `event ${event} ${"x".repeat(100)}`;

describe("Log events and datapoints of the local AWS", () => {
    let dir: string;
    let aws: MiniStack;
    before(async () => {
        dir = await mkdtemp(join(tmpdir(), "movie-recommender-records-"));
        const python = join(dir, "python");
        const real = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(root).python;
        const options = "export LOG_EVENTS=100 LOG_DAYS=1 DATAPOINTS=20";
        await writeFile(python, `#!/bin/sh\n${options}\nexec ${real} "$@"\n`);
        await chmod(python, 0o755);
        aws = await startMiniStack({
            python,
            dataDir: join(dir, "data"),
            logFile: join(dir, "log"),
            gatewayPort: 1,
            secret: "t",
            enforce: false,
            log: () => {},
        });
        await logs("CreateLogGroup", group);
        await logs("CreateLogStream", stream);
    });
    after(async () => {
        await aws?.stop();
        await rm(dir, { recursive: true, force: true, maxRetries: 5 });
    });

    /** Sends a JSON protocol call as the gateway forwards it. */
    const call = async (service: string, target: string, input: object) => {
        const credential = `Credential=test/20260101/eu-central-1/${service}/aws4_request`;
        const headers = {
            "x-amz-target": target,
            "content-type": "application/x-amz-json-1.1",
            "x-from-gateway": "t",
            authorization: `AWS4-HMAC-SHA256 ${credential}, SignedHeaders=host, Signature=0`,
        };
        const body = JSON.stringify(input);
        const answer = await fetch(`http://127.0.0.1:${aws.port}/`, { method: "POST", headers, body });
        const text = await answer.text();
        assert.ok(answer.ok, text);
        return JSON.parse(text || "{}");
    };
    const logs = (operation: string, input: object) => call("logs", `Logs_20140328.${operation}`, input);
    const put = (first: number, count: number, timestamp = Date.now()) =>
        logs("PutLogEvents", {
            ...stream,
            logEvents: Array.from({ length: count }, (_, at) => ({ timestamp, message: message(first + at) })),
        });
    const kept = async (): Promise<string[]> => {
        const { events } = await logs("FilterLogEvents", { ...group, limit: 10_000 });
        return events.map((event: { message: string }) => event.message);
    };

    it("a log group keeps only a limited number of log events, and only up to a maximum age", async () => {
        for (let first = 10; first < 310; first += 50) await put(first, 50, Date.now() + first);
        const messages = await until(async () => {
            const all = await kept();
            return all.length <= 110 && all;
        });
        assert.ok(messages.length >= 100, String(messages.length));
        assert.deepEqual(
            messages.slice(-100),
            Array.from({ length: 100 }, (_, at) => message(210 + at)),
        );
        await logs("CreateLogStream", { ...group, logStreamName: "2" });
        const logEvents = [{ timestamp: Date.now() - 2 * 86_400_000, message: "old" }];
        await logs("PutLogEvents", { ...group, logStreamName: "2", logEvents });
        await until(async () => !(await kept()).includes("old"));
    });

    it("a log stream whose events are all too old is removed, and a new stream without events is kept", async () => {
        const names = async (): Promise<string[]> => {
            const { logStreams } = await logs("DescribeLogStreams", group);
            return logStreams.map(({ logStreamName }: { logStreamName: string }) => logStreamName);
        };
        await logs("CreateLogStream", { ...group, logStreamName: "3" });
        // The previous test made all events of stream 2 too old, so the local AWS deletes this stream.
        await until(async () => !(await names()).includes("2"));
        assert.deepEqual(await names(), ["1", "3"]);
    });

    it("datapoints are merged by the minute once they are old, and the statistics stay equal", async () => {
        const metrics = (operation: string, input: object) =>
            call("monitoring", `GraniteServiceVersion20100801.${operation}`, input);
        const start = Math.floor(Date.now() / 60_000) * 60 - 600;
        const MetricData = Array.from({ length: 100 }, (_, at) => ({
            MetricName: "Views",
            Timestamp: start + 2 * at,
            Value: at,
        }));
        await metrics("PutMetricData", { Namespace: "Films", MetricData });
        const statistics = async () => {
            const { Datapoints } = await metrics("GetMetricStatistics", {
                Namespace: "Films",
                MetricName: "Views",
                StartTime: start,
                EndTime: start + 600,
                Period: 60,
                Statistics: ["Sum", "SampleCount", "Minimum", "Maximum"],
            });
            return Datapoints.toSorted(
                (a: { Timestamp: number }, b: { Timestamp: number }) => a.Timestamp - b.Timestamp,
            );
        };
        const first = await statistics();
        assert.ok(first.length >= 4);
        await until(async () => {
            const saved = JSON.parse(await readFile(join(dir, "data", "state", "cloudwatch.json"), "utf8"));
            const points = Object.values<unknown[]>(saved.payload.metrics.data)[0] ?? [];
            return points.length > 0 && points.length < 40;
        });
        assert.deepEqual(await statistics(), first);
    });
});
