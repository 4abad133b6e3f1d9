import assert from "node:assert/strict";
import { request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudFront } from "@aws-sdk/client-cloudfront";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
import { Lambda } from "@aws-sdk/client-lambda";
import { PersonalizeEvents } from "@aws-sdk/client-personalize-events";
import { S3 } from "@aws-sdk/client-s3";
import { STS } from "@aws-sdk/client-sts";
import { type Statement, toList } from "policy-evaluator";
import { campaignPort, trackerPort } from "../../app/functions/recommendation-api/campaign.ts";
import { fetchRequestCounts, storedTables, tablePort } from "../../app/functions/recommendation-api/table.ts";
import { packItems } from "../../app/serving/item-scores.ts";
import type { KeptList } from "../../app/serving/ports.ts";
import { namesFor, suffixFor } from "../../core/config/config.ts";
import { prices } from "../../core/config/prices.ts";
import type { GuardState } from "../../core/cost/guard-state.ts";
import { type ApiScope, apiPolicy, prefetchPolicy } from "../../core/iam/api-access.ts";
import { requestWindows } from "../../core/operations/observe-campaign.ts";
import { localAccountId, localPartition } from "../../packages/local-aws/instance.ts";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { startIssuer } from "../support/issuer.ts";
import { itemAt } from "../support/item-at.ts";
import { readJson } from "../support/json.ts";
import { assertExit, createClients, createSettings, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { until } from "../support/until.ts";
import { bySession, createRemovals } from "./role-session.ts";

type Keys = Parameters<Parameters<typeof bySession>[2]>[0];

describe("Access to the API", () => {
    let aws: TestAws;
    let outputs: Record<string, string>;
    let sts: STS;
    /** A configured filter, which requests to the API can use. */
    const named = { again: 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")' };
    /** Config keys that the test sets as secrets. */
    const secrets = { alertEmail: "ann@secret.example", chatWebhookParameter: "/movie-recommender-chat/secret" };
    const settings = (keys?: Keys) => ({ ...createSettings(aws.instance, keys), maxAttempts: 1 });

    before(async () => {
        aws = await startTestAws();
        sts = new STS(settings());
        const all = { api: true, eventTracker: true, storefront: "none", apiKey: true };
        await aws.configure({ ...all, filters: named });
        for (const [key, value] of Object.entries(secrets)) {
            const set = ["config", "set", "--secret", key, value, "--config-file", aws.configFile];
            assertExit(await aws.pulumi(...set), 0);
        }
        assertExit(await aws.engine("up"), 0);
        outputs = JSON.parse((await aws.pulumi("stack", "output", "--json", "--show-secrets")).stdout);
    });
    after(async () => {
        sts?.destroy();
        await aws?.stop();
    });

    it("requests without the API key get 403, and stack outputs hide the key", async () => {
        const shown = JSON.parse((await aws.pulumi("stack", "output", "--json")).stdout);
        assert.equal(shown.apiKey, "[secret]");
        const ask = async (headers: Record<string, string>) =>
            (await fetch(`${outputs.apiUrl}/popular`, { headers })).status;
        assert.equal(await ask({}), 403);
        assert.equal(await ask({ "x-api-key": "guessed-and-long-enough-to-be-one" }), 403);
        assert.equal(await ask({ "x-api-key": String(outputs.apiKey) }), 200);
    });

    it("Pulumi's state contains the API key and secret configuration values only encrypted", async () => {
        const { stdout } = await aws.pulumi("stack", "export");
        const shown = await aws.pulumi("stack", "export", "--show-secrets");
        for (const secret of [String(outputs.apiKey), ...Object.values(secrets)]) {
            assert.ok(shown.stdout.includes(secret), "the state has the secret");
            assert.ok(!stdout.includes(secret), `${secret} is in the state in plain text`);
        }
    });

    describe("Roles of the API", () => {
        const names = () => namesFor(aws.stack);
        const scope = (): ApiScope => ({
            partition: localPartition,
            region,
            accountId: localAccountId,
            names: names(),
            campaign: names().campaign,
            bucketName: String(outputs.bucketName),
        });
        const signal = () => AbortSignal.timeout(20_000);
        let revision = 0;

        /** Runs every call to AWS of the API's function. Throws if a call is denied. */
        async function serve(keys: Keys): Promise<void> {
            const { personalize, runtime, ...rest } = createClients(aws.instance, keys);
            const dynamo = new DynamoDB(settings(keys));
            const events = new PersonalizeEvents(settings(keys));
            const s3 = new S3({ ...settings(keys), forcePathStyle: true });
            try {
                const campaign = campaignPort({ personalize, runtime }, placeOf());
                const table = tablePort(dynamo, String(outputs.apiTableName));
                const film = { eventType: "Watch", itemId: "1", sentAt: Math.floor(Date.now() / 1000) };
                revision += 1;
                await campaign.describe(signal());
                for (const filter of filters()) await campaign.ask({ ...baseRequest, filter }, signal());
                await table.viewer("1", "", signal());
                await table.recent(`v-${revision}`, signal());
                await table.putList("1", listOf1(), soon(), signal());
                await table.putRecent(`v-${revision}`, { revision, items: [] }, 0, soon(), signal());
                await table.putCampaign({ status: "ACTIVE", checkedAt: Date.now() }, undefined, signal());
                const stored = storedTables(s3, String(outputs.bucketName));
                await stored.read(await stored.newest(signal()), undefined, signal());
                const put = trackerPort(events, outputs.eventTrackerId);
                await put?.({ userId: "1", sessionId: "s", events: [film] }, signal());
            } finally {
                for (const client of [personalize, runtime, dynamo, events, s3, ...Object.values(rest)])
                    client.destroy();
            }
        }
        /** Runs every call to AWS of the prefetch function. Throws if a call is denied. */
        async function makeLists(keys: Keys): Promise<void> {
            const { personalize, runtime, ...rest } = createClients(aws.instance, keys);
            const dynamo = new DynamoDB(settings(keys));
            const cloudwatch = new CloudWatch(settings(keys));
            try {
                const campaign = campaignPort({ personalize, runtime }, placeOf());
                const table = tablePort(dynamo, String(outputs.apiTableName));
                await campaign.describe(signal());
                await requestWindows(cloudwatch, placeOf().campaignArn, Date.now() - 3_600_000, Date.now());
                await fetchRequestCounts(dynamo, String(outputs.apiTableName), 1, 10);
                await table.viewer("1", "", signal());
                await campaign.ask({ ...baseRequest, filter: filters()[0] ?? unknown }, signal());
                await table.putList("1", listOf1(), soon(), signal());
            } finally {
                for (const client of [personalize, runtime, dynamo, cloudwatch, ...Object.values(rest)]) {
                    client.destroy();
                }
            }
        }
        const baseRequest = { userId: "1", numResults: 5, context: {} };
        const unknown = { arn: "", values: {} };
        const filters = () =>
            filterNames().map((name) => ({
                arn: String(outputs.watchedFilterArn).replace(/[^/]+$/, name),
                values: {},
            }));
        const filterNames = () => [
            names().watchedFilter,
            ...Object.keys(named).map((name) => `${name}${suffixFor(aws.stack)}`),
        ];
        const placeOf = () => ({ campaignArn: String(outputs.campaignArn) });
        const soon = () => Math.floor(Date.now() / 1000) + 3600;
        const listOf1 = (): KeptList => ({
            key: "",
            madeAt: Date.now(),
            revision: 0,
            from: "campaign",
            items: packItems([{ itemId: "1", score: 1 }]),
        });
        const errorWith = (statements: readonly Statement[], work: (keys: Keys) => Promise<void>) =>
            bySession({ iam: aws.iam, sts }, statements, (keys) =>
                work(keys).then(
                    () => undefined,
                    (error: Error) => error,
                ),
            );

        for (const [name, policy, work] of [
            ["API", () => apiPolicy(scope(), { track: true, trace: true, filters: filterNames() }), serve],
            ["prefetch", () => prefetchPolicy(scope(), { filters: filterNames().slice(0, 1) }), makeLists],
        ] as const) {
            it(`the ${name} role has exactly the permissions that the function's code needs`, async () => {
                assert.equal(await errorWith(toList(policy().Statement), work), undefined);
                // Skip these permissions: Lambda makes such calls with the role, and the function's code does not.
                const byLambda = /^(logs|sqs|xray):/;
                const removals = createRemovals(policy()).filter(({ action }) => !byLambda.test(action));
                assert.ok(removals.length >= 6, `${removals.length}`);
                for (const { action, resource, statements } of removals) {
                    const thrown = await errorWith(statements, work);
                    const denied = new RegExp(`not authorized to perform: ${action}`);
                    assert.match(String(thrown?.message), denied, `${action} on ${resource}: ${thrown?.message}`);
                }
            });
        }
    });

    describe("Storefront of the API", () => {
        const unverified = "Your account must be verified before you can add new CloudFront resources";
        it("CloudFront serves the page and the API, and refresh shows no change", async () => {
            await aws.configure({ api: true, eventTracker: true, storefront: "cloudfront", prefetchUsers: 0 });
            const message = `${unverified}. To verify your account, please contact AWS Support (https://console.aws.amazon.com/support/home#/) and include this error message.`;
            const effect = { kind: "error", code: "AccessDenied", message, status: 403 };
            const armed = await fetch(`http://127.0.0.1:${aws.instance.port}/_local/faults`, {
                method: "POST",
                body: JSON.stringify({ operation: "cloudfront:CreateDistribution", effect }),
            });
            assert.equal(armed.status, 201, await armed.text());
            const refused = await aws.engine("up");
            assertExit(refused, 1);
            const output = `${refused.stdout}${refused.stderr}`.replaceAll(/\s+/g, " ");
            assert.match(output, new RegExp(`error: ${unverified}`));
            assert.match(output, /run `pulumi config set storefront api` and `pulumi up`: the API serves the page/);
            assertExit(await aws.engine("up"), 0);
            assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
            outputs = await aws.outputs();
            const host = new URL(String(outputs.storefrontUrl)).host;
            assert.match(String(outputs.storefrontUrl), /^https:\/\/[a-z0-9]+\.cloudfront\.net\/$/);
            const page = await through(host, "/");
            assert.equal(page.status, 200);
            assert.match(page.body, /data-api="api"/);
            assert.match(String(page.headers["content-security-policy"]), /default-src 'none'/);
            assert.match(String(page.headers["strict-transport-security"]), /max-age=\d+/);
            const [, script = ""] = /src="\.(\/assets\/[^"]+\.js)"/.exec(page.body) ?? [];
            assert.equal((await through(host, script)).headers["cache-control"], "public, max-age=31536000, immutable");
            const widget = await through(host, "/widget.js", { origin: "https://shop.example" });
            assert.deepEqual(
                ["access-control-allow-origin", "cross-origin-resource-policy", "cache-control"].map(
                    (name) => widget.headers[name],
                ),
                ["*", "cross-origin", "public, no-cache"],
            );
            const popular = await through(host, "/api/popular?numResults=2");
            assert.deepEqual([popular.status, JSON.parse(popular.body).items.length], [200, 2]);
            // The page's bucket must not be public.
            const bucket = `http://127.0.0.1:${aws.instance.port}/${outputs.bucketName}-page/index.html`;
            assert.equal((await fetch(bucket)).status, 403);
        });

        it("`hide` removes an item from lists through CloudFront within a minute, until `hide --undo`", async () => {
            const { host } = new URL(String(outputs.storefrontUrl));
            const popular = () => through(host, "/api/popular?numResults=3");
            const idsNow = async (): Promise<string[]> =>
                JSON.parse((await popular()).body).items.map(({ itemId }: { itemId: string }) => itemId);
            // What CloudFront keeps a list for: its Cache-Control, within the bounds of the cache policy.
            const cloudfront = new CloudFront(settings());
            const { CachePolicyList } = await cloudfront.listCachePolicies({ Type: "custom" });
            cloudfront.destroy();
            const [policy] = CachePolicyList?.Items ?? [];
            const { MinTTL = -1, MaxTTL = -1 } = policy?.CachePolicy?.CachePolicyConfig ?? {};
            const [, seconds] =
                /^public, max-age=(\d+)$/.exec(String((await popular()).headers["cache-control"])) ?? [];
            const kept = Math.min(MaxTTL, Math.max(MinTTL, Number(seconds)));
            assert.ok(kept > 0 && kept <= 30, `${kept}`);

            const [first = "", second = ""] = await idsNow();
            const config = ["--config-file", itemAt(aws.engineArgs("up"), 2)];
            const hidden = await aws.runbook("hide", first, `${first}0000`, "--until", "2999-01-31", ...config);
            assertExit(hidden, 0);
            assert.match(hidden.stderr, new RegExp(`no item ${first}0000`));
            assert.match(hidden.stdout, new RegExp(`${first} +│ 2999-01-31T00:00:00.000Z`));
            await until("a hidden item", async () => (await idsNow())[0] === second, 30);
            assertExit(await aws.runbook("hide", first, `${first}0000`, "--undo"), 0);
            await until("a shown item", async () => (await idsNow())[0] === first, 30);
            assertExit(await aws.runbook("hide", first, "--until", "2001-01-31"), 2);
            assert.match((await aws.runbook("hide")).stdout, /No item is hidden/);
        });

        it("after the cost guard blocks the storefront, CloudFront returns 403 until `resume`, even after `up`", async () => {
            const lambda = new Lambda(settings());
            const Name = `/movie-recommender/${aws.stack}/guard`;
            const stored = async (): Promise<GuardState> =>
                JSON.parse((await aws.ssm.getParameter({ Name })).Parameter?.Value ?? "");
            const run = async () => {
                const FunctionName = String(outputs.costGuardName);
                const { FunctionError, Payload } = await lambda.invoke({ FunctionName });
                assert.equal(FunctionError, undefined, Payload && Buffer.from(Payload).toString());
                return stored();
            };
            const status = async () => (await through(new URL(String(outputs.storefrontUrl)).host, "/")).status;
            // The wait of two seconds below is enough, because the local AWS publishes its metrics each second.
            const before = (await run()).serving?.knownUsd ?? 0;
            for (let views = 0; views < 200; views += 1) assert.equal(await status(), 200);
            await sleep(2000);
            const state = await run();
            const counted = state.serving ?? assert.fail("the guard counts no requests");
            const usd = counted.knownUsd - before;
            assert.ok(usd >= 200 * (prices.edgeRequests.usd / 1_000_000), `${usd}`);

            // A run decided to close, and died before it did.
            const pending = { ...state, closing: { reason: "cost guard: $11 in an hour", at: Date.now() } };
            await aws.ssm.putParameter({ Name, Value: JSON.stringify(pending), Type: "String", Overwrite: true });
            await run();
            assert.equal(await status(), 403);
            const up = await aws.engine("up");
            assertExit(up, 0);
            assert.match(
                up.stdout + up.stderr,
                /the API and the storefront page have been closed since .* \(cost guard: \$/,
            );
            assert.equal(await status(), 403);
            assertExit(await aws.runbook("resume", "--yes", "--config-file", itemAt(aws.engineArgs("up"), 2)), 0);
            assert.equal(await status(), 200);
            lambda.destroy();
        });

        it("CloudFront and API return a viewer's list only with that viewer's token", async () => {
            const issuer = await startIssuer();
            try {
                await aws.configure({
                    api: true,
                    eventTracker: true,
                    storefront: "cloudfront",
                    prefetchUsers: 0,
                    viewerAuth: { issuer: issuer.issuer, audience: issuer.audience },
                });
                // The previous `up` recorded the closed stage; this `up` records the open stage.
                assertExit(await aws.engine("up"), 0);
                const authorization = `Bearer ${await issuer.token({ sub: "22" })}`;
                const { apiUrl, storefrontUrl } = await aws.outputs();
                const { host } = new URL(String(storefrontUrl));
                const both = async (viewer: string, headers: Record<string, string>) => [
                    (await through(host, `/api/recommendations/${viewer}`, headers)).status,
                    (await fetch(`${apiUrl}/recommendations/${viewer}`, { headers })).status,
                ];
                assert.deepEqual(await both("22", { authorization }), [200, 200]);
                assert.deepEqual(await both("22", {}), [401, 401]);
                assert.deepEqual(await both("6", { authorization }), [403, 403]);
                assert.deepEqual(await both("22", { authorization: `${authorization}x` }), [401, 401]);
                assert.equal((await through(host, "/api/popular")).status, 200);
                const watch = async (userId: string) => {
                    const events = [{ eventType: "Watch", itemId: "1" }];
                    const body = JSON.stringify({ userId, sessionId: "s", events });
                    const headers = { authorization, "content-type": "application/json" };
                    return await fetch(`${apiUrl}/events`, { method: "POST", headers, body });
                };
                assert.equal((await watch("6")).status, 403);
                const answer = await watch("22");
                assert.deepEqual([answer.status, (await readJson<{ tracked: boolean }>(answer)).tracked], [202, true]);
            } finally {
                await issuer.close();
            }
        });

        it("`destroy` leaves no resource and no CloudFront distribution", async () => {
            assertExit(await aws.engine("destroy"), 0);
            assert.deepEqual(await listEverything(aws), []);
            assert.deepEqual(await listWatchers(aws), []);
            const cloudfront = new CloudFront(settings());
            const { DistributionList } = await cloudfront.listDistributions({});
            cloudfront.destroy();
            assert.deepEqual(DistributionList?.Items ?? [], []);
        });
    });

    /** Sends a request to a distribution by its host name, with TLS, as a browser does. */
    function through(host: string, path: string, more: Record<string, string> = {}) {
        return new Promise<{ status: number; body: string; headers: NodeJS.Dict<string | string[]> }>(
            (resolve, reject) => {
                const headers = { host, "x-forwarded-proto": "https", ...more };
                const { port } = aws.instance;
                const outgoing = request({ host: "127.0.0.1", port, path, headers, setHost: false }, (response) => {
                    let body = "";
                    response.setEncoding("utf8");
                    response.on("data", (part: string) => {
                        body += part;
                    });
                    response.on("end", () =>
                        resolve({ status: response.statusCode ?? 0, body, headers: response.headers }),
                    );
                });
                outgoing.once("error", reject);
                outgoing.end();
            },
        );
    }
});
