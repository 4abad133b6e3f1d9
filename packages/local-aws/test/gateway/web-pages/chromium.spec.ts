import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser, Page } from "puppeteer-core";
import { portOf } from "../../../../local-personalize/wire/http.ts";
import { openBrowser } from "../../../demo/browser.ts";
import { useEnforcing } from "../enforcement/support.ts";
import { type Asked, iamGet, lambdaPost, resourceNames } from "./support.ts";

/** Sends a request from a page. Returns the response that the browser lets the page read, or the error. */
function fetchIn(page: Page, url: string, { method = "GET", headers = {}, body }: Partial<Asked>, mode = "cors") {
    // Leave out the Host header, because the browser sets it.
    const { host: _, ...sent } = headers;
    const options = { method, headers: sent, mode, ...(body !== undefined && { body }) };
    return page.evaluate(
        async (target, init) => {
            try {
                const answer = await fetch(target, init as RequestInit);
                return `${answer.status} ${(await answer.text()).slice(0, 400)}`;
            } catch (error) {
                return `${error instanceof Error ? error.message : error}`;
            }
        },
        url,
        options,
    );
}

/** Submits a form in the page and waits for the response. */
async function submit(page: Page, action: string, fields: Readonly<Record<string, string>>): Promise<void> {
    const script = `{
        const form = Object.assign(document.createElement("form"), { method: "POST", action: ${JSON.stringify(action)} });
        for (const [name, value] of Object.entries(${JSON.stringify(fields)}))
            form.append(Object.assign(document.createElement("input"), { name, value }));
        document.body.append(form);
        form.submit();
    }`;
    await Promise.all([page.waitForNavigation(), page.evaluate(script)]);
}

/** Opens a WebSocket in the page and returns "open" or "refused". */
const socketIn = (page: Page, url: string) =>
    page.evaluate(`new Promise((resolve) => {
        const socket = new WebSocket(${JSON.stringify(url)});
        socket.onopen = () => resolve("open");
        socket.onerror = () => resolve("refused");
    })`) as Promise<string>;

/** Runs a script in a sandboxed frame, which has no origin, and waits for the frame's message. */
const frameIn = (page: Page, script: string) =>
    page.evaluate(`new Promise((resolve) => {
        addEventListener("message", () => resolve());
        const frame = document.createElement("iframe");
        frame.setAttribute("sandbox", "allow-scripts");
        frame.srcdoc = ${JSON.stringify(script).replaceAll("<", "\\u003c")};
        document.body.append(frame);
    })`);

/** Without enforcement, only the check of the request's origin protects the local AWS. requests.spec.ts tests both modes. */
describe("Pages in Chromium and a local AWS without IAM enforcement", () => {
    const aws = useEnforcing(false);
    let browser: Browser;
    let site: Server;
    let folder: string;
    before(async () => {
        site = createServer((_, response) => {
            response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><body>films</body>");
        }).listen(0, "127.0.0.1");
        await once(site, "listening");
        // Simulates DNS rebinding: the name of a site resolves to this machine.
        browser = await openBrowser(["--host-resolver-rules=MAP evil.example 127.0.0.1"]);
        folder = await mkdtemp(join(tmpdir(), "movie-recommender-page-"));
    });
    after(async () => {
        await browser?.close();
        site?.closeAllConnections();
        site?.close();
        await rm(folder, { recursive: true, force: true });
    });

    async function on(url: string, work: (page: Page) => Promise<void>): Promise<void> {
        const page = await browser.newPage();
        await page.goto(url);
        await work(page);
        await page.close();
    }
    const evilSite = () => `http://evil.example:${portOf(site)}/`;
    const reached = (port: number) => `127.0.0.1:${port}`;

    /** Sends every call that a page of another origin could try, each signed as the account's root user. */
    async function attack(page: Page, port: number, name: string): Promise<string[]> {
        const here = reached(port);
        const get = iamGet(here, { Action: "CreateUser", UserName: `${name}-get` });
        const form = { Action: "CreateUser", UserName: `${name}-form`, Version: "2010-05-08" };
        const create = lambdaPost(here, `${name}-function`, false);
        const invoke = lambdaPost(here, `${name}-function`, true);
        const answers = [
            await fetchIn(page, `http://${here}${get.path}`, get),
            await fetchIn(
                page,
                `http://${here}/?${new URLSearchParams({ ...form, UserName: `${name}-plain` })}`,
                {},
                "no-cors",
            ),
            await fetchIn(page, `http://${here}${create.path}`, create),
            await fetchIn(page, `http://${here}${invoke.path}`, invoke),
            await fetchIn(page, `http://${here}/_local/faults`, { method: "POST", body: "{}" }, "no-cors"),
            await socketIn(page, `ws://${here}/`),
        ];
        await submit(page, `http://${here}/`, form);
        return answers;
    }

    it("a page of another site can neither change nor read anything in the local AWS", async () => {
        for (const [name, port] of [
            ["gateway", aws.instance.port],
            ["ministack", aws.instance.miniStackPort],
        ] as const) {
            await on(evilSite(), async (page) => {
                const answers = await attack(page, port, name);
                assert.deepEqual(await resourceNames(aws.admin), [], answers.join("\n"));
                assert.doesNotMatch(answers.join("\n"), /uid|^2\d\d|UserId|open/m);
            });
        }
    });

    it("a page from a local file and a sandboxed frame cannot change anything in the local AWS", async () => {
        const file = join(folder, "page.html");
        await writeFile(file, "<!doctype html><body>a file</body>");
        await on(pathToFileURL(file).href, async (page) => {
            const answers = await attack(page, aws.instance.port, "file");
            assert.deepEqual(await resourceNames(aws.admin), [], answers.join("\n"));
        });
        const here = reached(aws.instance.port);
        const plain = `http://${here}/?Action=CreateUser&UserName=frame&Version=2010-05-08`;
        const script = `<script>fetch(${JSON.stringify(plain)}, { mode: "no-cors" }).finally(() => parent.postMessage(1, "*"))</script>`;
        await on(evilSite(), async (page) => {
            await frameIn(page, script);
        });
        assert.deepEqual(await resourceNames(aws.admin), []);
    });

    it("a page that uses DNS rebinding gets 403 and changes nothing", async () => {
        for (const [name, port] of [
            ["rebound", aws.instance.port],
            ["past", aws.instance.miniStackPort],
        ] as const) {
            const here = `evil.example:${port}`;
            await on(`http://${here}/`, async (page) => {
                const calls = [
                    iamGet(here, { Action: "CreateUser", UserName: name }),
                    iamGet(here, { Action: "CreateAccessKey", UserName: name }),
                    lambdaPost(here, name, false),
                    lambdaPost(here, name, true),
                ];
                const answers: string[] = [];
                for (const call of calls) answers.push(await fetchIn(page, `http://${here}${call.path}`, call));
                assert.deepEqual(await resourceNames(aws.admin), [], answers.join("\n"));
                assert.deepEqual(
                    answers.map((answer) => answer.slice(0, 3)),
                    ["403", "403", "403", "403"],
                );
            });
        }
    });
});
