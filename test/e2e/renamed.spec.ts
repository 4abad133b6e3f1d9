import assert from "node:assert/strict";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/preview-plan.ts";

describe("`pulumi stack rename`", () => {
    let aws: TestAws;
    let all: readonly string[] = [];
    const isFlag = (thing: string) => thing.startsWith("SSM-parameter ");
    const everything = async () =>
        [...(await listEverything(aws)), ...(await listWatchers(aws))].filter((thing) => !isFlag(thing)).sort();
    const parameters = async (stack: string) => {
        const { Parameters = [] } = await aws.ssm.getParametersByPath({ Path: `/movie-recommender/${stack}` });
        return Object.fromEntries(Parameters.map(({ Name = "", Value }) => [Name.split("/").at(-1), Value]));
    };
    const served = { api: true, eventTracker: true };
    let pins: Record<string, string> = {};
    let flags: Record<string, string | undefined> = {};
    let former = "";

    before(async () => {
        aws = await startTestAws();
        await aws.configure(served);
        assertExit(await aws.engine("up"), 0);
        assertExit(await aws.runbook("park", "--yes", "--reason", "holiday", "--config-file", aws.configFile), 0);
        const Name = `/movie-recommender/${aws.stack}/guard`;
        await aws.ssm.putParameter({ Name, Value: '{"spent":12}', Type: "String", Overwrite: true });
        all = await everything();
        flags = await parameters(aws.stack);
        former = aws.stack;
        await aws.rename(`${former}-b`);
    });
    after(() => aws?.stop());

    it("`preview` of a renamed stack fails, and prints commands that keep resource names", async () => {
        const { exitCode, stdout, stderr } = await aws.engine("preview");
        assert.notEqual(exitCode, 0);
        const text = stdout + stderr;
        assert.match(text, new RegExp(`stack ${former} was renamed to ${aws.stack}`));
        const commands = text.matchAll(/pulumi config set --stack \S+ (\w+) -- '([^']*)'/g);
        pins = Object.fromEntries([...commands].map(([, key = "", value = ""]) => [key, value]));
        assert.deepEqual(pins, {
            nameSuffix: `-${former}`,
            bucketName: `my-movie-recommender-data-000000000000-${former}`,
        });
    });

    it("`up` of a renamed stack updates resources in place, and does not create the campaign that `park` deleted", async () => {
        await aws.configure({ ...served, ...pins });
        const { plan } = await applied(aws);
        assert.deepEqual(Object.keys(plan), ["update"], JSON.stringify(plan));
        assert.deepEqual(await everything(), all);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });

    it("`up` moves state flags and the cost guard's state to the stack's new name", async () => {
        assert.deepEqual(await parameters(aws.stack), flags);
        assert.deepEqual(await parameters(former), {});
    });

    it("under the new stack name, `resume` works and `destroy` leaves no resource", async () => {
        assertExit(await aws.runbook("resume", "--yes", "--config-file", aws.configFile), 0);
        assertExit(await aws.runbook("recommend", "1", "--json"), 0);
        assertExit(await aws.engine("destroy"), 0);
        assert.deepEqual([...(await listEverything(aws)), ...(await listWatchers(aws))], []);
    });
});
