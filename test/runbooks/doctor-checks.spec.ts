import assert from "node:assert/strict";
import { appendFile, chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { SNSClient } from "@aws-sdk/client-sns";
import { prepare } from "../../data-prep/prepare.ts";
import { root } from "../../packages/local-aws/instance.ts";
import { ratingsFile, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { checkConfirmation } from "../../runbooks/lib/doctor/account.ts";
import { fail, ok, runChecks } from "../../runbooks/lib/doctor/check.ts";
import { forecast } from "../../runbooks/lib/doctor/forecast.ts";
import {
    awsPlugin,
    engine,
    isAtLeast,
    isPassphrase,
    login,
    type MachineDeps,
    node,
    packages,
    passphrase,
} from "../../runbooks/lib/doctor/machine.ts";
import { fallbackTables, pageHost } from "../../runbooks/lib/doctor/serving.ts";
import { type DataSize, interactions } from "../../runbooks/lib/doctor/stack.ts";
import { trailFinding } from "../../runbooks/lib/doctor/trail.ts";
import { good } from "../config/parsed.ts";
import { fake } from "../support/fake.ts";
import { region } from "../support/local-aws.ts";

/** The salt that Pulumi wrote for a stack with the passphrase "local". */
const salt = "v1:Niprmp3ie18=:v1:3gK1sQjrO2jIjEZV:hm/Rwv+mKXy/s0e5BVHiUexKThtEmw==";

describe("`runChecks`", () => {
    it("`runChecks` runs checks in parallel, and a check that throws gets the verdict `unknown`", async () => {
        const finished: string[] = [];
        const results = await runChecks(
            {
                good: async () => ok("fine"),
                broken: async () => {
                    throw Object.assign(new Error("first line\nsecond"), { name: "Oops" });
                },
                bad: async () => fail("wrong", "fix it"),
            },
            {},
            ({ name }) => finished.push(name),
        );
        assert.deepEqual(
            results.map(({ name, verdict }) => `${name}: ${verdict}`),
            ["good: ok", "broken: unknown", "bad: fail"],
        );
        assert.equal(results[1]?.detail, "the check failed: first line second");
        assert.deepEqual(finished.sort(), ["bad", "broken", "good"]);
    });
});

describe("`isPassphrase`", () => {
    it("`isPassphrase` returns whether a passphrase fits the stack's encryption salt", async () => {
        assert.equal(await isPassphrase(salt, "local"), true);
        assert.equal(await isPassphrase(salt, "other"), false);
        assert.equal(await isPassphrase("v2:another form", "local"), undefined);
    });
});

describe("Checks of the machine by the runbook `doctor`", () => {
    let folder: string;
    const answers: Record<string, string | undefined> = {};
    const deps = (env: NodeJS.ProcessEnv = {}): MachineDeps => ({
        stack: "dev",
        projectDir: folder,
        configFile: join(folder, "Pulumi.dev.yaml"),
        env,
        ask: async (...args) => {
            const stdout = answers[args[0] ?? ""];
            return stdout === undefined
                ? { exitCode: 127, stdout: "", stderr: "there is no pulumi on the PATH" }
                : { exitCode: 0, stdout, stderr: "" };
        },
    });
    const packageFile = async (name: string, content: object) => {
        await mkdir(join(folder, name), { recursive: true });
        await writeFile(join(folder, name, "package.json"), JSON.stringify(content));
    };

    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "doctor-"));
        for (const key of Object.keys(answers)) delete answers[key];
    });
    afterEach(() => rm(folder, { recursive: true, force: true }));

    it("`isAtLeast` compares versions by number", () => {
        assert.ok(
            isAtLeast("22.18.0", "22.18.0") && isAtLeast("24.1.0", "22.18.0") && isAtLeast("3.1000.0", "3.230.0"),
        );
        for (const version of ["22.17.9", "4.0.0", "", "nonsense"]) assert.equal(isAtLeast(version, "22.18.0"), false);
    });

    it("the `node` check reads the Node.js version that a plain `pulumi up` uses", async () => {
        const bin = async (name: string, version: string) => {
            const path = join(folder, name);
            await mkdir(path, { recursive: true });
            await writeFile(join(path, "node"), `#!/bin/sh\necho v${version}\n`);
            await chmod(join(path, "node"), 0o755);
            return path;
        };
        const projectDir = join(folder, "project");
        const own = await bin("project/node_modules/.bin", "24.21.0");
        const other = await bin("elsewhere", "20.1.0");
        const old = await node({ ...deps({ PATH: `${own}:${other}` }), projectDir });
        assert.equal(old.verdict, "warn");
        assert.match(old.detail, /node on the PATH is 20\.1\.0/);
        assert.match(String(old.fix), /^npm run pulumi -- up --stack dev/);
        await bin("elsewhere", "22.18.0");
        assert.deepEqual(await node({ ...deps({ PATH: other }), projectDir }), ok("Node 22.18.0"));
        assert.match((await node({ ...deps({ PATH: own }), projectDir })).detail, /there is no node/);
        // `npm run local` and `npm run pulumi` set these variables and start the runbook with the project's Node.js.
        for (const launcher of ["MOVIE_RECOMMENDER_COMMANDS", "MOVIE_RECOMMENDER_PULUMI"]) {
            const launched = await node({ ...deps({ PATH: other, [launcher]: "npm run x --" }), projectDir });
            assert.match(launched.detail, /^Node .*, the project's own$/);
        }
    });

    it("the checks `engine` and `login` fail without a recent Pulumi CLI or a login", async () => {
        assert.equal((await engine(deps())).verdict, "fail");
        assert.equal((await login(deps())).verdict, "fail");
        answers.version = "v3.100.0\n";
        assert.match((await engine(deps())).detail, /3\.100\.0 is older than/);
        answers.version = "v3.274.1\n";
        answers.whoami = '{"user":"me","url":"file:///state"}';
        assert.equal((await engine(deps())).verdict, "ok");
        assert.deepEqual(await login(deps()), ok("me at file:///state"));
    });

    it("the `passphrase` check reports a missing or wrong passphrase", async () => {
        const settings = (text: string) => writeFile(join(folder, "Pulumi.dev.yaml"), text);
        const verdict = async (env: NodeJS.ProcessEnv) => (await passphrase(deps(env))).verdict;
        answers.whoami = '{"user": "me", "url": "file:///state"}';
        assert.equal(await verdict({}), "warn");
        await settings(`config: {}\nencryptionsalt: ${salt}\n`);
        assert.equal(await verdict({}), "warn");
        assert.equal(await verdict({ PULUMI_CONFIG_PASSPHRASE: "wrong" }), "fail");
        assert.equal(await verdict({ PULUMI_CONFIG_PASSPHRASE: "local" }), "ok");
        const file = join(folder, "secret");
        await writeFile(file, "local\n");
        assert.equal(await verdict({ PULUMI_CONFIG_PASSPHRASE_FILE: file }), "ok");
        await settings("secretsprovider: awskms://alias/films?region=eu-central-1\n");
        assert.deepEqual(await passphrase(deps()), ok("secrets are encrypted by awskms"));
        await settings("config: {}\n");
        answers.whoami = '{"user": "me", "url": "https://example.com/me"}';
        assert.equal(await verdict({}), "ok");
    });

    it("the `awsPlugin` check reports whether Pulumi's AWS plugin exists or will be downloaded", async () => {
        await packageFile("node_modules/@pulumi/aws", { version: "7.48.0" });
        answers.plugin = '[{"name":"aws","kind":"resource","version":"7.1.0"}]';
        const missing = await awsPlugin(deps());
        assert.deepEqual([missing.verdict, missing.fix], ["warn", "pulumi plugin install resource aws 7.48.0"]);
        answers.plugin = '[{"name":"aws","kind":"resource","version":"7.48.0"}]';
        assert.equal((await awsPlugin(deps())).verdict, "ok");
        answers.plugin = "[]";
        const bin = join(folder, "pulumi-resource-aws");
        await writeFile(bin, "");
        await chmod(bin, 0o755);
        assert.match((await awsPlugin(deps({ PATH: folder }))).detail, /is on the PATH/);
    });

    it("the `packages` check reports missing npm packages and packages of another version", async () => {
        await packageFile(".", { dependencies: { a: "1.0.0", b: "2.0.0", c: "3.0.0" } });
        await packageFile("node_modules/a", { version: "1.0.0" });
        await packageFile("node_modules/b", { version: "1.9.9" });
        assert.deepEqual(await packages(deps()), fail("missing, or of another version: b, c", "npm ci"));
        assert.equal((await packages({ ...deps(), projectDir: root })).verdict, "ok");
    });
});

describe("Check of the interactions by the runbook `doctor`", () => {
    const look = (data: () => Promise<DataSize | undefined>) =>
        interactions({ stack: "dev", projectDir: root, configuration: async () => ({ config: good() }), data });
    const size = { bytes: 1, interactions: 1000, usableUsers: 25 };

    it("the `interactions` check fails for an invalid file, 999 rows or 24 users", async () => {
        assert.equal((await look(async () => size)).verdict, "ok");
        for (const data of [undefined, { ...size, interactions: 999 }, { ...size, usableUsers: 24 }]) {
            const { verdict, fix } = await look(async () => data);
            assert.equal(verdict, "fail");
            assert.match(String(fix), /^npm run data-prep/);
        }
        const broken = await look(async () => Promise.reject(new Error("no header")));
        assert.match(broken.detail, /is not an interactions file: no header/);
    });
});

describe("Check of the fallback tables by the runbook `doctor`", () => {
    let folder: string;
    beforeEach(async () => {
        folder = await mkdtemp(join(tmpdir(), "movie-recommender-"));
    });
    afterEach(() => rm(folder, { recursive: true }));
    const look = (values: Readonly<Record<string, string>> = {}) =>
        fallbackTables({
            projectDir: folder,
            configuration: async () => ({ config: good({ interactionsFile: "films.csv", ...values }) }),
        });

    it("the `fallbackTables` check fails if an API's fallback tables are missing or outdated", async () => {
        assert.match((await look({ api: "false" })).detail, /^not needed/);
        const missing = await look();
        assert.deepEqual([missing.verdict, missing.detail], ["fail", "there is no fallback-tables.json"]);
        assert.match(missing.fix ?? "", /^npm run data-prep -- --output films\.csv/);
        const input = join(folder, "u.data");
        await writeFile(input, ratingsFile(syntheticRatings({ seed: 1 })));
        await prepare({ input, output: join(folder, "films.csv"), log: () => {} });
        assert.deepEqual(await look(), ok("fallback-tables.json, made from the current interactions"));
        await appendFile(join(folder, "films.csv"), "1,2,3\n");
        assert.match((await look()).detail, /was made from other interactions than films\.csv$/);
        await writeFile(join(folder, "fallback-tables.json"), "{}");
        assert.match((await look()).detail, /^fallback-tables\.json cannot be used: /);
    });
});

describe("Check of the storefront host by the runbook `doctor`", () => {
    it("the `pageHost` check warns if `pulumi up` will delete the stack's CloudFront distribution", async () => {
        const held = async () => ({ arns: new Set<string>(), ids: new Set([`${distribution} E1`]) });
        const distribution = "aws:cloudfront/distribution:Distribution";
        const look = (storefront: string) => pageHost({ config: good({ storefront }), held, now: Date.now });
        const lost = await look("api");
        assert.deepEqual(
            [lost.verdict, lost.fix],
            ["warn", "pulumi config set --stack dev storefront cloudfront   # keeps it"],
        );
        assert.match(lost.detail, /^`pulumi up` deletes the stack's distribution/);
        assert.equal((await look("cloudfront")).verdict, "ok");
    });
});

describe("Check of CloudTrail trails by the runbook `doctor`", () => {
    const trailOf = (Name: string, HomeRegion: string) => ({ Name, HomeRegion, TrailARN: `arn:${HomeRegion}:${Name}` });
    const own = trailOf(good().names.trail, region);

    it("`trailFinding` accepts an account without a trail or with only the stack's trail", () => {
        for (const trails of [[], [own]]) assert.equal(trailFinding(trails, good()).verdict, "ok");
    });

    it("`trailFinding` warns of a second trail, with the price and a command", () => {
        const organization = trailOf("organization", "us-east-1");
        const { verdict, detail, fix } = trailFinding([own, organization], good());
        assert.deepEqual([verdict, fix], ["warn", "pulumi config set --stack dev auditTrail false"]);
        assert.match(detail, /^the region has trail arn:us-east-1:organization\. .* ≈ \$2\.00 for 100,000 events/);
    });

    it("`trailFinding` warns of a trail with the stack's trail name in another region", () => {
        assert.equal(trailFinding([trailOf(good().names.trail, "us-east-1")], good()).verdict, "warn");
    });
});

describe("`forecast`, the duration and cost of the first `pulumi up`", () => {
    const data = { bytes: 3_000_000, interactions: 100_000, usableUsers: 943 };

    it("`forecast` returns the duration of `pulumi up` in minutes, the one-time cost and the monthly cost", () => {
        assert.equal(
            forecast(good(), data).sentence,
            "`pulumi up` takes about 31 to 87 minutes on AWS, costs ≈ $0.26 to $0.50 once (import and training), and after " +
                "that ≈ $146 a month (the campaign, even without requests) until `pulumi destroy` (US price, unverified). " +
                "`pulumi preview` lists the cost of the other resources.",
        );
    });

    it("`forecast` depends on TPS, recipe, automatic training and AutoML", () => {
        const monthly = (values: Record<string, string>) => Math.round(forecast(good(values), data).monthlyUsd.high);
        assert.equal(monthly({ minProvisionedTPS: "3" }), 438);
        assert.equal(monthly({ recipe: "aws-user-personalization-v2" }), 394);
        assert.equal(monthly({ campaignEnabled: "false" }), 0);
        assert.equal(monthly({ campaignEnabled: "false", performAutoTraining: "true", autoTrainingDays: "1" }), 15);
        assert.equal(forecast(good({ campaignEnabled: "false" }), data).minutes.high, 77);
        assert.match(
            forecast(good({ performAutoML: "true", recipe: "" }), data).sentence,
            /more, because AutoML trains several recipes/,
        );
    });
});

describe("`checkConfirmation`, the check of an email subscription", () => {
    const topic = "arn:aws:sns:eu-central-1:000000000000:movie-recommender";
    const look = (SubscriptionArn: string) => {
        const subscription = { SubscriptionArn, Protocol: "email", Endpoint: "ops@example.com" };
        const client = fake<SNSClient>({ send: async () => ({ Subscriptions: [subscription] }) });
        return checkConfirmation(client, [topic], region);
    };

    it("`checkConfirmation` warns of an unconfirmed subscription, with the command that resends the email", async () => {
        const pending = await look("PendingConfirmation");
        assert.equal(pending.verdict, "warn");
        assert.match(pending.detail, /ops@example\.com/);
        assert.equal(
            pending.fix,
            `aws sns subscribe --region ${region} --topic-arn ${topic} --protocol email --notification-endpoint ops@example.com`,
        );
        assert.equal((await look(`${topic}:1`)).verdict, "ok");
    });
});
