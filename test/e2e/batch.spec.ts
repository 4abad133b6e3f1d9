import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { paginateListBatchInferenceJobs } from "@aws-sdk/client-personalize";
import { load } from "js-yaml";
import { goneOrThrow } from "pulumi-personalize/core";
import { writeStateFlag } from "../../core/operations/state-flags.ts";
import { root } from "../../packages/local-aws/instance.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { until } from "../support/until.ts";

/** Deploys with Pulumi a stack that serves lists of batch inference, then a campaign, then lists again. */
describe("Serving lists of batch inference on the local AWS", () => {
    let aws: TestAws;
    let lambda: Lambda;
    let dynamo: DynamoDB;
    let cloudWatch: CloudWatch;
    let url: string;
    /** The configuration of `Pulumi.small.yaml`, without automatic trainings, which training.spec.ts tests. */
    let batchMode: Readonly<Record<string, unknown>>;
    let campaignMode: typeof batchMode;

    before(async () => {
        aws = await startTestAws();
        const { config } = load(await readFile(join(root, "Pulumi.small.yaml"), "utf8")) as { config: object };
        const small = Object.entries(config).map(([key, value]) => [key.replace("movie-recommender:", ""), value]);
        campaignMode = {
            ...Object.fromEntries(small),
            ...{ api: true, eventTracker: true, publicHistories: true, prefetchUsers: 0 },
            ...{ performAutoTraining: false, serving: undefined },
        };
        batchMode = { ...campaignMode, serving: { mode: "batch" } };
        const endpoint = `http://127.0.0.1:${aws.instance.port}`;
        const settings = { endpoint, region, credentials: { accessKeyId: "test", secretAccessKey: "test" } };
        lambda = new Lambda(settings);
        dynamo = new DynamoDB(settings);
        cloudWatch = new CloudWatch(settings);
    });
    after(async () => {
        lambda?.destroy();
        dynamo?.destroy();
        cloudWatch?.destroy();
        await aws?.stop();
    });

    const call = async (path: string, init: RequestInit = {}) => {
        const response = await fetch(`${url}${path}`, init);
        return { status: response.status, body: JSON.parse(await response.text()) };
    };
    async function jobs(): Promise<string[]> {
        const names: string[] = [];
        for await (const { batchInferenceJobs = [] } of paginateListBatchInferenceJobs(
            { client: aws.personalize },
            {},
        )) {
            names.push(...batchInferenceJobs.map(({ jobName = "" }) => jobName));
        }
        return names;
    }
    async function runOnce() {
        const { functionName } = { functionName: (await names()).lists };
        const { Payload, FunctionError } = await lambda.invoke({ FunctionName: functionName });
        const text = Buffer.from(Payload ?? []).toString();
        assert.equal(FunctionError, undefined, text);
        return JSON.parse(text);
    }
    const names = async () => {
        const { apiTableName } = await aws.outputs();
        return { lists: String(apiTableName).replace("-api", "-lists") };
    };

    it("`up` with `serving.mode: batch` creates lists for every active viewer, and no campaign", async () => {
        await aws.configure(batchMode);
        assertExit(await aws.engine("up"), 0);
        const outputs = await aws.outputs();
        url = String(outputs.apiUrl);
        assert.equal(outputs.campaignArn, "");
        assert.equal((await jobs()).length, 1);
        const { status, body } = await call("/recommendations/1?numResults=5");
        assert.equal(status, 200);
        assert.equal(body.source, "batch");
        assert.equal(body.items.length, 5);
        assert.ok(Date.parse(body.madeAt) > 0);
        assert.equal((await call("/health")).body.campaign.state, "batch");
    });

    it("the stack of Pulumi.small.yaml has at most eight alarms, no dashboard, no custom metric", async () => {
        const { stdout } = await aws.pulumi("stack", "export");
        const { resources } = JSON.parse(stdout).deployment as { resources: readonly { type: string }[] };
        const count = (type: string) => resources.filter((one) => one.type.endsWith(type)).length;
        assert.ok(count(":MetricAlarm") > 0 && count(":MetricAlarm") <= 8, `${count(":MetricAlarm")}`);
        assert.equal(count(":Dashboard"), 0);
        await call("/popular");
        const { Metrics } = await cloudWatch.listMetrics({});
        const own = (Metrics ?? []).filter(({ Namespace = "" }) => Namespace.startsWith("MovieRecommender"));
        assert.deepEqual(own, []);
    });

    it("a new viewer gets popular films, and the response has the reason `no-list`", async () => {
        const { body } = await call("/recommendations/never-seen");
        assert.equal(body.source, "popular");
        assert.equal(body.reason, "no-list");
    });

    it("`up` with new data switches lists and fallback tables in one DynamoDB write", async () => {
        await aws.writeInteractions(2);
        assertExit(await aws.engine("up"), 0);
        const { apiTableName = "", solutionVersionArn } = await aws.outputs();
        const Key = { pk: { S: "stack" }, sk: { S: "lists" } };
        const { Item } = await dynamo.getItem({ TableName: String(apiTableName), Key });
        assert.equal(Item?.generation?.N, "2");
        assert.equal(Item?.solutionVersionArn?.S, solutionVersionArn);
        await until("a list of the new generation", async () => {
            const { body } = await call("/recommendations/1");
            return body.source === "batch" && Date.parse(body.madeAt) === Number(Item?.madeAt?.N);
        });
    });

    it("`rollback` serves the previous version's lists, and `rollback --release` the newest version's lists", async () => {
        const { solutionVersionArn } = await aws.outputs();
        const versionIn = async () => (await call("/health")).body.lists?.solutionVersionArn;
        const Key = { pk: { S: "stack" }, sk: { S: "lists" } };
        const served = async () => {
            const { apiTableName } = await aws.outputs();
            return (await dynamo.getItem({ TableName: String(apiTableName), Key })).Item?.solutionVersionArn?.S;
        };
        const operate = (...args: string[]) =>
            aws.runbook("rollback", "--config-file", aws.engineArgs("up")[2] ?? "", ...args);
        assertExit(await operate("--yes"), 0);
        assert.notEqual(await served(), solutionVersionArn);
        const versions = await aws.runbook("versions", "--config-file", aws.engineArgs("up")[2] ?? "", "--json");
        assertExit(versions, 0);
        const listed: readonly { solutionVersionArn: string; servingNow: boolean }[] = JSON.parse(
            versions.stdout,
        ).versions;
        assert.deepEqual(
            listed.filter(({ servingNow }) => servingNow).map(({ solutionVersionArn: arn }) => arn),
            [await served()],
        );
        assertExit(await aws.engine("up"), 0);
        assert.notEqual(await served(), solutionVersionArn);
        assertExit(await operate("--release", "--yes"), 0);
        assert.equal(await served(), solutionVersionArn);
        assert.equal(await versionIn(), undefined, "a stranger sees the version");
    });

    it("`park`, `retrain` and `recommend` fail because the stack has no campaign", async () => {
        for (const [name, ...args] of [["park", "--yes"], ["retrain"], ["recommend", "1"]] as const) {
            const { exitCode, stderr } = await aws.runbook(
                name,
                "--config-file",
                aws.engineArgs("up")[2] ?? "",
                ...args,
            );
            assert.equal(exitCode, 1, stderr);
            assert.match(stderr, /serves lists of batch inference/);
        }
    });

    it("every viewer gets personal lists while the stack changes to a campaign and back", async () => {
        const sources = new Set<string>();
        let stopped = false;
        const asking = (async () => {
            for (let [turn, tries] = [0, 0]; !stopped; ) {
                const { status, body } = await call(`/recommendations/${1 + (turn % 20)}`);
                const isPersonal = status === 200 && !["popular", "similar"].includes(body.source);
                // On a busy machine, the table may answer too late, so count a list as lost only after ten attempts.
                tries = isPersonal ? 0 : tries + 1;
                if (tries === 0) turn += 1;
                if (isPersonal || tries === 10) sources.add(body.source);
                // Stay below the limit of four campaign calls per second for all anonymous viewers.
                await sleep(500);
            }
        })();
        await aws.configure({ ...campaignMode, monthlyLimitUsd: 400 });
        assertExit(await aws.engine("up"), 0);
        // The viewers above may have received and cached the campaign's lists before `up` ended.
        await until("a list of the campaign", async () =>
            ["campaign", "cache"].includes((await call("/recommendations/1")).body.source),
        );
        const { campaignArn } = await aws.outputs();
        await aws.configure({ ...batchMode, monthlyLimitUsd: 400 });
        assertExit(await aws.engine("up"), 0);
        assert.equal(
            await aws.personalize.describeCampaign({ campaignArn: String(campaignArn) }).catch(goneOrThrow),
            undefined,
        );
        await until("a list of the batch", async () => (await call("/recommendations/1")).body.source === "batch");
        stopped = true;
        await asking;
        assert.deepEqual(
            [...sources].filter((source) => source === "popular" || source === "similar"),
            [],
        );
    });

    it("`watch-status` shows a batch job in progress, and `destroy` meanwhile deletes every resource", async () => {
        const { solutionVersionArn = "" } = await aws.outputs();
        const { solutionVersions = [] } = await aws.personalize.listSolutionVersions({
            solutionArn: solutionVersionArn.split("/").slice(0, -1).join("/"),
        });
        const held = solutionVersions
            .map((version) => version.solutionVersionArn)
            .find((arn) => arn !== solutionVersionArn);
        // Change the version in the state flag `serving`, because the function then starts a batch inference job for
        // the other version.
        const since = new Date().toISOString();
        const flag = { solutionVersionArn: String(held), hold: true, reason: "test", since };
        await writeStateFlag(aws.ssm, aws.stack, "serving", flag);
        const admin = createAdmin(aws.instance);
        await admin.arm({ operation: "CreateBatchInferenceJob", effect: { kind: "hang" } });
        assert.equal((await runOnce()).phase, "run");
        const { stdout } = await aws.runbook("watch-status", "--json");
        const { resources }: { resources: readonly { resource: string; state: string; ageSeconds: number }[] } =
            JSON.parse(stdout);
        const job = resources.find(({ resource }) => resource.startsWith("batch inference job"));
        assert.equal(job?.state, "CREATE IN_PROGRESS");
        assert.ok(job.ageSeconds < 600, `${job.ageSeconds}`);
        const destroyed = aws.engine("destroy");
        // Personalize does not delete a filter that a job uses, so destroy waits for the end of the job.
        await until("a refused DeleteFilter", async () =>
            (await admin.requests()).some(
                ({ operation, outcome }) => operation === "DeleteFilter" && outcome !== "accepted",
            ),
        );
        await admin.clear();
        assertExit(await destroyed, 0);
        assert.deepEqual(await listEverything(aws), []);
        assert.deepEqual(await listWatchers(aws), []);
    });
});
