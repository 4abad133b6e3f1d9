import assert from "node:assert/strict";
import { importInputs, importJobNames, toRowsInput, useHarness } from "./harness.ts";

describe("A create call whose response is lost", () => {
    const harness = useHarness();

    /** Makes the service execute the next `times` calls of an operation, but lose their responses. */
    function loseAnswers(operation: string, times = 1): { sent: number } {
        const count = { sent: 0 };
        harness.service.personalize.middlewareStack.add(
            (next, { commandName }) =>
                async (args) => {
                    const answer = await next(args);
                    if (commandName === `${operation}Command`) {
                        count.sent += 1;
                        if (count.sent <= times) {
                            throw Object.assign(new Error("socket hang up"), { code: "ECONNRESET" });
                        }
                    }
                    return answer;
                },
            { step: "initialize" },
        );
        return count;
    }

    it("if the response of CreateSolutionVersion is lost, `create` finds the training and starts no second training", async () => {
        const resources = await harness.makeVersion();
        const job = await harness.make(
            "DatasetImportJob",
            importInputs(resources.dataset.id, { contentHash: "c".repeat(64) }),
        );
        const count = loseAnswers("CreateSolutionVersion");
        const version = await harness.make("SolutionVersion", {
            solutionArn: resources.solution.id,
            importJobArn: job.id,
            rows: toRowsInput(job),
        });
        assert.equal(version.outs.status, "ACTIVE");
        assert.equal(count.sent, 1);
        const { id: solutionArn } = resources.solution;
        const { solutionVersions } = await harness.service.personalize.listSolutionVersions({ solutionArn });
        assert.equal(solutionVersions?.length, 2);
    });

    it("if the response of CreateDatasetImportJob is lost, `create` finds the job by name and starts no second job", async () => {
        const { dataset } = await harness.makeDataset();
        const count = loseAnswers("CreateDatasetImportJob");
        const job = await harness.make("DatasetImportJob", importInputs(dataset.id));
        assert.equal(job.outs.jobName, "import-aaaaaaaa-1");
        assert.equal(count.sent, 1);
        assert.equal((await importJobNames(harness.service)).length, 1);
    });

    it("if the response of CreateDatasetGroup is lost, `create` finds the dataset group by name, and logs the search", async () => {
        const count = loseAnswers("CreateDatasetGroup");
        const { id, outs } = await harness.makeGroup();
        assert.equal(outs.status, "ACTIVE");
        assert.equal(count.sent, 1);
        const { datasetGroups } = await harness.service.personalize.listDatasetGroups({});
        assert.deepEqual(
            datasetGroups?.map(({ datasetGroupArn }) => datasetGroupArn),
            [id],
        );
        assert.match(
            String(harness.lines[0]),
            /^dataset group films: socket hang up; looking for an existing one before the next attempt$/,
        );
    });

    it("`create` fails if no list call succeeds for two minutes", async () => {
        loseAnswers("ListDatasetGroups", Number.POSITIVE_INFINITY);
        let clock = 0;
        const impatient = harness.handlersWith({
            now: () => clock,
            async sleep() {
                clock += 50;
            },
        });
        const group = { region: "eu-central-1", tags: {}, pollSeconds: 1, deadlineMinutes: 1, name: "films" };
        await assert.rejects(impatient.DatasetGroup.create(group), /socket hang up/);
        assert.equal(clock, 150);
    });
});

describe("Deletion of a solution version", () => {
    const harness = useHarness();

    it("`delete` stops a training that is in progress", async () => {
        const { solution, version } = await harness.makeVersion();
        await harness.slowDown("real");
        const before = await harness.handlers.SolutionVersion.read(version.id, version.outs);
        // The status is PENDING or IN_PROGRESS, depending on the speed of the machine.
        assert.match(String(before.props?.status), /^CREATE (PENDING|IN_PROGRESS)$/);
        await harness.handlers.SolutionVersion.delete(version.id, version.outs);
        const { props } = await harness.handlers.SolutionVersion.read(version.id, version.outs);
        assert.equal(props?.status, "CREATE STOPPED");
        // At the real speed, the solution's deletion would take half a minute.
        await harness.slowDown();
        await harness.handlers.Solution.delete(solution.id, solution.outs);
        assert.deepEqual(await harness.handlers.Solution.read(solution.id, solution.outs), {});
    });

    it("deleting a solution stops the training that Personalize started automatically", async () => {
        const { solution, version } = await harness.makeVersion();
        await harness.slowDown();
        await harness.untilActive("SolutionVersion", version);
        const { personalize } = harness.service;
        const { solutionVersionArn } = await personalize.createSolutionVersion({ solutionArn: solution.id });
        const stopped: unknown[] = [];
        personalize.middlewareStack.add(
            (next, { commandName }) =>
                async (args) => {
                    if (commandName === "StopSolutionVersionCreationCommand") {
                        stopped.push((args.input as { solutionVersionArn?: string }).solutionVersionArn);
                    }
                    return next(args);
                },
            { step: "initialize" },
        );
        await harness.handlers.Solution.delete(solution.id, solution.outs);
        assert.deepEqual(stopped, [solutionVersionArn]);
        assert.deepEqual(await harness.handlers.Solution.read(solution.id, solution.outs), {});
    });
});
