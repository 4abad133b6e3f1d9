import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { copyFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { formatMessage } from "../../../app/functions/notifier/handler.ts";
import { bundleFile } from "../../../components/common/lambda-bundle.ts";
import { portOf } from "../../../packages/local-personalize/wire/http.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";

const secret = "T0PSECRET";

/** Runs the function's bundle as Lambda does. One HTTP server replaces SSM and the chat. */
describe("Notifier Lambda function", () => {
    let server: Server;
    const folder = temporaryFolder();
    let chat: { status: number; bodies: string[]; parameterReads: number; value: string | undefined };
    const address = () => `http://127.0.0.1:${portOf(server)}`;

    before(async () => {
        await copyFile(bundleFile("notifier"), join(folder, "index.mjs"));
        server = createServer(async (request, response) => {
            let body = "";
            for await (const part of request) body += part;
            if (request.url === `/hooks/${secret}`) {
                chat.bodies.push(body);
                response.writeHead(chat.status).end();
                return;
            }
            chat.parameterReads += 1;
            assert.deepEqual(JSON.parse(body), { Name: "/chat", WithDecryption: true });
            response.setHeader("content-type", "application/x-amz-json-1.1");
            response.end(JSON.stringify({ Parameter: { Value: chat.value ?? `${address()}/hooks/${secret}` } }));
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
    });
    beforeEach(() => {
        chat = { status: 200, bodies: [], parameterReads: 0, value: undefined };
    });
    after(async () => {
        server.close();
    });

    /** Invokes the handler once for each message. Returns the results and everything that the handler printed. */
    function invoke(...messages: string[]): Promise<string> {
        const events = messages.map((Message) => ({ Records: [{ Sns: { Message } }] }));
        const program = `
            const { handler } = await import(${JSON.stringify(join(folder, "index.mjs"))});
            for (const event of ${JSON.stringify(events)}) {
                await handler(event).then(() => console.log("ok"), (error) => console.log(String(error?.stack)));
            }`;
        const env = {
            PATH: process.env.PATH,
            AWS_REGION: "eu-central-1",
            AWS_ACCESS_KEY_ID: "test",
            AWS_SECRET_ACCESS_KEY: "test",
            AWS_ENDPOINT_URL: address(),
            WEBHOOK_PARAMETER: "/chat",
        };
        return new Promise((resolve, reject) => {
            execFile(process.execPath, ["--input-type=module", "-e", program], { env }, (error, out, err) =>
                error ? reject(error) : resolve(`${out}${err}`),
            );
        });
    }

    it("the notifier posts SNS messages as lines, and reads the webhook URL once", async () => {
        const printed = await invoke('{"text":"one"}', "two");
        assert.deepEqual(
            chat.bodies.map((body) => JSON.parse(body)),
            [{ text: "one" }, { text: "two" }],
        );
        assert.equal(chat.parameterReads, 1);
        assert.doesNotMatch(printed, new RegExp(secret));
    });

    it("the notifier fails without logging the webhook URL if the webhook does not work", async () => {
        chat.status = 410;
        const refused = await invoke("one", "two");
        assert.match(refused, /the chat rejected the notification: HTTP 410/);
        assert.equal(chat.parameterReads, 2, "a webhook that was changed is read anew");
        chat.value = `http://127.0.0.1:1/hooks/${secret}`;
        const silent = await invoke("one");
        assert.match(silent, /the chat does not answer/);
        chat.value = `not a URL, but ${secret}`;
        const wrong = await invoke("one");
        assert.match(wrong, /SSM parameter \/chat does not hold a URL/);
        for (const printed of [refused, silent, wrong]) assert.doesNotMatch(printed, new RegExp(secret));
    });
});

describe("`formatMessage`", () => {
    it("`formatMessage` returns the text of a cost guard notification on one line", () => {
        assert.equal(
            formatMessage('{"schemaVersion":1,"id":"dev/1","text":"Stack dev:\\n it is idle"}'),
            "Stack dev: it is idle",
        );
    });
    it("`formatMessage` returns an alarm's state together with the alarm's reason and description", () => {
        const alarm = {
            AlarmName: "errors",
            NewStateValue: "ALARM",
            NewStateReason: "Threshold Crossed: 3 > 0",
            AlarmDescription: "it fails",
        };
        assert.equal(
            formatMessage(JSON.stringify(alarm), "ALARM: errors"),
            "ALARM errors: Threshold Crossed: 3 > 0 (it fails)",
        );
        assert.equal(formatMessage('{"AlarmName":"errors"}'), "? errors: no reason given");
    });
    it("`formatMessage` returns any other message with the message's subject, cut to 1,000 characters", () => {
        const budget = "Dear AWS Customer,\n\nYou requested that we alert you\n";
        assert.equal(
            formatMessage(budget, "AWS Budgets: films"),
            "AWS Budgets: films: Dear AWS Customer, You requested that we alert you",
        );
        assert.equal(formatMessage("[1]"), "[1]");
        assert.equal(formatMessage("x".repeat(5000)).length, 1000);
    });
});
