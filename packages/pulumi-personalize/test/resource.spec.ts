import assert from "node:assert/strict";
import { DescribeSolutionCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import * as pulumi from "@pulumi/pulumi";
import { findContentHash, findNewestMatch, parseJobNumber } from "../job-names.ts";
import { kinds } from "../kinds.ts";
import { common, importInputs } from "./harness.ts";

describe("Input validation of Personalize resources", () => {
    const named = { ...common, name: "films" };
    const solution = { ...named, datasetGroupArn: "a", performAutoML: false, performAutoTraining: false };
    const campaign = { ...named, solutionArn: "a", solutionVersionArn: "a", minProvisionedTPS: 1 };
    const paths = (problems: readonly { property: string }[]) => problems.map(({ property }) => property);

    it("DatasetGroup and Schema reject names that Personalize does not accept", () => {
        for (const [name, fine] of [
            ["films", true],
            ["f".repeat(63), true],
            ["f".repeat(64), false],
            ["", false],
            ["-films", false],
            ["my films", false],
            [pulumi.runtime.unknownValue, true],
        ] as const) {
            for (const kind of [kinds.DatasetGroup, kinds.Schema]) {
                const problems = kind.problems({ ...named, name, schema: "{}" });
                assert.deepEqual(paths(problems), fine ? [] : ["name"], name);
            }
        }
    });

    it("Solution rejects AutoML together with a recipe, and a solution with neither of them", () => {
        const { problems } = kinds.Solution;
        assert.deepEqual(problems({ ...solution, recipeArn: "arn" }), []);
        assert.deepEqual(problems({ ...solution, performAutoML: true }), []);
        assert.match(
            String(problems({ ...solution, performAutoML: true, recipeArn: "arn" })[0]?.reason),
            /the service chooses the recipe: leave recipeArn out/,
        );
        assert.match(String(problems(solution)[0]?.reason), /needs a recipe, or performAutoML/);
    });

    it("Campaign and DatasetImportJob reject invalid TPS values, S3 locations and hashes", () => {
        assert.deepEqual(kinds.Campaign.problems(campaign), []);
        for (const minProvisionedTPS of [0, 1.5, -1]) {
            assert.deepEqual(paths(kinds.Campaign.problems({ ...campaign, minProvisionedTPS })), ["minProvisionedTPS"]);
        }
        const { problems } = kinds.DatasetImportJob;
        assert.deepEqual(problems(importInputs("a")), []);
        for (const dataLocation of ["films/a.csv", "s3://films", "s3://films/", "https://films/a.csv"]) {
            assert.deepEqual(paths(problems({ ...importInputs("a"), dataLocation })), ["dataLocation"], dataLocation);
        }
        assert.deepEqual(paths(problems({ ...importInputs("a"), contentHash: "A".repeat(64) })), ["contentHash"]);
    });
});

describe("Names of import jobs", () => {
    for (const [name, number] of [
        ["import-aaaaaaaa-1", 1],
        ["import-aaaaaaaa-12", 12],
        ["import-aaaaaaaa-0", 0],
        ["import-aaaaaaaa-1.5", 0],
        ["import-aaaaaaaa-x", 0],
        ["import-aaaaaaaa", 0],
        ["import-bbbbbbbb-1", 0],
        ["import-aaaaaaaab-1", 0],
    ] as const) {
        it(`\`parseJobNumber\` returns ${number || "no number"} for ${name}`, () =>
            assert.equal(parseJobNumber(name, "import-aaaaaaaa"), number));
    }

    it("`findContentHash` reads the content hash from an import job's ARN", () => {
        assert.equal(findContentHash("arn:aws:personalize:r:1:dataset-import-job/films-dev-822136d3-1"), "822136d3");
        assert.equal(findContentHash("arn:aws:personalize:r:1:dataset-import-job/mine"), undefined);
        assert.equal(findContentHash(undefined), undefined);
    });
});

describe("findNewestMatch", () => {
    const job = (jobName: string, second: number, status = "ACTIVE") => ({
        jobName,
        status,
        creationDateTime: new Date(second * 1000),
    });
    const newestOf = async (...jobs: ReturnType<typeof job>[]) => {
        const listed = (async function* () {
            yield* jobs;
        })();
        return (await findNewestMatch("batch-aaaaaaaa", "batch", listed))?.jobName;
    };

    it("`findNewestMatch` returns the newest job if its name contains the given content hash, in any order of the list", async () => {
        assert.equal(await newestOf(job("batch-aaaaaaaa-1", 1), job("batch-aaaaaaaa-2", 2)), "batch-aaaaaaaa-2");
        assert.equal(await newestOf(job("batch-aaaaaaaa-2", 3), job("batch-bbbbbbbb-1", 2)), "batch-aaaaaaaa-2");
    });

    it("`findNewestMatch` ignores failed jobs and jobs with another prefix, and returns nothing if a newer job's content differs", async () => {
        assert.equal(await newestOf(job("batch-aaaaaaaa-1", 1), job("batch-bbbbbbbb-1", 2)), undefined);
        const failed = job("batch-bbbbbbbb-1", 2, "CREATE FAILED");
        assert.equal(await newestOf(job("batch-aaaaaaaa-1", 1), failed), "batch-aaaaaaaa-1");
        assert.equal(await newestOf(failed, job("batch-aaaaaaaa-1", 3, "CREATE FAILED")), undefined);
        const others = [job("batch-test-bbbbbbbb-1", 2), job("batch-aaaaaaaa-bbbbbbbb-1", 3)];
        assert.equal(await newestOf(job("batch-aaaaaaaa-1", 1), ...others), "batch-aaaaaaaa-1");
    });
});

describe("Recipe of a solution version", () => {
    it("`describe` of a solution version reads bestRecipeArn from the solution if the version uses AutoML", async () => {
        const bestRecipeArn = "arn:aws:personalize:::recipe/aws-user-personalization";
        const solutionArn = "arn:aws:personalize:eu-central-1:000000000000:solution/films";
        const client = {
            send: async (command: unknown) =>
                command instanceof DescribeSolutionCommand
                    ? { solution: { autoMLResult: { bestRecipeArn } } }
                    : { solutionVersion: { status: "ACTIVE", performAutoML: true, solutionArn } },
        } as unknown as PersonalizeClient;
        const { properties } = await kinds.SolutionVersion.describe(client, `${solutionArn}/0123abcd`);
        assert.equal(properties.bestRecipeArn, bestRecipeArn);
    });
});
