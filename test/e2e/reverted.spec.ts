import assert from "node:assert/strict";
import { interrupted, type Stop } from "../support/interrupt.ts";
import { everythingIn, importJobNames } from "../support/left.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

/** Resources that lists of AWS's own clients name, without records of jobs. */
const isPersonalize = (thing: string) =>
    /^(schema|group|dataset|solution|version|campaign|filter|tracker) /.test(thing);

describe("A reverted change after an interrupted up", () => {
    let aws: TestAws;
    let original: readonly string[] = [];
    let jobs: readonly string[] = [];
    const personalize = async () => (await everythingIn(aws)).filter(isPersonalize).sort();
    before(async () => {
        aws = await startTestAws();
        assertExit(await aws.engine("up"), 0);
        original = await personalize();
        jobs = await importJobNames(aws);
    });
    after(() => aws?.stop());

    for (const [stop, operation] of [
        ["ctrl-c", "CreateDatasetImportJob"],
        ["kill", "CreateSolutionVersion"],
        ["failure", "CreateCampaign"],
    ] as readonly (readonly [Stop, string])[]) {
        it(`keeps every live resource if nameSuffix is set back after a ${stop} at ${operation}`, async () => {
            await aws.configure({ nameSuffix: "-yy" });
            assert.ok(await interrupted(aws, "up", { operation, stop }));
            await aws.configure();
            assertExit(await aws.engine("up"), 0);
            assert.deepEqual(await personalize(), original);
            assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
            assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
            assertExit(await aws.runbook("recommend", "1", "--json"), 0);
            const own = (await importJobNames(aws)).filter((name) => !name.includes("-yy-"));
            assert.deepEqual(own, jobs, "the reverted data was imported before");
        });
    }

    it("leaves nothing if destroy follows a killed revert", async () => {
        await aws.configure({ nameSuffix: "-yy" });
        assert.ok(await interrupted(aws, "up", { operation: "CreateSolutionVersion", stop: "ctrl-c" }));
        await aws.configure();
        assert.ok(await interrupted(aws, "up", { operation: "DeleteSolution", stop: "kill" }));
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual(await everythingIn(aws), []);
    });
});
