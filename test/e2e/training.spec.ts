import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { runPython } from "../support/aws-cli.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/preview-plan.ts";
import { until } from "../support/until.ts";

/** A recipe that accepts event weights. */
const common = { recipe: "aws-user-personalization-v2", eventTracker: true };
/** Configures a training every day. A day lasts two seconds on this local AWS. */
const automatic = { performAutoTraining: true, syncWithLatestSolutionVersion: true, autoTrainingDays: 1 };
const describeSolution = `
import json, sys, boto3
solution = boto3.client("personalize").describe_solution(solutionArn=sys.argv[1])["solution"]
print(json.dumps(solution.get("solutionConfig")))
`;
const putEvent = `
import datetime, json, sys, boto3
event = {"eventType": "Watch", "itemId": "2", "sentAt": datetime.datetime.now(datetime.timezone.utc)}
call = {"trackingId": sys.argv[1], "userId": "1", "sessionId": "s", "eventList": [event]}
print(json.dumps(boto3.client("personalize-events").put_events(**call)["ResponseMetadata"]["HTTPStatusCode"]))
`;

describe("Training settings of a stack that Pulumi deploys on the local AWS", () => {
    let aws: TestAws;
    let first: Record<string, string> = {};
    before(async () => {
        aws = await startTestAws();
        // Add a Like event one second after every third Watch event.
        const rows = Array.from({ length: 1500 }, (_, row) => {
            const [user, film, at] = [row % 50, (row * 7) % 90, 1_700_000_000 + row * 60];
            const like = row % 3 === 0 ? `"${user}","${film}","Like",${at + 1}\n` : "";
            return `"${user}","${film}","Watch",${at}\n${like}`;
        });
        await writeFile(aws.interactionsFile, `USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n${rows.join("")}`);
        await aws.configure({ ...common, eventWeights: { Watch: "0.3", Like: 1 } });
        assertExit(await aws.engine("up"), 0);
        first = await aws.outputs();
    });
    after(() => aws?.stop());

    async function solution() {
        const { solutionArn } = first;
        return (await aws.personalize.describeSolution({ solutionArn })).solution;
    }
    async function campaign() {
        const { campaignArn } = first;
        return (await aws.personalize.describeCampaign({ campaignArn })).campaign;
    }
    const parameters = async () => (await solution())?.solutionConfig?.eventsConfig?.eventParametersList;
    const versions = async () => {
        const { solutionArn } = first;
        const answer = await aws.personalize.listSolutionVersions({ solutionArn });
        return answer.solutionVersions?.length;
    };
    /** Waits until the campaign serves another version than this one. Returns the new version. */
    const servedAfter = (solutionVersionArn: string | undefined) =>
        until(`another version than ${solutionVersionArn} serves`, async () => {
            const served = (await campaign())?.solutionVersionArn;
            return served !== solutionVersionArn && served;
        });

    describe("`eventWeights`", () => {
        it("`up` sets `eventWeights` on the solution and the version, and boto3 reads the weights", async () => {
            const expected = [
                { eventType: "Like", weight: 1 },
                { eventType: "Watch", weight: 0.3 },
            ];
            assert.deepEqual(await parameters(), expected);
            const { solutionArn = "", solutionVersionArn } = first;
            const { solutionVersion } = await aws.personalize.describeSolutionVersion({ solutionVersionArn });
            assert.deepEqual(solutionVersion?.solutionConfig?.eventsConfig?.eventParametersList, expected);
            assert.deepEqual(await runPython(aws.instance, "-c", describeSolution, solutionArn), {
                eventsConfig: { eventParametersList: expected },
            });
        });

        it("`refresh` reports no change if Personalize returns `eventWeights` in a different format", async () => {
            await createAdmin(aws.instance).forms("other");
            assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
        });

        it("`up` clears removed `eventWeights` in place and trains one new version", async () => {
            await aws.configure(common);
            assertExit(await aws.engine("up"), 0);
            const { solutionArn, campaignArn, solutionVersionArn } = await aws.outputs();
            assert.deepEqual([solutionArn, campaignArn], [first.solutionArn, first.campaignArn]);
            assert.notEqual(solutionVersionArn, first.solutionVersionArn);
            assert.equal(await versions(), 2);
            assert.deepEqual(await parameters(), []);
        });
    });

    // Personalize may return `rate(1 days)`, which must not count as a change, because an update would restart the
    // schedule.
    describe("Automatic training, with Personalize responses in a different format", () => {
        before(async () => {
            first = await aws.outputs();
        });

        it("`up` with `performAutoTraining` updates campaign and solution in place and prints the price", async () => {
            await aws.configure({ ...common, ...automatic });
            const price =
                /automatic training every day: ≈ \$0\.12 a month for 2,000 interactions \(US price, unverified\)/;
            const { plan, stdout } = await applied(aws);
            assert.deepEqual(plan, { update: ["Campaign", "Solution"] });
            assert.match(stdout, price);
            const { estimatedMonthlyCostUsd: dearer, ...outputs } = await aws.outputs();
            const { estimatedMonthlyCostUsd: before, ...same } = first;
            assert.deepEqual(outputs, same);
            assert.ok(Number(dearer) > Number(before) + 0.1);
            const updated = await solution();
            assert.equal(updated?.performAutoTraining, true);
            assert.equal(updated?.solutionConfig?.autoTrainingConfig?.schedulingExpression, "rate(1 days)");
            assert.equal(updated?.latestSolutionUpdate?.status, "ACTIVE");
            assert.equal((await campaign())?.campaignConfig?.syncWithLatestSolutionVersion, true);
            assert.equal((await campaign())?.solutionVersionArn, first.solutionVersionArn);
        });

        it("after an import, Personalize trains a version, and the campaign serves that version", async () => {
            await aws.writeInteractions(2);
            assert.deepEqual((await applied(aws)).plan, { replace: ["DatasetImportJob"], update: ["BucketObjectv2"] });
            const served = await servedAfter(first.solutionVersionArn);
            assert.ok(served?.startsWith(`${first.solutionArn}/`));
            assert.equal((await aws.outputs()).solutionVersionArn, first.solutionVersionArn);
        });

        it("Personalize also trains on an event of boto3, and afterwards `refresh` shows no change", async () => {
            const served = (await campaign())?.solutionVersionArn;
            assert.equal(await runPython(aws.instance, "-c", putEvent, first.eventTrackerId ?? ""), 200);
            await servedAfter(served);
            assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
        });

        it("after an import, `up` without `performAutoTraining` trains a new version", async () => {
            await aws.configure(common);
            const { plan } = await applied(aws);
            assert.deepEqual(plan, { replace: ["SolutionVersion"], update: ["Campaign", "Solution"] });
            assert.equal((await solution())?.performAutoTraining, false);
            assert.equal((await campaign())?.campaignConfig?.syncWithLatestSolutionVersion, false);
            assert.equal((await campaign())?.solutionVersionArn, (await aws.outputs()).solutionVersionArn);
        });
    });
});
