import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Lambda } from "@aws-sdk/client-lambda";
import { SQS } from "@aws-sdk/client-sqs";
import { confirmMail } from "../support/confirm-mail.ts";
import { assertExit, createSettings, startTestAws, type TestAws } from "../support/local-aws.ts";
import { until } from "../support/until.ts";

const alertEmail = "ann@films.example";

describe("A campaign without requests, on the local AWS", function () {
    this.timeout(300_000);
    let aws: TestAws;
    let lambda: Lambda;
    let sqs: SQS;
    before(async () => {
        aws = await startTestAws();
        [lambda, sqs] = [new Lambda(createSettings(aws.instance)), new SQS(createSettings(aws.instance))];
        await aws.configure({ alertEmail, idle: { hours: 0.001 }, guardMinutes: 60, auditTrail: false });
    });
    after(async () => {
        for (const client of [lambda, sqs]) client?.destroy();
        await aws?.stop();
    });

    const textOf = ({ stdout, stderr }: { stdout: string; stderr: string }) =>
        `${stdout}${stderr}`.replaceAll(/\s+/g, " ");
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

    it("`preview` and `up` of a new stack print that the cost guard parks an idle campaign after a confirmed notification", async () => {
        for (const command of ["preview", "up"] as const) {
            const result = await aws.engine(command);
            assertExit(result, 0);
            assert.match(
                textOf(result),
                /the cost guard notifies, and 0\.001 hours later parks the campaign, if an address has/,
            );
        }
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    });

    it("`preview` of a stack of an earlier release prints that the cost guard only announces", async () => {
        const [file, former] = ["state.json", "former.json"].map((name) => join(aws.instance.dir, name)) as [
            string,
            string,
        ];
        assertExit(await aws.pulumi("stack", "export", "--file", file), 0);
        const state = await readFile(file, "utf8");
        await writeFile(former, state.replaceAll(/"parksIdle": true,?|,\s*"parksIdle": true/g, ""));
        assertExit(await aws.pulumi("stack", "import", "--file", former), 0);
        const preview = await aws.engine("preview", "--diff");
        assertExit(preview, 0);
        assert.match(textOf(preview), /only announces .* To park it: .*config set --path idle\.action park/);
        assert.match(preview.stdout, /idleAction.*announce/);
        assertExit(await aws.pulumi("stack", "import", "--file", file), 0);
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
});
