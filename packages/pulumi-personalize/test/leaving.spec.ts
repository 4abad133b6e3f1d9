import assert from "node:assert/strict";
import { CreateCampaignCommand } from "@aws-sdk/client-personalize";
import { useHarness } from "./harness.ts";

describe("Deletion of a resource that other resources use", () => {
    const harness = useHarness();
    const gone = async (kind: "Solution" | "DatasetGroup" | "Campaign", { id, outs }: { id: string; outs: object }) =>
        !("id" in (await harness.handlers[kind].read(id, { ...outs })));

    it("deleting a solution first deletes the stack's campaign that uses it", async () => {
        const { solution, campaign } = await harness.makeAll();
        await harness.handlers.Solution.delete(solution.id, solution.outs);
        assert.ok(await gone("Campaign", campaign));
        assert.ok(await gone("Solution", solution));
        assert.ok(
            harness.lines.some((line) =>
                line.startsWith("campaign films belongs to this stack and uses solution films; deleting it first"),
            ),
            harness.lines.join("\n"),
        );
    });

    it("deleting a dataset group first deletes the stack's solution, campaign and dataset", async () => {
        const { group, campaign, dataset } = await harness.makeAll();
        await harness.handlers.DatasetGroup.delete(group.id, group.outs);
        assert.ok(await gone("DatasetGroup", group));
        assert.ok(await gone("Campaign", campaign));
        assert.deepEqual(await harness.handlers.Dataset.read(dataset.id, dataset.outs), {});
    });

    it("deleting a solution fails with the name of another stack's campaign that uses it", async () => {
        const { solution, version } = await harness.makeVersion();
        const command = new CreateCampaignCommand({
            name: "theirs",
            solutionVersionArn: version.id,
            tags: [{ tagKey: "pulumi:stack", tagValue: "another" }],
        });
        const { campaignArn = "" } = await harness.service.personalize.send(command);
        const hasty = harness.hastyHandlers();
        await assert.rejects(
            hasty.Solution.delete(solution.id, solution.outs),
            /solution films is still ResourceInUseException: .*; campaign theirs uses it and does not belong to this stack: delete it, then this deletion continues/,
        );
        assert.ok(!(await gone("Campaign", { id: campaignArn, outs: solution.outs })));
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
