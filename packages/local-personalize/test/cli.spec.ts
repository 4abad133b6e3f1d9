import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { Personalize } from "@aws-sdk/client-personalize";
import { PersonalizeEvents } from "@aws-sdk/client-personalize-events";
import { PersonalizeRuntime } from "@aws-sdk/client-personalize-runtime";
import { S3Client } from "@aws-sdk/client-s3";
import { zipSync } from "fflate";
import { takeFolder } from "../folder-lock.ts";
import { toCsvFile } from "../host/movielens.ts";
import { startLocalPersonalize } from "../host/start.ts";
import { openAccess } from "../s3.ts";
import { portOf } from "../wire/http.ts";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    createDataset,
    importRole,
    interactionsSchema,
    region,
    runImportJob,
    serviceModels,
    startService,
    until,
} from "./support.ts";

const bin = join(import.meta.dirname, "..", "bin.ts");
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** Starts an S3 with one bucket, `movies`, and one object in it. */
async function startS3(key: string, content: Buffer): Promise<Server> {
    const listing =
        "<ListBucketResult><Name>movies</Name><IsTruncated>false</IsTruncated>" +
        `<Contents><Key>${key}</Key><Size>${content.length}</Size></Contents></ListBucketResult>`;
    const server = createServer((request, response) => {
        const { pathname, searchParams } = new URL(request.url ?? "/", "http://localhost");
        if (pathname === `/movies/${key}`) response.end(content);
        else if (pathname.startsWith("/movies") && searchParams.has("list-type")) response.end(listing);
        else response.writeHead(404).end();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return server;
}

const addressOf = (server: Server) => `http://127.0.0.1:${portOf(server)}`;

function start(args: readonly string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
    return spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"], env });
}

async function run(args: readonly string[], env?: NodeJS.ProcessEnv) {
    const child = start(args, env);
    const [stdout, stderr] = await Promise.all(
        [child.stdout, child.stderr].map((stream) => text(stream as NonNullable<typeof stream>)),
    );
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return { code: child.exitCode, stdout: stdout ?? "", stderr: stderr ?? "" };
}

describe("local-personalize program", () => {
    const ratings = syntheticRatings();
    let dataDir: string;
    let s3: Server;
    before(async () => {
        dataDir = await mkdtemp(join(tmpdir(), "local-personalize-"));
        s3 = await startS3("interactions.csv", interactionsCsv(ratings));
    });
    after(async () => {
        s3?.closeAllConnections();
        s3?.close();
        await rm(dataDir, { recursive: true, force: true });
    });

    it("the local-personalize program imports from S3, rejects pages of other origins, and ends on Ctrl-C", async () => {
        const env = { ...process.env, AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
        const endpointOfS3 = ["--s3-endpoint", addressOf(s3)];
        const folders = ["--folder", dataDir, "--service-model", serviceModels()];
        const child = start(
            [
                ...["--port", "0", "--speed", "instant", "--region", region, "--quota", "dataset-group=1"],
                ...[...folders, ...endpointOfS3],
            ],
            env,
        );
        let stderr = "";
        child.stderr?.on("data", (chunk) => {
            stderr += chunk;
        });
        const [line] = (await once(child.stdout as NonNullable<typeof child.stdout>, "data")) as [Buffer];
        const endpoint = /http:\/\/127\.0\.0\.1:\d+/.exec(line.toString())?.[0] ?? "";
        const personalize = new Personalize({ endpoint, region, credentials });
        try {
            const { datasetArn } = await createDataset({ personalize });
            await assert.rejects(
                personalize.createDatasetGroup({ name: "more" }),
                /^LimitExceededException: .*More than 1 resources/,
            );
            const job = { jobName: "films", datasetArn, dataLocation: "s3://movies/interactions.csv" };
            const imported = await runImportJob({ personalize }, job);
            assert.equal(imported.status, "ACTIVE", imported.failureReason);
            const strange = await fetch(endpoint, { method: "POST", body: "{}" });
            const { __type } = (await strange.json()) as { __type: string };
            assert.deepEqual([strange.status, __type], [404, "UnknownOperationException"]);
            const page = await fetch(`${endpoint}/events`, { method: "POST", headers: { origin: "http://a.test" } });
            assert.equal(page.status, 403);
        } finally {
            personalize.destroy();
            child.kill("SIGINT");
        }
        const [code, signal] = await once(child, "exit");
        assert.deepEqual([code, signal], [0, null], stderr);
        assert.match(stderr, /IAM is not enforced/);
        const release = takeFolder(dataDir);
        assert.ok(release, "the folder is free again");
        release();
    });

    it("--help explains the options, and an unknown option suggests the right one", async () => {
        const cases: [args: string, code: number, message: RegExp][] = [
            ["--help", 0, /--port[\s\S]*--host[\s\S]*--data[\s\S]*--speed[\s\S]*--s3-endpoint[\s\S]*--region/],
            ["--prot 1", 2, /unknown option '--prot'\n\(Did you mean --port\?\)/],
            ["--port 70000", 2, /70000/],
            ["--speed slow", 2, /slow/],
            ["--quota campaigns=9", 2, /name of a quota must be one of: .*campaign,/],
            ["--quota campaign=many", 2, /a whole number, such as campaign=20/],
        ];
        const check = async ([args, expected, message]: (typeof cases)[number]) => {
            const { code, stdout, stderr } = await run(args.split(" "));
            assert.equal(code, expected, args);
            assert.match(stdout + stderr, message);
        };
        await Promise.all(cases.map(check));
    });

    it("the local-personalize program reports a used port, a used folder and missing service models", async () => {
        const model = ["--service-model", serviceModels()];
        const port = String(portOf(s3));
        const taken = await run(["--port", port, "--folder", dataDir, ...model]);
        assert.equal(taken.code, 1);
        assert.match(taken.stderr, new RegExp(`Port ${port} of 127\\.0\\.0\\.1 is in use: choose another with --port`));

        const release = takeFolder(dataDir);
        const used = await run(["--port", "0", "--folder", dataDir, ...model]);
        release?.();
        assert.equal(used.code, 1);
        assert.match(used.stderr, /is in use by another process: choose another folder with --folder/);

        const missing = await run(["--port", "0", "--folder", dataDir, "--service-model", dirname(dataDir)]);
        assert.equal(missing.code, 1);
        assert.match(missing.stderr, /No service model of personalize in .*Install it: pip install botocore/);
    });

    it("--data makes a campaign, a tracker and a filter from a file without S3, and --ephemeral deletes the folder", async () => {
        const file = join(dataDir, "events.csv");
        await writeFile(file, interactionsCsv(ratings));
        const temporary = await mkdtemp(join(dataDir, "tmp-"));
        const args = ["--data", file, "--ephemeral", "--port", "0", "--region", region, "--log", "calls"];
        const child = start([...args, "--service-model", serviceModels()], { ...process.env, TMPDIR: temporary });
        const errors = text(child.stderr as NonNullable<typeof child.stderr>);
        let shown = "";
        child.stdout?.on("data", (chunk) => {
            shown += chunk;
        });
        await until(async () => /^filter .*$/m.test(shown));
        assert.equal((await readdir(temporary)).length, 1);
        const endpoint = /http:\/\/\S+(?=\. Stop)/.exec(shown)?.[0] ?? "";
        const settings = { endpoint, region, credentials, maxAttempts: 1 };
        const [runtime, events] = [new PersonalizeRuntime(settings), new PersonalizeEvents(settings)];
        const named = (name: string) => new RegExp(`^${name} +(\\S+)$`, "m").exec(shown)?.[1];
        const [campaignArn, trackingId, filterArn] = [named("campaign"), named("tracking ID"), named("filter")];
        const { itemList = [] } = await runtime.getRecommendations({ campaignArn, filterArn, userId: "22" });
        assert.equal(itemList.length, 25);
        const local = (path: string, body: string, host = "localhost") =>
            fetch(`${endpoint}/_local/${path}`, { method: "POST", body, headers: { host } });

        const fault = { operation: "PutEvents", times: 9, effect: { kind: "throttle" } };
        assert.equal((await local("faults", JSON.stringify(fault))).status, 201);
        const eventList = [{ eventType: "Watch", itemId: itemList[0]?.itemId, sentAt: new Date() }];
        const put = () => events.putEvents({ trackingId, userId: "22", sessionId: "s", eventList });
        await assert.rejects(put(), { name: "ThrottlingException" });
        const reset = (await (await local("reset", "")).json()) as { ready: { campaignArn: string } };
        assert.equal(reset.ready.campaignArn, campaignArn);
        await assert.rejects(put(), /There is no event tracker with the tracking id/);
        for (const client of [runtime, events]) client.destroy();
        child.kill("SIGTERM");
        await once(child, "exit");
        assert.match(await errors, / GetRecommendations 200 \d+ ms\n[\s\S]* PutEvents 400 /);
        assert.deepEqual(await readdir(temporary), []);
    });

    it("`toCsvFile` writes MovieLens's ratings as a CSV file, and rejects another archive", async () => {
        const zip = Buffer.from(zipSync({ "ml-100k/u.data": Buffer.from("196\t242\t3\t881250949\n") }));
        const server = createServer((_, response) => response.end(zip)).listen(0, "127.0.0.1");
        await once(server, "listening");
        const sha256 = createHash("sha256").update(zip).digest("hex");
        const file = await toCsvFile("movielens", dataDir, { url: addressOf(server), sha256 });
        assert.equal(await readFile(file, "utf8"), "USER_ID,ITEM_ID,TIMESTAMP,EVENT_TYPE\n196,242,881250949,Watch\n");
        await assert.rejects(
            toCsvFile("movielens", dataDir, { url: addressOf(server), sha256: "" }),
            /is not the archive/,
        );
        server.close();
        const gone = { url: addressOf(s3).replace(/\d+$/, "9"), sha256 };
        await assert.rejects(toCsvFile("movielens", dataDir, gone), /cannot be downloaded .*--data ml-100k\.zip/);
    });

    it("an import from an S3 that does not answer fails with the address", async () => {
        const s3 = new S3Client({ endpoint: "http://127.0.0.1:9", region, credentials, maxAttempts: 1 });
        const service = await startService({ access: openAccess(s3) });
        const { personalize } = service;
        try {
            const { schemaArn } = await personalize.createSchema({ name: "films", schema: interactionsSchema });
            const { datasetGroupArn } = await personalize.createDatasetGroup({ name: "films" });
            const dataset = { name: "films", schemaArn, datasetGroupArn, datasetType: "Interactions" };
            const { datasetArn } = await personalize.createDataset(dataset);
            const dataSource = { dataLocation: "s3://movies/interactions.csv" };
            const job = { jobName: "films", datasetArn, dataSource, roleArn: importRole };
            const { datasetImportJobArn } = await personalize.createDatasetImportJob(job);
            const reason = await until(async () => {
                const { datasetImportJob } = await personalize.describeDatasetImportJob({ datasetImportJobArn });
                return datasetImportJob?.failureReason;
            });
            assert.match(reason, /^S3 at http:\/\/127\.0\.0\.1:9 does not answer \(.*ECONNREFUSED.*\)\. Start it/);
        } finally {
            await service.discard();
            s3.destroy();
        }
    });

    it("`startLocalPersonalize` rejects a file without Personalize's columns and a wrong fault, and a reset keeps the user's files", async () => {
        const file = join(dataDir, "other.csv");
        await writeFile(file, "who,what\n1,2\n");
        const options = { serviceModel: serviceModels(), region };
        await assert.rejects(
            startLocalPersonalize({ ...options, data: file }),
            /other\.csv has no column USER_ID, ITEM_ID, TIMESTAMP\. .* it is: who,what/,
        );
        await writeFile(file, "USER_ID,ITEM_ID,TIMESTAMP\n1,2,3\n");
        await assert.rejects(
            startLocalPersonalize({ ...options, data: file }),
            /1 interactions, fewer than the minimum/,
        );
        const folder = await mkdtemp(join(dataDir, "own-"));
        const own = join(folder, "events.csv");
        await writeFile(own, interactionsCsv(ratings));
        const local = await startLocalPersonalize({ ...options, folder, data: own });
        const before = local.ready;
        await local.reset();
        assert.equal(local.ready?.campaignArn, before?.campaignArn);
        assert.notEqual(local.ready?.trackingId, before?.trackingId);
        const throttle = { kind: "throttle" } as const;
        assert.throws(() => local.fault({ operation: "PutEvent", effect: throttle }), /such as CreateCampaign; it is/);
        assert.throws(
            () => local.fault({ operation: "PutEvents", probability: 0, effect: throttle }),
            /probability must be a number above 0 and up to 1; it is 0/,
        );
        await local.close();
    });
});
