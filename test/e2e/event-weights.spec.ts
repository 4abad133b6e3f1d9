import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import {
    DescribeSolutionCommand,
    DescribeSolutionVersionCommand,
    ListSolutionVersionsCommand,
} from "@aws-sdk/client-personalize";
import { run } from "../../packages/local-aws/pulumi.ts";
import { adminOf } from "../../packages/local-aws/test/admin.ts";
import { toolchain } from "../../packages/local-aws/toolchain/env.mjs";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

const recipe = "aws-user-personalization-v2";
const python = `
import json, sys, boto3
solution = boto3.client("personalize").describe_solution(solutionArn=sys.argv[1])["solution"]
print(json.dumps(solution.get("solutionConfig")))
`;

describe("eventWeights on the real engine", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
        // Every third watched film is liked a second later; ids are unchanged.
        const rows = Array.from({ length: 1500 }, (_, row) => {
            const [user, film, at] = [row % 50, (row * 7) % 90, 1_700_000_000 + row * 60];
            const like = row % 3 === 0 ? `"${user}","${film}","Like",${at + 1}\n` : "";
            return `"${user}","${film}","Watch",${at}\n${like}`;
        });
        await writeFile(aws.interactionsFile, `USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n${rows.join("")}`);
    });
    after(() => aws?.stop());

    const parameters = async () => {
        const { solutionArn } = await aws.outputs();
        const { solution } = await aws.personalize.send(new DescribeSolutionCommand({ solutionArn }));
        return solution?.solutionConfig?.eventsConfig?.eventParametersList;
    };
    const versions = async () => {
        const { solutionArn } = await aws.outputs();
        const answer = await aws.personalize.send(new ListSolutionVersionsCommand({ solutionArn }));
        return answer.solutionVersions?.length;
    };

    it("preview rejects eventWeights without a v2 recipe and shows its price", async () => {
        await aws.configure({ eventWeights: { Watch: 0.3, Like: 1 } });
        const result = await aws.engine("preview");
        assert.notEqual(result.exitCode, 0);
        assert.match(result.stdout + result.stderr, /eventWeights is set.*idle campaign costs ≈ \$394 a month/s);
    });

    it("up sets eventWeights on solution and version, and boto3 reads them", async () => {
        await aws.configure({ recipe, eventWeights: { Watch: 0.3, Like: 1 } });
        assertExit(await aws.engine("up"), 0);
        const expected = [
            { eventType: "Like", weight: 1 },
            { eventType: "Watch", weight: 0.3 },
        ];
        assert.deepEqual(await parameters(), expected);
        const { solutionArn = "", solutionVersionArn } = await aws.outputs();
        const { solutionVersion } = await aws.personalize.send(
            new DescribeSolutionVersionCommand({ solutionVersionArn }),
        );
        assert.deepEqual(solutionVersion?.solutionConfig?.eventsConfig?.eventParametersList, expected);
        const tool = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(aws.instance.root).python;
        const seen = await run(aws.instance, tool, ["-c", python, solutionArn], "captured");
        assertExit(seen, 0);
        assert.deepEqual(JSON.parse(seen.stdout), { eventsConfig: { eventParametersList: expected } });
    });

    it("refresh finds no change of eventWeights in any response format", async () => {
        for (const forms of ["other", "received"] as const) {
            await adminOf(aws.instance).forms(forms);
            assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
        }
    });

    it("changed eventWeights update the solution and train one new version", async () => {
        const before = await aws.outputs();
        await aws.configure({ recipe, eventWeights: { Watch: "0.1", Like: 1 } });
        assertExit(await aws.engine("up"), 0);
        const after = await aws.outputs();
        assert.equal(after.solutionArn, before.solutionArn);
        assert.equal(after.campaignArn, before.campaignArn);
        assert.notEqual(after.solutionVersionArn, before.solutionVersionArn);
        assert.equal(await versions(), 2);
        assert.equal((await parameters())?.[1]?.weight, 0.1);
    });

    it("removed eventWeights are cleared in place", async () => {
        await aws.configure({ recipe });
        assertExit(await aws.engine("up"), 0);
        assert.deepEqual(await parameters(), []);
        assert.equal(await versions(), 3);
        assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });
});
