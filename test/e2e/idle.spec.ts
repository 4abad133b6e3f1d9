import assert from "node:assert/strict";
import { Lambda } from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import { confirmMail } from "../support/confirm-mail.ts";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { assertExit, createSettings, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/preview-plan.ts";
import { until } from "../support/until.ts";

const alertEmail = "ann@films.example";
const configuration = {
    ...{ alertEmail, idle: { hours: 0.001 }, guardMinutes: 60, auditTrail: false },
    ...{ api: true, eventTracker: true },
};

describe("A campaign without requests, on the local AWS", function () {
    this.timeout(300_000);
    let aws: TestAws;
    let lambda: Lambda;
    let sqs: SQS;
    before(async () => {
        aws = await startTestAws();
        [lambda, sqs] = [new Lambda(createSettings(aws.instance)), new SQS(createSettings(aws.instance))];
        await aws.configure(configuration);
    });
    after(async () => {
        for (const client of [lambda, sqs]) client?.destroy();
        await aws?.stop();
    });

    const flag = async () =>
        (await aws.ssm.getParameter({ Name: `/movie-recommender/${aws.stack}/parked` }).catch(() => undefined))
            ?.Parameter?.Value;
    /** Runs the guard until one of its notifications matches, and returns the kinds of all of them. */
    async function guardedUntil(pattern: RegExp): Promise<string[]> {
        const { costGuardName: FunctionName, notificationsQueueUrl: QueueUrl } = await aws.outputs();
        const all: { readonly kind?: string; readonly text: string }[] = [];
        await until(`the guard sends ${pattern}`, async () => {
            const { FunctionError, Payload } = await lambda.invoke({ FunctionName });
            assert.equal(FunctionError, undefined, Payload && Buffer.from(Payload).toString());
            const { Messages = [] } = await sqs.receiveMessage({ QueueUrl, MaxNumberOfMessages: 10 });
            for (const { Body = "", ReceiptHandle } of Messages) {
                all.push(JSON.parse(Body));
                await sqs.deleteMessage({ QueueUrl, ReceiptHandle });
            }
            return all.some(({ text }) => pattern.test(text));
        });
        // The queue also has notifications of alarms, which have no kind.
        return all.flatMap(({ kind }) => kind ?? []);
    }

    it("`up` of a new stack prints that the cost guard parks an idle campaign after a confirmed notification", async () => {
        const result = await aws.engine("up");
        assertExit(result, 0);
        assert.match(
            `${result.stdout}${result.stderr}`.replaceAll(/\s+/g, " "),
            /the cost guard notifies, and 0\.001 hours later parks the campaign, if an address has/,
        );
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });

    it("while nobody has confirmed the mail, the cost guard announces an idle campaign and does not park it", async () => {
        await guardedUntil(/does not park it \(no address has confirmed the notifications/);
        assert.equal(await flag(), undefined);
    });

    it("after the confirmation, the cost guard parks the campaign once it has announced the time", async () => {
        await confirmMail(aws, alertEmail);
        // The ID of an announcement contains its second, and the guard announces only once in a second.
        const second = new Date().getSeconds();
        await until("the next second begins", async () => new Date().getSeconds() !== second);
        const kinds = await guardedUntil(/so the cost guard parks it/);
        assert.deepEqual(kinds, ["idle", "idle-parked"]);
        assert.match(String(await flag()), /"cause":\{"by":"idle"/);
    });

    describe("`pulumi stack rename` of the stack with the parked campaign", () => {
        let all: readonly string[] = [];
        let flags: Record<string, string | undefined> = {};
        let former = "";
        let pins: Record<string, string> = {};
        const isFlag = (thing: string) => thing.startsWith("SSM-parameter ");
        const everything = async () =>
            [...(await listEverything(aws)), ...(await listWatchers(aws))].filter((thing) => !isFlag(thing)).sort();
        const parameters = async (stack: string) => {
            const { Parameters = [] } = await aws.ssm.getParametersByPath({ Path: `/movie-recommender/${stack}` });
            return Object.fromEntries(Parameters.map(({ Name = "", Value }) => [Name.split("/").at(-1), Value]));
        };
        before(async () => {
            all = await everything();
            flags = await parameters(aws.stack);
            former = aws.stack;
            await aws.rename(`${former}-b`);
        });

        it("`preview` of a renamed stack fails, and prints commands that keep resource names", async () => {
            const preview = await aws.engine("preview");
            assert.notEqual(preview.exitCode, 0);
            const text = preview.stdout + preview.stderr;
            assert.match(text, new RegExp(`stack ${former} was renamed to ${aws.stack}`));
            const commands = text.matchAll(/pulumi config set --stack \S+ (\w+) -- '([^']*)'/g);
            pins = Object.fromEntries([...commands].map(([, key = "", value = ""]) => [key, value]));
            assert.deepEqual(pins, {
                nameSuffix: `-${former}`,
                bucketName: `my-movie-recommender-data-000000000000-${former}`,
            });
        });

        it("`up` of a renamed stack updates resources in place, and does not create the parked campaign", async () => {
            await aws.configure({ ...configuration, ...pins });
            const { plan } = await applied(aws);
            // The cost guard deleted the campaign, which the engine's state still has.
            assert.deepEqual({ ...plan, update: [] }, { update: [], delete: ["Campaign"] });
            assert.deepEqual(await everything(), all);
            assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        });

        it("`up` moves state flags and the cost guard's state to the stack's new name", async () => {
            assert.deepEqual(Object.keys(flags).sort(), ["guard", "parked"]);
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
});
