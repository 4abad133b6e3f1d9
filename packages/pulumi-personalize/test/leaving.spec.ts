import assert from "node:assert/strict";
import { type Made, useHarness } from "./harness.ts";

describe("Deletion of a resource that other resources use", () => {
    const harness = useHarness();
    const gone = async (kind: "Solution" | "DatasetGroup" | "Campaign" | "Dataset", { id, outs }: Made) =>
        !("id" in (await harness.handlers[kind].read(id, outs)));

    it("`delete` of a solution with a campaign fails, and names the campaign and the command that deletes it", async () => {
        const { solution, campaign } = await harness.makeAll();
        const hasty = harness.hastyHandlers();
        await assert.rejects(hasty.Solution.delete(solution.id, solution.outs), (error: Error) => {
            assert.match(
                error.message,
                /^solution films is not deleted, because it is in use by arn:\S+:campaign\/films,/,
            );
            const command = `aws personalize delete-campaign --campaign-arn ${campaign.id} --region eu-central-1`;
            assert.ok(error.message.endsWith(`\n  ${command}`), error.message);
            return true;
        });
        assert.ok(!(await gone("Campaign", campaign)));
        assert.ok(!(await gone("Solution", solution)));
    });

    it("`delete` of a dataset group deletes no resource in the group, and names each of them", async () => {
        const { group, campaign, dataset } = await harness.makeAll();
        const hasty = harness.hastyHandlers();
        await assert.rejects(
            hasty.DatasetGroup.delete(group.id, group.outs),
            /in use by arn:\S+:solution\/films and arn:\S+:dataset\/films\/INTERACTIONS,/,
        );
        assert.ok(!(await gone("Campaign", campaign)));
        assert.ok(!(await gone("Dataset", dataset)));
        assert.ok(!(await gone("DatasetGroup", group)));
    });

    it("`delete` of a dataset group waits while the resources in the group are being deleted", async () => {
        const { group, dataset, solution, campaign } = await harness.makeAll();
        await harness.slowDown();
        const { handlers } = harness;
        await harness.untilActive("Campaign", campaign);
        // The campaign keeps the solution in AWS, and the solution the group, for longer than `inUseSeconds`.
        const ofGroup = handlers.DatasetGroup.delete(group.id, { ...group.outs, inUseSeconds: 0.3 });
        await Promise.all([
            handlers.Campaign.delete(campaign.id, campaign.outs),
            handlers.Solution.delete(solution.id, { ...solution.outs, inUseSeconds: 0.3 }),
            handlers.Dataset.delete(dataset.id, dataset.outs),
            ofGroup,
        ]);
        assert.ok(await gone("DatasetGroup", group));
    });

    it("`delete` of a dataset group deletes EVENT_INTERACTIONS last, and only if the group is not adopted", async () => {
        const { group, dataset } = await harness.makeDataset();
        const datasetArn = group.id.replace(":dataset-group/", ":dataset/").concat("/EVENT_INTERACTIONS");
        let isDeleted = false;
        harness.service.personalize.middlewareStack.add(
            (next, { commandName }) =>
                async (args) => {
                    const input = args.input as { datasetArn?: string };
                    isDeleted ||= commandName === "DeleteDatasetCommand" && input.datasetArn === datasetArn;
                    if (commandName === "DeleteDatasetGroupCommand" && !isDeleted) {
                        throw Object.assign(new Error("In use."), { name: "ResourceInUseException", $metadata: {} });
                    }
                    const answer = await next(args);
                    const { datasets } = answer.output as { datasets?: object[] };
                    if (!isDeleted) datasets?.push({ datasetArn });
                    return answer;
                },
            { step: "initialize" },
        );
        const hasty = harness.hastyHandlers();
        await assert.rejects(hasty.DatasetGroup.delete(group.id, group.outs), /in use by \S+\/INTERACTIONS,/);
        assert.ok(!isDeleted, "the group stays, and so do its events");
        await harness.handlers.Dataset.delete(dataset.id, dataset.outs);
        await assert.rejects(hasty.DatasetGroup.delete(group.id, { ...group.outs, adopt: group.id }));
        assert.ok(!isDeleted, "the group is adopted");
        await harness.handlers.DatasetGroup.delete(group.id, group.outs);
        assert.ok(isDeleted && (await gone("DatasetGroup", group)));
    });

    for (const code of ["ResourceInUseException", "InvalidInputException", "ResourceNotFoundException"]) {
        it(`deletion of a solution version succeeds if the training has ended and StopSolutionVersionCreation fails with ${code}`, async () => {
            const { version } = await harness.makeVersion();
            const commandNames: string[] = [];
            harness.service.personalize.middlewareStack.add(
                (next, { commandName = "" }) =>
                    async (args) => {
                        commandNames.push(commandName);
                        if (commandName.startsWith("Stop")) {
                            throw Object.assign(new Error("It is ACTIVE."), { name: code, $metadata: {} });
                        }
                        const answer = await next(args);
                        const { solutionVersion } = answer.output as { solutionVersion?: { status: string } };
                        if (solutionVersion && commandNames.length === 1) solutionVersion.status = "CREATE IN_PROGRESS";
                        return answer;
                    },
                { step: "initialize" },
            );
            await harness.handlers.SolutionVersion.delete(version.id, version.outs);
            const [look, stop] = ["DescribeSolutionVersionCommand", "StopSolutionVersionCreationCommand"];
            assert.deepEqual(commandNames, [look, stop, look]);
        });
    }
});
