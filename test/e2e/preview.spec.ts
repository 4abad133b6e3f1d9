import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { load } from "js-yaml";
import { root } from "../../packages/local-aws/instance.ts";
import { listEverything } from "../support/inventory.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { previewedSteps } from "../support/preview-plan.ts";

/** The resource types behind each term in the list of resources in docs/setups.md. */
const minimalParts = {
    bucket: /^aws:s3:/,
    access: /^aws:iam:Role(Policy)?$/,
    guard: /^aws:(lambda:|scheduler:|cloudwatch:LogGroup)/,
    notifications: /^aws:(sns|sqs):/,
    recommender: /^pulumi-nodejs:dynamic/,
};

describe("Preview of a stack on the local AWS", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    it("`preview` with a profile of the environment's account shows the price, and warns of unsupported regions", async () => {
        await writeFile(
            join(aws.instance.dir, "no-aws-credentials"),
            "[films]\naws_access_key_id = test\naws_secret_access_key = test\n",
        );
        // This number of requests per day needs 50 TPS.
        const expectedRequestsPerDay = String(50 * 86_400);
        const elsewhere = { "aws:region": "eu-north-1", "aws:profile": "films" };
        await aws.configure({ ...elsewhere, expectedRequestsPerDay, budgetByTag: true });
        const preview = await aws.engine("preview");
        assertExit(preview, 0);
        assert.match(preview.stdout, /campaign, minimum 1 TPS +≈ \$146 +≈ \$5,650/);
        assert.match(preview.stdout, /training, by the hour +≈ \$0\.26 to \$0\.50/);
        assert.match(preview.stdout, /estimatedMonthlyCostUsd: +56\d\d\.\d/);
        assert.match(preview.stdout, /aws:budgets:Budget/);
        assert.match(
            preview.stdout,
            /warning: aws:region is "eu-north-1".*The nearest with it: eu-central-1, eu-west-1/,
        );
    });

    it("`preview` of Pulumi.minimal.yaml lists the resources of docs/setups.md, fewer than 25 of which are AWS resources", async () => {
        const { config } = load(await readFile(join(root, "Pulumi.minimal.yaml"), "utf8")) as {
            config: Record<string, string>;
        };
        await aws.configure(Object.fromEntries(Object.entries(config).filter(([key]) => !key.startsWith("aws:"))));
        const steps = await previewedSteps(aws);
        assert.deepEqual([...new Set(steps.map(({ op }) => op))], ["create"]);
        const types = steps
            .map(({ urn }) => (urn.split("::")[2]?.split("$").at(-1) ?? "").replace(/\/\w+:/, ":"))
            .filter((type) => !/^(pulumi|movie-recommender):/.test(type));
        const other = types.filter((type) => !Object.values(minimalParts).some((part) => part.test(type)));
        assert.deepEqual(other, []);
        assert.ok(types.filter((type) => type.startsWith("aws:")).length < 25, types.join("\n"));
        const counts = Object.entries(minimalParts).map(([part, of]) => [part, types.filter((t) => of.test(t)).length]);
        assert.deepEqual(Object.fromEntries(counts), {
            bucket: 8,
            access: 6,
            guard: 4,
            notifications: 6,
            recommender: 9,
        });
    });

    // test/config tests the messages of all keys.
    it("`preview` reports all invalid values and files at once with their keys", async () => {
        const empty = join(aws.instance.dir, "empty.csv");
        await writeFile(empty, "");
        await aws.configure({
            ...{ minProvisionedTPS: "many", serving: { everyDays: "0" } },
            ...{ interactionsFile: aws.instance.dir, itemsFile: empty, usersFile: "nowhere.csv" },
        });
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        const lines = preview.stdout.split("\n").map((line) => line.trim());
        assert.deepEqual(lines.filter((line) => line.startsWith("movie-recommender:")).sort(), [
            `movie-recommender:interactionsFile is "${aws.instance.dir}", which is a folder. Name a file in it: \`pulumi config set interactionsFile <file>\``,
            `movie-recommender:itemsFile is "${empty}", which is empty. Name an existing file: \`pulumi config set itemsFile <file>\``,
            'movie-recommender:minProvisionedTPS is "many"; it must be a whole number from 1 to 500',
            'movie-recommender:serving.everyDays is "0"; it must be a whole number from 1 to 30',
            'movie-recommender:usersFile is "nowhere.csv", which does not exist. Name an existing file: `pulumi config set usersFile <file>`',
        ]);
        assert.deepEqual(await listEverything(aws), []);
    });

    it("`preview` rejects settings that AWS would reject during `up`", async () => {
        const boundary = "arn:aws:iam::000000000000:policy/nowhere";
        const kmsKeyArn = `arn:aws:kms:${region}:000000000000:key/1234abcd-12ab-34cd-56ef-1234567890ab`;
        await aws.configure({
            api: true,
            apiAccessLogs: true,
            permissionsBoundary: boundary,
            kmsKeyArn,
            ...{ recipe: "", performAutoML: true },
            filters: { comedies: 'INCLUDE ItemID WHERE Items.GENRES IN ("Comedy")' },
        });
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        const text = preview.stdout.replaceAll(/\s+/g, " ");
        for (const problem of [
            "movie-recommender:filters.comedies uses Items.GENRES (column 22), and the stack has no Items dataset",
            `movie-recommender:permissionsBoundary is "${boundary}", which does not exist`,
            `movie-recommender:kmsKeyArn is "${kmsKeyArn}", which does not exist`,
            "movie-recommender:apiAccessLogs is true, but API Gateway has no role for logs",
            "movie-recommender:performAutoML is true, and AutoML uses legacy recipes, with which AWS creates no new solutions. Run `pulumi config set recipe aws-user-personalization`",
        ]) {
            assert.ok(text.includes(problem), `${problem}\nis missing in\n${preview.stdout}`);
        }
        assert.deepEqual(await listEverything(aws), []);
        await aws.configure();
    });

    it("`preview` rejects 30 filters with long names, whose ARNs do not fit into the environment of the API's function", async () => {
        const expression = 'INCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")';
        const named = Array.from({ length: 30 }, (_, n) => [`${"f".repeat(40)}${10 + n}`, expression]);
        await aws.configure({ api: true, eventTracker: true, filters: Object.fromEntries(named) });
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        const text = `${preview.stdout}${preview.stderr}`.replaceAll(/\s+/g, " ");
        assert.match(text, /lambda\/function:Function \S+ has environment variables of \d+ bytes as JSON/);
        assert.deepEqual(await listEverything(aws), []);
        await aws.configure();
    });

    it("`preview` rejects an endpoint of the AWS plugin that is not the environment's", async () => {
        await aws.configure({ "aws:endpoints": [{ s3: "http://127.0.0.1:1" }] });
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        assert.match(
            `${preview.stdout}${preview.stderr}`.replaceAll(/\s+/g, " "),
            /calls of s3 to http:\/\/127\.0\.0\.1:1:/,
        );
        assert.deepEqual(await listEverything(aws), []);
        await aws.configure();
    });

    it("`preview` rejects an existing bucket that is not in the stack's state", async () => {
        const Bucket = "films-of-somebody";
        await aws.s3.createBucket({ Bucket, CreateBucketConfiguration: { LocationConstraint: region } });
        await aws.configure({ bucketName: Bucket });
        const preview = await aws.engine("preview");
        assertExit(preview, 1);
        assert.match(
            preview.stdout.replaceAll(/\s+/g, " "),
            /error: the configuration of stack \S+ is invalid: movie-recommender:bucketName gives the bucket "films-of-somebody", which exists already, and does not have the stack's tags/,
        );
        await aws.s3.deleteBucket({ Bucket });
        await aws.configure();
    });

    it("`up` rejects a price above `monthlyLimitUsd` and creates nothing", async () => {
        await aws.configure({ monthlyLimitUsd: "200", minProvisionedTPS: "2" });
        const refused = await aws.engine("up");
        assertExit(refused, 1);
        const text = `${refused.stdout}${refused.stderr}`;
        assert.match(text, /would cost ≈ \$30\d a month \(US price, unverified\), above monthlyLimitUsd 200/);
        assert.match(
            text,
            /campaign, minimum 2 TPS: ≈ \$292 a month\. To lower it: pulumi config set minProvisionedTPS 1/,
        );
        assert.match(text, /pulumi config set monthlyLimitUsd 30\d/);
        assert.doesNotMatch(text, /at .*\.ts:\d+/, "no stack trace");
        assert.deepEqual(await listEverything(aws), []);
        await aws.configure();
    });
});
