import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { executionRoleTrust } from "policy-evaluator";
import { alarmCount } from "../../components/observability/alarms.ts";
import { objectKeys } from "../../core/config/config.ts";
import type { CheckResult } from "../../runbooks/lib/doctor/check.ts";
import { runPython } from "../support/aws-cli.ts";
import { importJobNames, listEverything, listWatchers } from "../support/inventory.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/preview-plan.ts";

describe("Lifecycle of a stack that Pulumi deploys on the local AWS", () => {
    let aws: TestAws;
    let firstJob = "";
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    it("`up` returns the documented stack outputs", async () => {
        assertExit(await aws.engine("up"), 0);
        const outputs = await aws.outputs();
        const { stack } = aws;
        const arn = (tail: string) => `arn:aws:personalize:eu-central-1:000000000000:${tail}`;
        const hash = createHash("sha256")
            .update(await readFile(aws.interactionsFile))
            .digest("hex");
        firstJob = `item_interactions_import_job-${stack}-${hash.slice(0, 8)}-1`;
        const { solutionVersionArn, bestRecipeArn, estimatedMonthlyCostUsd, notificationsQueueUrl, ...rest } = outputs;
        assert.deepEqual(rest, {
            bucketName: `my-movie-recommender-data-000000000000-${stack}`,
            roleArn: `arn:aws:iam::000000000000:role/AmazonPersonalize-ExecutionRole-${stack}`,
            schemaArn: arn(`schema/item_interactions_schema-${stack}`),
            datasetGroupArn: arn(`dataset-group/movie_recommendation-${stack}`),
            datasetArn: arn(`dataset/movie_recommendation-${stack}/INTERACTIONS`),
            importJobArn: arn(`dataset-import-job/${firstJob}`),
            solutionArn: arn(`solution/movie-recommender-solution-${stack}`),
            campaignArn: arn(`campaign/movie-recommender-campaign-${stack}`),
            eventTrackerId: "",
            watchedFilterArn: arn(`filter/movie-recommender-unwatched-${stack}`),
            apiUrl: "",
            storefrontUrl: "",
            apiTableName: "",
            tableOperationsName: "",
            servingMode: "campaign",
            apiKey: "",
            notificationsTopicArn: `arn:aws:sns:eu-central-1:000000000000:movie-recommender-notifications-${stack}`,
            costGuardName: `movie-recommender-cost-guard-${stack}`,
            dashboardUrl: `https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#dashboards/dashboard/movie-recommender-${stack}`,
        });
        assert.match(
            notificationsQueueUrl ?? "",
            new RegExp(`/000000000000/movie-recommender-notifications-${stack}$`),
        );
        assert.ok(Number(estimatedMonthlyCostUsd) > 146 && Number(estimatedMonthlyCostUsd) < 170);
        assert.match(solutionVersionArn ?? "", new RegExp(`:solution/movie-recommender-solution-${stack}/[0-9a-f]+$`));
        assert.equal(bestRecipeArn, "arn:aws:personalize:::recipe/aws-user-personalization");
    });

    it("`recommend` returns different lists for different users, sorted and without watched items", async () => {
        const result = await aws.runbook("recommend", "1", "2", "--num-results", "5", "--json");
        assertExit(result, 0);
        const document = JSON.parse(result.stdout);
        assert.equal(document.schemaVersion, 1);
        const csv = await readFile(aws.interactionsFile, "utf8");
        for (const user of ["1", "2"]) {
            const list = document.recommendations[user] as { itemId: string; score: number }[];
            assert.equal(list.length, 5);
            assert.ok(list.every(({ itemId }) => csv.includes(`,"${itemId}",`)));
            // The filter leaves out all watched films: it considers a user's last 100 interactions, and no user of this
            // data has more.
            assert.ok(list.every(({ itemId }) => !csv.includes(`"${user}","${itemId}",`)));
            assert.deepEqual(
                list.map(({ score }) => score),
                list.map(({ score }) => score).toSorted((a, b) => b - a),
            );
        }
        assert.notDeepEqual(document.recommendations[1], document.recommendations[2]);
    });

    it("`recommend` reports users who have no interactions in the stack's data", async () => {
        const result = await aws.runbook("recommend", "1", "stranger", "--config-file", aws.configFile);
        assertExit(result, 0);
        assert.match(result.stdout, /^User 1$/m);
        assert.match(result.stdout, /^User stranger has no interactions in the data: .* list of an unknown user$/m);
        assert.doesNotMatch(result.stderr, /note:/);
    });

    it("`watch-status` reports all resources as ACTIVE", async () => {
        const result = await aws.runbook("watch-status", "--json");
        assertExit(result, 0);
        const { overall, resources } = JSON.parse(result.stdout);
        assert.equal(overall, "active");
        assert.equal(resources.length, 8);
    });

    it("without an API, `forget-viewer` deletes viewers from Personalize", async () => {
        const configFile = ["--config-file", aws.configFile];
        const { stdout, ...result } = await aws.runbook("forget-viewer", "nobody", "--yes", "--json", ...configFile);
        assertExit({ stdout, ...result }, 0);
        const { table, items, job } = JSON.parse(stdout);
        assert.deepEqual([table, items], ["", []]);
        const status = await aws.runbook("forget-viewer", "--status", ...configFile);
        assertExit(status, 0);
        assert.match(status.stdout, new RegExp(`${job} │ (PENDING|IN_PROGRESS|COMPLETED) `));
    });

    it("`doctor` finds no fault on a deployed stack, and recognizes its dataset group", async () => {
        const result = await aws.runbook("doctor", "--config-file", aws.configFile, "--json");
        assertExit(result, 0);
        const checks = new Map<string, CheckResult>(
            (JSON.parse(result.stdout).checks as CheckResult[]).map((check) => [check.name, check]),
        );
        const failed = [...checks.values()].filter(({ verdict }) => verdict === "fail" || verdict === "unknown");
        // The local AWS has no price list.
        assert.deepEqual(
            failed.map(({ name }) => name),
            ["prices"],
        );
        const detail = (name: string) => checks.get(name)?.detail ?? "";
        assert.match(detail("Personalize"), /including ours$/);
    });

    it("`preview` and `refresh` after `up` show no change", async () => {
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
    });

    it("`refresh` and `up` upload the interactions again if somebody overwrote the object in S3", async () => {
        const { bucketName: Bucket } = await aws.outputs();
        const object = { Bucket, Key: objectKeys.interactions };
        await aws.s3.putObject({ ...object, Body: "userId,movieId\n" });
        assertExit(await aws.engine("refresh"), 0);
        assertExit(await aws.engine("up"), 0);
        const { Body } = await aws.s3.getObject(object);
        assert.equal(await Body?.transformToString(), await readFile(aws.interactionsFile, "utf8"));
    });

    it("after a change of the interactions file, `up` imports, trains and updates the campaign", async () => {
        const before = await aws.outputs();
        await aws.writeInteractions(2);
        assert.deepEqual((await applied(aws)).plan, {
            replace: ["DatasetImportJob", "SolutionVersion"],
            update: ["BucketObjectv2", "Campaign"],
        });
        const after = await aws.outputs();
        const changed = Object.keys(before).filter((name) => before[name] !== after[name]);
        assert.deepEqual(changed.sort(), ["importJobArn", "solutionVersionArn"]);
    });

    it("`destroy` leaves no resource, even if a user deleted a campaign by hand before", async () => {
        const kinds = (await listEverything(aws)).map((thing) => thing.split(" ")[0]);
        // Two solution versions exist, because Personalize deletes a version only together with its solution.
        const versions = ["version", "version"];
        const roles = ["IAM-role", "IAM-role", "IAM-role", "IAM-role"];
        const watchers = (await listWatchers(aws)).map((thing) => thing.split(" ")[0]);
        const alarms = Array.from({ length: alarmCount({ api: false }) }, () => "alarm").join(" ");
        assert.deepEqual(
            watchers.join(" "),
            `schedule Lambda-function ${alarms} dashboard SNS-topic SQS-queue SQS-queue CloudTrail-trail log-group log-group budget`,
        );
        assert.deepEqual(kinds, [
            ...["campaign", "filter", "solution", "dataset", "dataset-group", "schema", "S3-bucket", "S3-bucket"],
            ...roles,
            ...versions,
        ]);
        const { campaignArn } = await aws.outputs();
        await aws.personalize.deleteCampaign({ campaignArn });
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual([...(await listEverything(aws)), ...(await listWatchers(aws))], []);
        assertExit(await aws.runbook("audit-leftovers"), 0);
        assert.equal((await importJobNames(aws)).length, 2);
    });

    it("`up` after `destroy` imports the data again in a job with the next number", async () => {
        await aws.writeInteractions(1);
        assertExit(await aws.engine("up"), 0);
        const next = firstJob.replace(/-1$/, "-2");
        assert.ok((await aws.outputs()).importJobArn?.endsWith(`/${next}`));
        assert.ok((await importJobNames(aws)).includes(firstJob));
        assertExit(await aws.runbook("recommend", "1", "--json"), 0);
    });

    it("the Pulumi commands of this test write nothing into the project's folder", () => {
        assert.equal(existsSync(join(aws.instance.root, `Pulumi.${aws.stack}.yaml`)), false);
    });

    describe("boto3 as a client of the local AWS", () => {
        let outputs: Record<string, string>;
        // biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
        let results: any;
        before(async () => {
            outputs = await aws.outputs();
            const script = join(import.meta.dirname, "boto3_client.py");
            const args = [outputs.campaignArn, outputs.datasetGroupArn].map(String);
            results = await runPython(aws.instance, script, ...args);
        });

        it("boto3 reads the stack's campaign, version and datasets", () => {
            assert.equal(results.campaign.campaignArn, outputs.campaignArn);
            assert.equal(results.campaign.status, "ACTIVE");
            assert.equal(results.campaign.minProvisionedTPS, 1);
            assert.ok(Date.parse(results.campaign.creationDateTime) <= Date.now());
            assert.equal(typeof results.trainingHours, "number");
            assert.deepEqual(
                results.datasets.map(({ datasetArn, status }: Record<string, string>) => [datasetArn, status]),
                [[outputs.datasetArn, "ACTIVE"]],
            );
            assert.ok(results.metrics.coverage > 0 && results.metrics.coverage <= 1);
        });

        it("boto3 gets the requested number of recommendations, 25 by default", () => {
            assert.equal(results.itemList.length, 7);
            assert.ok(results.itemList.every(({ score }: { score: number }) => score > 0 && score < 1));
            assert.equal(results.defaultLength, 25);
            assert.ok(results.recommendationId);
        });

        it("boto3 raises the documented exception class, with code and status, for each error", () => {
            assert.deepEqual(results.refusals, {
                badName: ["ValidationException", 400, "ClientError"],
                twice: ["ResourceAlreadyExistsException", 400, "ResourceAlreadyExistsException"],
                inUse: ["ResourceInUseException", 400, "ResourceInUseException"],
                unknown: ["ResourceNotFoundException", 400, "ResourceNotFoundException"],
                unknownCampaign: ["ResourceNotFoundException", 404, "ResourceNotFoundException"],
                tooMany: ["InvalidInputException", 400, "InvalidInputException"],
                noBucket: ["NoSuchBucket", 404, "NoSuchBucket"],
                noRole: ["NoSuchEntity", 404, "NoSuchEntityException"],
                simulator: ["InvalidInput", 400, "InvalidInputException"],
            });
        });

        it("boto3 reads the role's trust policy as the program wrote the policy", () => {
            assert.deepEqual(
                results.trust,
                executionRoleTrust({ partition: "aws", region, accountId: "000000000000" }),
            );
        });
    });
});
