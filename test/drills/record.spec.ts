import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { checks, outcomes, runRow } from "./record/checks.ts";
import { compare } from "./record/compare.ts";
import { type Call, findLeaks, scrub, withoutOthers } from "./record/recording.ts";

const root = join(import.meta.dirname, "..", "..");
const arn = (tail: string, account = "123456789012") => `arn:aws:personalize:eu-central-1:${account}:${tail}`;
const call = (operation: string, request: object, response: object, error?: string): Call => ({
    service: "personalize",
    operation,
    request,
    status: error === undefined ? 200 : 400,
    ...(error !== undefined && { error }),
    response,
});

const observed = (operation: string, value: string): Call => ({
    service: "observed",
    operation,
    request: null,
    status: 200,
    response: { value },
});

describe("`scrub`, which removes private data from a recorded API call", () => {
    const secrets = ["123456789012", "AKIAIOSFODNN7EXAMPLE", "jane.doe@films.example", "jane.doe"];
    const raw = call(
        "DescribeDatasetImportJob",
        { datasetImportJobArn: arn("dataset-import-job/films-1"), nextToken: "AAE=" },
        {
            datasetImportJob: {
                roleArn: "arn:aws:iam::123456789012:role/AmazonPersonalize-ExecutionRole-drill-0a1b2c",
                dataSource: { dataLocation: "s3://janes-bucket-123456789012/films.csv" },
                creationDateTime: 1_795_617_222.959,
                failureReason:
                    "User: arn:aws:sts::123456789012:assumed-role/Admins/jane.doe@films.example may not read " +
                    "arn:aws:s3:::janes-bucket-123456789012/films.csv (Request ID: 7XKQ2ABCDEF; key AKIAIOSFODNN7EXAMPLE; " +
                    "at 2026-11-25T12:00:00Z; 5b1e8a3c-19dc-4115-a516-2ccc5c822ea1)",
            },
        },
    );

    it("`scrub` removes account IDs, access keys, names, request IDs and times from calls", () => {
        const text = JSON.stringify(scrub(raw));
        assert.ok(findLeaks(JSON.stringify(raw), secrets).length >= secrets.length, "the raw one is full of them");
        assert.deepEqual(findLeaks(text, secrets), []);
        for (const gone of ["janes-bucket", "7XKQ", "2026-11-25", "1795617222", "0a1b2c", "AAE=", "5b1e8a3c"]) {
            assert.ok(!text.includes(gone), gone);
        }
    });

    it("`scrub` keeps field names, types and error messages of a recorded call", () => {
        const { response } = scrub(raw) as { response: { datasetImportJob: Record<string, unknown> } };
        const { creationDateTime, dataSource, failureReason } = response.datasetImportJob;
        assert.equal(creationDateTime, 0);
        assert.deepEqual(dataSource, { dataLocation: "s3://bucket/films.csv" });
        assert.match(String(failureReason), /^User: arn:aws:sts::000000000000:assumed-role\/somebody may not read /);
        assert.deepEqual(scrub(scrub(raw)), scrub(raw));
    });

    it("`scrub` does not mistake the digits of a score for an account ID", () => {
        const scores = { itemList: [{ itemId: "50", score: 0.123456789012 }] };
        assert.deepEqual(scrub(scores), scores);
        assert.deepEqual(findLeaks(JSON.stringify(scores), []), []);
    });

    it("`findLeaks` returns the names and account IDs that a text still contains", () => {
        assert.deepEqual(findLeaks('{"name":"jane.doe films"}', secrets), ["jane.doe"]);
        assert.deepEqual(findLeaks('{"arn":"arn:aws:iam::210987654321:role/x"}', []), ["210987654321"]);
    });

    it("`withoutOthers` returns a list without the resources that the drill did not create", () => {
        const campaigns = ["films", "movies-drill-0a1b2c"].map((name) => ({
            name,
            campaignArn: arn(`campaign/${name}`),
        }));
        const { response } = withoutOthers(call("ListCampaigns", {}, { campaigns, nextToken: "x" }));
        assert.deepEqual(response, { campaigns: campaigns.slice(1), nextToken: "x" });
    });
});

describe("`compare`, which compares two recordings of API calls", () => {
    const campaignArn = arn("campaign/films", "000000000000");
    const describeCampaign = (status: string, more: object = {}) =>
        call("DescribeCampaign", { campaignArn }, { campaign: { campaignArn, status, minProvisionedTPS: 1, ...more } });
    const life = [
        call("CreateCampaign", { name: "films" }, { campaignArn }),
        describeCampaign("CREATE PENDING"),
        describeCampaign("CREATE IN_PROGRESS"),
        describeCampaign("CREATE IN_PROGRESS"),
        describeCampaign("ACTIVE", { latestCampaignUpdate: { status: "ACTIVE", creationDateTime: 0 } }),
        call("DescribeCampaign", { campaignArn }, { message: "Campaign not found" }, "ResourceNotFoundException"),
    ];
    const refused = (message: string, code: string) => call("DescribeCampaign", { campaignArn }, { message }, code);
    const retyped = JSON.stringify(life).replaceAll('"minProvisionedTPS":1', '"minProvisionedTPS":"1"');
    const updated = { minProvisionedTPS: 7, latestCampaignUpdate: { status: "ACTIVE", creationDateTime: 9 } };
    const notFound = ["Campaign not found", "ResourceNotFoundException"] as const;
    const [page, guard] = [observed("page", "200 text/html"), observed("cost guard", "ran without an error")];
    const where = "personalize DescribeCampaign";
    const [found, invalid] = [`${where}: ${notFound[1]}`, `${where}: InvalidInputException`];

    const cases: readonly (readonly [what: string, other: Call[], differences: string[][], one?: Call[]])[] = [
        ["nothing for calls of the same form with other values", life.with(4, describeCampaign("ACTIVE", updated)), []],
        ["nothing for observations in another order", [guard, page], [], [page, guard]],
        [
            "a field that only one of the two recordings contains",
            life.with(1, describeCampaign("CREATE PENDING", { campaignConfig: { rankingInfluence: {} } })),
            [["member", `${where}: campaign.campaignConfig`, "–", "object"]],
        ],
        [
            "a field whose type differs",
            JSON.parse(retyped),
            [["type", `${where}: campaign.minProvisionedTPS`, "number", "string"]],
        ],
        [
            "a resource state that only one of the two recordings contains",
            life.toSpliced(1, 1),
            [
                [
                    "states",
                    `${where}: ${campaignArn}`,
                    "CREATE PENDING → CREATE IN_PROGRESS → ACTIVE",
                    "CREATE IN_PROGRESS → ACTIVE",
                ],
            ],
        ],
        [
            "an error whose message differs",
            life.with(5, refused("The campaign is gone", notFound[1])),
            [["error", found, notFound[0], "The campaign is gone"]],
        ],
        [
            "an error whose code differs",
            life.with(5, refused(notFound[0], "InvalidInputException")),
            [
                ["error", invalid, "–", notFound[0]],
                ["error", found, notFound[0], "–"],
            ],
        ],
        [
            "a call that one of the two recordings lacks",
            life,
            [["call", "personalize CreateCampaign", "–", "1 times"]],
            life.slice(1),
        ],
        [
            "different and missing observations",
            [observed("page", "403 application/xml")],
            [
                ["observed", "cost guard", "ran without an error", "–"],
                ["observed", "page", "200 text/html", "403 application/xml"],
            ],
            [page, guard],
        ],
    ];
    for (const [what, other, differences, one = life] of cases) {
        it(`\`compare\` returns ${what}`, () => {
            assert.deepEqual(
                compare(one, other).map((each) => [each.what, each.where, each.one, each.other]),
                differences,
            );
        });
    }
});

/** For each check, a call or an observation that shows a difference. */
const signs: Readonly<Record<string, Call>> = {
    doctor: observed("doctor roles", "unknown: the check failed: ThrottlingException: Rate exceeded"),
    budgets: observed("doctor budgets", "fail: this account may not create budgets"),
    operator: observed(
        "up as operator",
        "exit 1\nAccessDenied: User: arn:aws:iam::000000000000:user/somebody is not authorized to perform: iam:TagRole",
    ),
    "trail-role": observed("up", "exit 1\napi error InvalidCloudWatchLogsRoleArnException: Access denied."),
    "x-ray": observed("up as operator", "exit 1\nUser: x is not authorized to perform: iam:CreateServiceLinkedRole"),
    "api-document": observed("up", "exit 1\nBadRequestException: Errors found during import"),
    "method-throttles": observed("throttle of POST /events", "no 429"),
    "wrong-method": observed("POST /recommendations/1 {}", "404"),
    "function-role": observed(
        "up as operator",
        "exit 1\nThe role defined for the function cannot be assumed by Lambda.",
    ),
    "import-role": call(
        "DescribeDatasetImportJob",
        {},
        { datasetImportJob: { status: "CREATE FAILED", failureReason: "Insufficient privileges for accessing data" } },
    ),
    "import-access": observed("up", "exit 1\nCREATE FAILED: Insufficient privileges for accessing data in Amazon S3."),
    "import-columns": observed("up", "exit 1\nInput CSV is missing the following columns: [TIMESTAMP]"),
    "training-price": observed("training hours", "3.5 instead of 1.07 to 2.1"),
    states: call("DescribeCampaign", {}, { campaign: { status: "REPAIRING" } }),
    recipe: call("CreateSolution", {}, { message: "User: x is not authorized" }, "AccessDeniedException"),
    "request-tags": call("CreateFilter", {}, { message: "User: x is not authorized" }, "AccessDeniedException"),
    "legacy-recipes": call("CreateSolution", { performAutoML: true }, { solutionArn: arn("solution/films") }),
    texts: observed("preview --expect-no-changes", "exit 1"),
    "watched-films": observed("watched items with filter unseen", "4 of 250"),
    "lists-role": observed(
        "up with batch lists",
        "exit 1\nUser: arn:aws:sts::000000000000:assumed-role/somebody is not authorized to perform: iam:PassRole",
    ),
    "guard-role": observed("cost guard", '{"errorType":"AccessDenied"}'),
    prices: observed("doctor prices", "warn: tpsHour: $0.25 instead of $0.20"),
    deletion: observed("destroy", "exit 1\nthe campaign is still DELETE IN_PROGRESS"),
    leftovers: observed("leftovers", "log group /aws/lambda/films"),
};

describe("`outcomes`, which answers the rows of docs/unproven.md", () => {
    it("each row of docs/unproven.md begins with a check of the drill, or with the reason why it has none", async () => {
        const page = await readFile(join(root, "docs", "unproven.md"), "utf8");
        const rows = page.split("## Runs")[0]?.match(/^\| (?!not proven).*$/gm) ?? [];
        const names = rows.map((row) => /^\| (?:`([\w-]+)`|No check \([^)]+\)): [A-Z`]/.exec(row) ?? assert.fail(row));
        assert.deepEqual(names.map(([, name]) => name).filter(Boolean), Object.keys(checks));
    });

    for (const check of Object.keys(checks)) {
        it(`the outcome of the check \`${check}\` is \`differs\`, with the service's text, if AWS differs`, () => {
            const sign = signs[check] ?? assert.fail(`signs has no row ${check}`);
            const differing = outcomes([sign]).find((outcome) => outcome.check === check);
            assert.equal(differing?.outcome, "differs");
            const { value, message } = sign.response as { value?: string; message?: string };
            const text = message ?? value?.split("\n").at(-1) ?? "";
            assert.ok(differing?.text.endsWith(text), differing?.text);
        });
    }

    it("`outcomes` returns `not reached` for a check whose step did not run", () => {
        assert.deepEqual([...new Set(outcomes([]).map(({ outcome }) => outcome))], ["not reached"]);
        const reached = outcomes([observed("up", "done"), observed("doctor prices", "unknown: no list")]);
        const byName = Object.fromEntries(reached.map(({ check, outcome }) => [check, outcome]));
        assert.deepEqual(
            [byName["trail-role"], byName.prices, byName.deletion],
            ["as documented", "not reached", "not reached"],
        );
    });

    it("`runRow` returns a row of the table of runs in docs/unproven.md", async () => {
        const row = runRow("2026-12-01", "eu-west-1", [
            { check: "recipe", outcome: "differs", text: "…" },
            { check: "states", outcome: "as documented", text: "" },
        ]);
        assert.equal(row, "| 2026-12-01 | eu-west-1 | 1 | `recipe` | – |");
        const page = await readFile(join(root, "docs", "unproven.md"), "utf8");
        const head = /^\| date .*$/m.exec(page)?.[0] ?? "";
        assert.equal(head.split("|").length, row.split("|").length);
    });
});

describe("`drill:aws` without an AWS account", () => {
    /** Environment of the drill. Its AWS endpoint is a port on which nothing listens, so the test cannot call AWS. */
    const env = { ...process.env, AWS_ENDPOINT_URL: "http://127.0.0.1:9" };
    const drill = (...args: string[]) =>
        spawnSync(process.execPath, ["test/drills/drill-aws.ts", ...args], { cwd: root, encoding: "utf8", env });

    it("without a sufficient `--spend-up-to`, `drill:aws` only prints the cost of the drill", () => {
        for (const args of [[], ["--spend-up-to", "0.1"]]) {
            const { status, stdout } = drill(...args);
            assert.equal(status, 2, stdout);
            assert.match(stdout, /drill (costs|would cost) ≈ \$0\.\d\d to \$0\.\d\d \(US price, unverified\)/);
            assert.match(stdout, /Nothing was done: .*Allow it with: npm run drill:aws -- --spend-up-to 1/);
        }
    });

    it("`drill:aws` rejects a `--spend-up-to` that is not a number", () => {
        const { status, stdout, stderr } = drill("--spend-up-to", "much");
        assert.equal(status, 2, stdout);
        assert.match(stderr, /'much' is invalid.*number above 0/);
    });
});
