import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { promisify } from "node:util";
import { packItems } from "../../../app/serving/item-scores.ts";
import { portOf } from "../../../packages/local-personalize/wire/http.ts";
import { read } from "../../support/sources.ts";
import { temporaryFolder } from "../../support/temporary-folder.ts";
import { type ApiHarness, campaignFixture, openApi, startApi } from "./api-harness.ts";

const page = read("docs/call-it.md");
const templates = Object.keys(JSON.parse(openApi).paths);

/** Returns the operation of a request, such as `GET /items/{itemId}`. */
const operationOf = (verb: string, pathname: string) =>
    `${verb} ${templates.find((each) => new RegExp(`^${each.replace(/\{\w+\}/, "[^/]+")}$`).test(pathname))}`;

/** Sends a request to the service in the format of API Gateway. */
function ask(harness: ApiHarness, verb: string, address: string, body: string) {
    const { pathname, searchParams } = new URL(address, "http://api");
    const id = pathname.split("/")[2] ?? "";
    return harness.ask(operationOf(verb, pathname), {
        path: { userId: id, itemId: id },
        query: Object.fromEntries(searchParams),
        ...(body !== "" && { body: JSON.parse(body) }),
    });
}

describe("docs/call-it.md", () => {
    it("docs/call-it.md has a working example request for each operation", async () => {
        const [, examples = ""] = /One example for each operation of the API:\n\n```sh\n(.*?)```/s.exec(page) ?? [];
        const called: string[] = [];
        const harness = startApi();
        for (const [, address = "", body = ""] of examples.matchAll(/^curl "\$U([^"]+)"(?: -d '(.+)')?$/gm)) {
            const verb = body === "" ? "GET" : "POST";
            const { statusCode, body: answer } = await ask(harness, verb, address, body);
            assert.ok(statusCode < 300, `${address}: ${answer}`);
            called.push(operationOf(verb, new URL(address, "http://api").pathname));
        }
        const operations = Object.entries<object>(JSON.parse(openApi).paths).flatMap(([path, methods]) =>
            Object.keys(methods).map((verb) => `${verb.toUpperCase()} ${path}`),
        );
        assert.deepEqual(called.toSorted(), operations.toSorted());
    });

    it("the JavaScript program in docs/call-it.md prints a list before and after an event", async () => {
        const fixture = campaignFixture();
        const items = packItems(Array.from({ length: 120 }, (_, at) => ({ itemId: `${at + 1}`, score: 1 / (at + 9) })));
        const campaign = { ...fixture.campaign, ask: async () => ({ items, recommendationId: "RID" }) };
        const harness = startApi({ campaign: { ...fixture, campaign } });
        const server = createServer(async (request, response) => {
            const result = await ask(harness, request.method ?? "", request.url ?? "", await text(request));
            response.writeHead(result.statusCode, result.headers).end(result.body);
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        const folder = temporaryFolder();
        try {
            const program = join(folder, "recommend.mjs");
            await writeFile(program, /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? "");
            const env = { ...process.env, API_URL: `http://127.0.0.1:${portOf(server)}` };
            const { stdout } = await promisify(execFile)(process.execPath, [program], { env });
            const [before, after] = stdout.trimEnd().split("\n");
            assert.equal(before, "campaign [ 'Film 1', 'Film 2', 'Film 3' ]");
            assert.equal(after, "campaign [ 'Film 2', 'Film 3', 'Film 4' ]");
        } finally {
            server.close();
        }
    });
});
