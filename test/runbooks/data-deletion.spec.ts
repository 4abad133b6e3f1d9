import assert from "node:assert/strict";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { shell } from "terminal-text";
import {
    nextTraining,
    remainingCopies,
    runningJobs,
    soonTraining,
    usersCsv,
} from "../../runbooks/lib/stack/data-deletion.ts";
import { good } from "../core/config/parsed.ts";

const hour = 3_600_000;
const day = 24 * hour;
const solutionArn = "arn:aws:personalize:eu-central-1:000000000000:solution/films";
const foreign = `${solutionArn}-2/0a1b2c3d`;

/** Returns a client whose calls of these operations return these members, and whose other lists are empty. */
const clientWith = (answers: Readonly<Record<string, object>>) =>
    Object.assign(new PersonalizeClient({ region: "eu-central-1" }), {
        send: async (command: object) => ({
            solutions: [{ solutionArn }],
            datasets: [{ datasetArn: "dataset" }],
            ...answers[command.constructor.name.replace(/Command$/, "")],
        }),
    });

describe("`runningJobs`, the jobs during which `forget-viewer` refuses to run", () => {
    const jobs = [
        ["ListDatasetImportJobs", { datasetImportJobs: [{ jobName: "a", status: "CREATE PENDING" }] }, "import job a"],
        [
            "ListSolutionVersions",
            { solutionVersions: [{ solutionVersionArn: `${solutionArn}/0a1b2c3d`, status: "CREATE STOPPING" }] },
            "training of version 0a1b2c3d",
        ],
        [
            "ListBatchInferenceJobs",
            {
                batchInferenceJobs: [
                    { jobName: "b", status: "IN PROGRESS", solutionVersionArn: `${solutionArn}/0a1b2c3d` },
                    { jobName: "c", status: "CREATE IN_PROGRESS", solutionVersionArn: foreign },
                ],
            },
            "batch inference job b",
        ],
        ["ListDataDeletionJobs", { dataDeletionJobs: [{ jobName: "d", status: "PENDING" }] }, "data deletion job d"],
    ] as const;
    for (const [operation, answer, expected] of jobs) {
        it(`\`runningJobs\` returns the running job of ${operation}`, async () => {
            assert.deepEqual(await runningJobs(clientWith({ [operation]: answer }), "group"), [expected]);
        });
    }

    it("`runningJobs` returns no job that has ended", async () => {
        const ended = clientWith({
            ListDatasetImportJobs: { datasetImportJobs: [{ jobName: "a", status: "ACTIVE" }] },
            ListSolutionVersions: { solutionVersions: [{ solutionVersionArn: foreign, status: "CREATE STOPPED" }] },
            ListDataDeletionJobs: { dataDeletionJobs: [{ jobName: "d", status: "FAILED" }] },
        });
        assert.deepEqual(await runningJobs(ended, "group"), []);
    });
});

describe("Automatic training during a data deletion job", () => {
    const madeAt = new Date(100 * day).toISOString();
    const automatic = [{ madeAt, trainingType: "AUTOMATIC" }];
    const next = (ago: number, of: Partial<Parameters<typeof nextTraining>[0]> = {}) =>
        nextTraining({ versions: automatic, scheduledAt: 0, days: 7, now: 100 * day + ago, ...of });

    it("`nextTraining` returns the interval after the newest automatic version, also if trainings were skipped", () => {
        assert.equal(next(day), 107 * day);
        assert.equal(next(8 * day), 114 * day);
    });

    it("`nextTraining` counts from a later update of the solution, and returns the end of its first hour", () => {
        assert.equal(next(3 * day, { scheduledAt: 102 * day }), 109 * day);
        const first = { versions: [], scheduledAt: 100 * day };
        assert.equal(next(hour / 2, first), 100 * day + hour);
        assert.equal(next(2 * hour, first), 107 * day);
    });

    it("`soonTraining` returns a solution only if it trains automatically within a day", async () => {
        const soon = (performAutoTraining: boolean, days: number) =>
            soonTraining(
                clientWith({
                    ListSolutionVersions: {
                        solutionVersions: [
                            { solutionVersionArn: "v", creationDateTime: new Date(madeAt), trainingType: "AUTOMATIC" },
                        ],
                    },
                    DescribeSolution: {
                        solution: {
                            performAutoTraining,
                            creationDateTime: new Date(0),
                            solutionConfig: { autoTrainingConfig: { schedulingExpression: `rate(${days} days)` } },
                        },
                    },
                }),
                "group",
                101 * day + hour,
            );
        assert.deepEqual(await soon(true, 2), { solutionArn, next: 102 * day });
        assert.equal(await soon(true, 3), undefined);
        assert.equal(await soon(false, 2), undefined);
    });
});

describe("`usersCsv`, the input of a data deletion job", () => {
    it("`usersCsv` quotes user ids that contain a comma, a quote or a line break", () => {
        assert.equal(usersCsv(["22", 'a,"b"', "c\nd"]), 'USER_ID\n22\n"a,""b"""\n"c\nd"\n');
    });
});

describe("`remainingCopies`, which `forget-viewer` prints", () => {
    it("`remainingCopies` quotes an interactions file that a shell would otherwise split or run", () => {
        const interactionsFile = "it's $(id); a\nb.csv";
        const text = remainingCopies({ stack: "dev", config: good({ interactionsFile }) }, "films");
        assert.ok(text.includes(`npm run data-prep -- <files> ${shell("--output", interactionsFile)}\n`), text);
    });
});
