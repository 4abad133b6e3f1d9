import assert from "node:assert/strict";
import { CreateCampaignCommand, DescribeSolutionVersionCommand } from "@aws-sdk/client-personalize";
import { useWorld } from "./world.ts";

describe("resources that use a resource to delete", () => {
    const world = useWorld();
    const gone = async (kind: "Solution" | "DatasetGroup" | "Campaign", { id, outs }: { id: string; outs: object }) =>
        !("id" in (await world.handlers[kind].read(id, { ...outs })));

    it("goes first when it is of our stack: an unrecorded campaign would be billed for ever", async () => {
        const { solution, campaign } = await world.makeAll();
        await world.handlers.Solution.delete(solution.id, solution.outs);
        assert.ok(await gone("Campaign", campaign));
        assert.ok(await gone("Solution", solution));
        assert.ok(
            world.lines.some((line) =>
                line.startsWith("campaign films belongs to this stack and uses solution films; deleting it first"),
            ),
            world.lines.join("\n"),
        );
    });

    it("goes first through all floors: the group takes solution, campaign and dataset along", async () => {
        const { group, campaign, dataset } = await world.makeAll();
        await world.handlers.DatasetGroup.delete(group.id, group.outs);
        assert.ok(await gone("DatasetGroup", group));
        assert.ok(await gone("Campaign", campaign));
        assert.deepEqual(await world.handlers.Dataset.read(dataset.id, dataset.outs), {});
    });

    it("stays when it is not of our stack: it is named, and nothing is deleted", async () => {
        const { solution, version } = await world.makeVersion();
        const command = new CreateCampaignCommand({
            name: "theirs",
            solutionVersionArn: version.id,
            tags: [{ tagKey: "pulumi:stack", tagValue: "another" }],
        });
        const { campaignArn = "" } = await world.service.personalize.send(command);
        const hasty = world.hastyHandlers();
        await assert.rejects(
            hasty.Solution.delete(solution.id, solution.outs),
            /solution films is still ResourceInUseException: .*; campaign theirs uses it and does not belong to this stack: delete it, then this deletion continues/,
        );
        assert.ok(!(await gone("Campaign", { id: campaignArn, outs: solution.outs })));
    });

    for (const code of ["ResourceInUseException", "InvalidInputException", "ResourceNotFoundException"]) {
        it(`goes when it is a training that ended between the look and the stop: ${code}`, async () => {
            const { version } = await world.makeVersion();
            const asked: string[] = [];
            world.service.personalize.middlewareStack.add(
                (next, { commandName = "" }) =>
                    async (args) => {
                        asked.push(commandName);
                        if (commandName.startsWith("Stop")) {
                            throw Object.assign(new Error("It is ACTIVE."), { name: code, $metadata: {} });
                        }
                        const answer = await next(args);
                        const { solutionVersion } = answer.output as { solutionVersion?: { status: string } };
                        if (solutionVersion && asked.length === 1) solutionVersion.status = "CREATE IN_PROGRESS";
                        return answer;
                    },
                { step: "initialize" },
            );
            await world.handlers.SolutionVersion.delete(version.id, version.outs);
            const [look, stop] = ["DescribeSolutionVersionCommand", "StopSolutionVersionCreationCommand"];
            assert.deepEqual(asked, [look, stop, look]);
        });
    }

    it("is stopped when it is a training, with the solution that it belongs to", async () => {
        const { solution, version } = await world.makeVersion();
        await world.slowDown();
        await world.handlers.Solution.delete(solution.id, solution.outs);
        assert.ok(await gone("Solution", solution));
        const command = new DescribeSolutionVersionCommand({ solutionVersionArn: version.id });
        await assert.rejects(world.service.personalize.send(command), { name: "ResourceNotFoundException" });
    });
});
