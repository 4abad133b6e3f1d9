import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { APIGateway } from "@aws-sdk/client-api-gateway";
import { CloudFront } from "@aws-sdk/client-cloudfront";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { SNS } from "@aws-sdk/client-sns";
import { SQS } from "@aws-sdk/client-sqs";
import { STS } from "@aws-sdk/client-sts";
import { type Statement, toList } from "policy-evaluator";
import { awsPorts } from "../../app/functions/cost-guard/aws-ports.ts";
import { runGuard } from "../../app/functions/cost-guard/run-guard.ts";
import { namesFor } from "../../core/config/config.ts";
import { freshState, type GuardState } from "../../core/cost/guard-state.ts";
import type { SentNotification } from "../../core/cost/notifications.ts";
import { hour } from "../../core/cost/time.ts";
import { type GuardScope, guardPolicy } from "../../core/iam/guard-access.ts";
import { toServedPlace } from "../../core/operations/close-api.ts";
import { localAccountId, localPartition } from "../../packages/local-aws/instance.ts";
import { guardConfig } from "../support/guard-simulation.ts";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { itemAt } from "../support/item-at.ts";
import { assertExit, createClients, createSettings, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { until } from "../support/until.ts";
import { bySession, createRemovals } from "./role-session.ts";

/** A stack with an API and a storefront that shows notifications. */
const serving = { api: true, storefront: "api" };
const admin = { accessKeyId: "test", secretAccessKey: "test" };

describe("Cost guard on the local AWS", function () {
    this.timeout(300_000);
    let aws: TestAws;
    let outputs: Record<string, string>;
    let campaignArn: string;
    const opened: { destroy(): void }[] = [];
    const more = (credentials: typeof admin & { sessionToken?: string }) => {
        const settings = { ...createSettings(aws.instance, credentials), maxAttempts: 1 };
        const clients = {
            cloudwatch: new CloudWatch(settings),
            lambda: new Lambda(settings),
            sns: new SNS(settings),
            sqs: new SQS(settings),
            sts: new STS(settings),
            dynamo: new DynamoDB(settings),
            edgeCloudwatch: new CloudWatch({ ...settings, region: "us-east-1" }),
            gateway: new APIGateway(settings),
            edge: new CloudFront(settings),
        };
        opened.push(...Object.values(clients));
        return clients;
    };
    let by: ReturnType<typeof more>;

    before(async () => {
        aws = await startTestAws();
        by = more(admin);
        await aws.configure({ ...serving, guardMinutes: 60 });
        await note("closed", { reason: "test", since: "2026-11-01T00:00:00Z" });
        const up = await aws.engine("up");
        assertExit(up, 0);
        assert.match(up.stdout + up.stderr, /the API and the storefront page have been closed since .* \(test\)/);
        outputs = await aws.outputs();
        campaignArn = String(outputs.campaignArn);
    });
    after(async () => {
        for (const client of opened) client.destroy();
        await aws?.stop();
    });

    const markName = (name: string) => `/movie-recommender/${aws.stack}/${name}`;
    const mark = async (name: string) =>
        (await aws.ssm.getParameter({ Name: markName(name) }).catch(() => undefined))?.Parameter?.Value;
    const note = (name: string, value: object) =>
        aws.ssm.putParameter({
            Name: markName(name),
            Value: JSON.stringify(value),
            Type: "String",
            Overwrite: true,
        });
    const forget = (name: string) => aws.ssm.deleteParameter({ Name: markName(name) }).catch(() => undefined);
    /** Returns the guard's state in a month that has already cost $600 (3,000 TPS-hours), which is above the limit. */
    const overLimit = (): GuardState => {
        const fresh = freshState(Date.now(), undefined);
        return { ...fresh, spend: { ...fresh.spend, settled: { tpsHours: 3000, tpsHoursV2: 0 } } };
    };
    async function notices(
        until: (all: readonly SentNotification[]) => boolean,
        seconds = 100,
    ): Promise<SentNotification[]> {
        const all: SentNotification[] = [];
        const QueueUrl = String(outputs.notificationsQueueUrl);
        for (const giveUp = Date.now() + seconds * 1000; !until(all) && Date.now() < giveUp; await sleep(200)) {
            const { Messages = [] } = await by.sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
            for (const { Body = "", ReceiptHandle } of Messages) {
                all.push(JSON.parse(Body));
                await by.sqs.deleteMessage({ QueueUrl, ReceiptHandle });
            }
        }
        assert.ok(until(all), `only ${JSON.stringify(all)} arrived`);
        return all;
    }
    /** Removes the notifications of earlier runs from the queue. */
    const drain = () => notices(() => false, 2).catch(() => undefined);
    const invoke = async () => {
        const FunctionName = String(outputs.costGuardName);
        const { FunctionError, Payload } = await by.lambda.invoke({ FunctionName });
        assert.equal(FunctionError, undefined, Payload && Buffer.from(Payload).toString());
    };
    /** Returns whether the campaign exists. */
    const isThere = () =>
        aws.personalize.describeCampaign({ campaignArn }).then(
            ({ campaign }) => !campaign?.status?.startsWith("DELETE"),
            () => false,
        );
    /** Returns the different statuses of requests to the API and to the page. */
    const statuses = async () => {
        const paths = ["/health", "/popular", "/recommendations/1", "/items?query=a"].map(
            (path) => outputs.apiUrl + path,
        );
        const responses = [...paths, String(outputs.storefrontUrl)].map(async (url) => (await fetch(url)).status);
        return [...new Set(await Promise.all(responses))];
    };
    const resume = async () =>
        assertExit(await aws.runbook("resume", "--yes", "--config-file", itemAt(aws.engineArgs("up"), 2)), 0);

    it("after the cost guard blocked a stack's API, a new API of this stack rejects requests until `resume`", async () => {
        assert.deepEqual(await statuses(), [429]);
        assert.equal((await fetch(`${outputs.apiUrl}/events`, { method: "OPTIONS" })).status, 429);
        await resume();
        // Request no list from the campaign, because the next test needs an idle campaign.
        assert.equal((await fetch(`${outputs.apiUrl}/popular`)).status, 200);
    });

    describe("IAM role of the cost guard", () => {
        const names = () => namesFor(aws.stack);
        const scope = (): GuardScope => ({
            partition: localPartition,
            region,
            accountId: localAccountId,
            project: "movie-recommender",
            stack: aws.stack,
            names: names(),
            campaign: names().campaign,
            edge: false,
        });
        /**
         * Runs the guard in this process, with the credentials of a role whose policy has only the given statements.
         */
        const runWith = (statements: readonly Statement[], state: GuardState): Promise<Error | undefined> =>
            bySession({ iam: aws.iam, sts: by.sts }, statements, async (keys) => {
                const clients = { ...createClients(aws.instance, keys), ...more(keys) };
                opened.push(clients.personalize, clients.runtime, clients.ssm, clients.s3, clients.iam);
                const place = {
                    project: "movie-recommender",
                    stack: aws.stack,
                    owner: "an-id",
                    campaignArn,
                    topicArn: String(outputs.notificationsTopicArn),
                    tableName: String(outputs.apiTableName),
                    serving: {
                        ...toServedPlace({ ...scope(), names: names(), storefront: serving.storefront }),
                        functions: [{ name: names().api, gb: 0.5 }],
                        traces: false,
                    },
                };
                // With these settings every campaign is idle at once, so that the guard uses all its permissions.
                const settings = {
                    ...guardConfig,
                    ...place,
                    monthlyLimitUsd: 190,
                    idleHours: 0,
                    prefetches: true,
                    unusedDays: 0,
                    unusedAction: "delete",
                } as const;
                const ports = { ...awsPorts(clients, place), log: () => {} };
                await note("guard", state);
                try {
                    await runGuard(ports, settings);
                    return undefined;
                } catch (error) {
                    return error as Error;
                }
            });
        /** Returns a state in which the guard parks, closes, notifies and deletes in one run. */
        async function busy(): Promise<GuardState> {
            const at = Date.now();
            return {
                ...overLimit(),
                closing: { reason: "cost guard: requests", at },
                solutions: { "old-films": { listed: at - 48 * hour, deleteFrom: at - 24 * hour } },
                unsent: [
                    { key: "2026-11/idle/test", kind: "idle", at, facts: { since: at, perDay: 1 } },
                    { key: "2026-11/idle-parked/test", kind: "idle-parked", at, facts: { since: at } },
                ],
            };
        }
        before(async () => {
            const owned = { "pulumi-personalize:owner": "an-id" };
            const tags = Object.entries({ ...owned, "pulumi:project": "movie-recommender", "pulumi:stack": aws.stack });
            await aws.personalize.createSolution({
                name: "old-films",
                datasetGroupArn: outputs.datasetGroupArn,
                recipeArn: `arn:${localPartition}:personalize:::recipe/aws-user-personalization`,
                performAutoTraining: false,
                tags: tags.map(([tagKey, tagValue]) => ({ tagKey, tagValue })),
            });
        });

        it("a run of the cost guard without a needed permission fails and reports this permission", async () => {
            // Lambda itself makes these calls with the role, so a run of the guard's code does not need them.
            const byLambda = /^(logs|sqs):/;
            const removedActions: string[] = [];
            for (const { action, resource, statements } of createRemovals(
                guardPolicy(scope(), { unusedAction: "delete", api: true }),
            )) {
                if (byLambda.test(action)) continue;
                // Choose the guard's state by the removed permission. Only a state that makes the guard delete
                // campaigns or close the API reaches the calls that need such a permission.
                const parks = /DeleteCampaign$|PutParameter$/.test(action) && !resource.endsWith("/guard");
                const deletes = /DeleteSolution$/.test(action);
                const state = await busy();
                const { enforced: _, ...calm } = freshState(Date.now(), undefined);
                const closes = /^apigateway|PutParameter$/.test(action) && !resource.endsWith("/guard");
                const { closing, ...open } = state;
                const given =
                    closes && !resource.endsWith("/parked")
                        ? { ...calm, unsent: [], ...(closing && { closing }) }
                        : parks
                          ? { ...open, solutions: {} }
                          : { ...calm, unsent: state.unsent, ...(deletes && { solutions: state.solutions }) };
                const thrown = await runWith(statements, given);
                const denied = new RegExp(`not authorized to perform: ${action}`);
                assert.match(String(thrown?.message), denied, `${action} on ${resource}: ${thrown?.message}`);
                if (action.endsWith("DeleteCampaign")) assert.equal(await isThere(), true);
                // A flag that the guard cannot write keeps it neither from parking nor from closing.
                const isBrake = action.endsWith("PutParameter");
                if (isBrake && resource.endsWith("/parked")) assert.equal(await isThere(), false);
                if (isBrake && resource.endsWith("/closed")) assert.deepEqual(await statuses(), [429]);
                if (isBrake || action.endsWith("DeleteCampaign")) await resume();
                await forget("parked");
                await forget("closed");
                removedActions.push(action);
            }
            assert.ok(removedActions.length >= 18, removedActions.join(", "));
            assert.equal(await isThere(), true);
        });

        it("the cost guard's role allows sending notifications and metrics, deleting solutions and the campaign, and blocking the API", async () => {
            await drain();
            const solutionArn = campaignArn.replace(/campaign\/.*$/, "solution/old-films");
            const all = toList(guardPolicy(scope(), { unusedAction: "delete", api: true }).Statement);
            assert.equal((await runWith(all, await busy()))?.message, undefined);
            assert.match(String(await mark("parked")), /"cost guard: \$600.*"cause":\{"by":"limit","limitUsd":190\}/);
            assert.match(String(await mark("closed")), /cost guard: requests/);
            assert.deepEqual(await statuses(), [429]);
            assert.equal(await isThere(), false);
            await assert.rejects(aws.personalize.describeSolution({ solutionArn }), /does not exist/);
            const expectedKinds = ["idle", "limit-reached", "unused-deleted"];
            const got = await notices((all) =>
                expectedKinds.every((kind) => all.some((notice) => notice.kind === kind)),
            );
            const shown = await by.dynamo.getItem({
                TableName: String(outputs.apiTableName),
                Key: { pk: { S: "stack" }, sk: { S: "notification" } },
            });
            assert.ok(got.some(({ kind, text }) => kind === shown.Item?.kind?.S && text === shown.Item?.text?.S));
            await resume();
            assert.equal(await isThere(), true);
            assert.deepEqual(await statuses(), [200]);
            assert.equal(await mark("closed"), undefined);
        });
    });

    describe("Operation of the cost guard", () => {
        it("the scheduled cost guard deletes the campaign at the monthly limit, and `up` creates no campaign again", async () => {
            await note("guard", overLimit());
            await aws.configure({ ...serving, guardMinutes: 1 });
            // The first `up` recorded the closed stage; this `up` records the open stage.
            assertExit(await aws.engine("up"), 0);
            assert.deepEqual(await statuses(), [200]);
            const arrived = await notices((all) => all.some(({ kind }) => kind === "limit-reached"));
            const reached = arrived.find(({ kind }) => kind === "limit-reached");
            assert.match(String(reached?.id), new RegExp(`^${aws.stack}/\\d{4}-\\d\\d/limit-reached/`));
            assert.match(String(reached?.text), /^Stack .*: This month's cost has reached .* The cost guard parks/);
            // Wait for the deletion of the campaign, because the guard sends the notification before it deletes them.
            await until("the guard parks", async () => !(await isThere()));
            assert.match(String(await mark("parked")), /cost guard: \$600/);
            assert.equal(await isThere(), false);
            const status = await aws.runbook("watch-status", "--json");
            assertExit(status, 0);
            const { overall, resources } = JSON.parse(status.stdout);
            const parked = resources.filter(({ state }: { readonly state: string }) => state === "PARKED");
            assert.deepEqual([overall, parked.length], ["active", 1]);

            const up = await aws.engine("up");
            assertExit(up, 0);
            assert.match(up.stdout, /has been parked since .*cost guard/);
            assert.equal(await isThere(), false);

            await resume();
            await invoke();
            const after = await notices((all) => all.some(({ kind }) => kind === "limit-overridden"));
            assert.equal(after.filter(({ kind }) => kind === "limit-overridden").length, 1);
            assert.equal(await isThere(), true);
        });

        it("`destroy` deletes every resource, including the API's table and the cost guard's SSM parameters", async () => {
            assert.ok(await mark("guard"));
            assertExit(await aws.engine("destroy"), 0);
            assert.deepEqual([...(await listEverything(aws)), ...(await listWatchers(aws))], []);
        });
    });
});
