import assert from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Browser, Page } from "puppeteer-core";
import { type PrepareOptions, prepare } from "../../data-prep/prepare.ts";
import { openBrowser } from "../../packages/local-aws/demo/browser.ts";
import { readJson } from "../support/json.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { shop } from "../support/shop.ts";
import { until } from "../support/until.ts";

/** The fields of the API's responses that the tests read. */
interface Answer {
    readonly source: string;
    readonly viewerKnown?: boolean | null;
    readonly items: readonly { readonly itemId: string; readonly title: string; readonly genres: string[] }[];
    readonly genres: readonly string[];
    readonly tracked: boolean;
}

/** Tests a shop's data from CSV files to the storefront: UTF-8 ids, ISO times, views, purchases, and no titles. */
describe("Stack with shop data that Pulumi deploys on the local AWS", () => {
    let aws: TestAws;
    let browser: Browser;
    let viewer: string;
    const filters = { fresh: 'INCLUDE ItemID WHERE Items.BRAND IN ("fresh")' };
    const config = { api: true, storefront: "api", eventTracker: true, publicHistories: true, filters };
    const { events: usualEvents, products: usualProducts, customers } = shop();
    /** Ids that a path must encode, also twice-encoded ones, and text from right to left. */
    const oddIds = ["a/b", "a?b#c", "50%", "%41", "a+b c", "🎬", "שלום"];
    const rows = (end: (id: string) => string) => oddIds.map((id) => `${id},${end(id)}\n`).join("");
    const events = usualEvents + rows((id) => `${id},view,2026-01-02T10:00:00Z`);
    const products = usualProducts + rows(() => "toys,1.00,brand 1");
    const at = (name: string) => join(aws.instance.dir, name);

    async function prepared(options: Partial<PrepareOptions> = {}) {
        const log: string[] = [];
        const given = { input: at("events.csv"), items: at("products.csv"), users: at("customers.csv") };
        await prepare({ ...given, output: aws.interactionsFile, log: (line) => log.push(line), ...options });
        return log.join("\n");
    }
    const schemaOf = async (datasetType: string) => {
        const { datasetGroupArn } = await aws.outputs();
        const { datasets = [] } = await aws.personalize.listDatasets({ datasetGroupArn });
        const { datasetArn } = datasets.find((each) => each.datasetType === datasetType) ?? {};
        const { dataset } = await aws.personalize.describeDataset({ datasetArn });
        const { schema } = await aws.personalize.describeSchema({ schemaArn: dataset?.schemaArn });
        return (JSON.parse(schema?.schema ?? "{}").fields as { name: string }[]).map(({ name }) => name);
    };
    const ask = async (path: string, init?: RequestInit): Promise<Answer> => {
        const answer = await fetch(`${(await aws.outputs()).apiUrl}/${path}`, init);
        assert.ok(answer.ok, `${path}: ${await answer.clone().text()}`);
        return await readJson<Answer>(answer);
    };
    /**
     * Repeats a request until the list comes from the campaign. On a busy machine, the API may use other sources
     * before.
     */
    const askCampaign = (query = "") =>
        until("a list from the campaign", async () => {
            const list = await ask(`recommendations/${encodeURIComponent(viewer)}${query}`);
            return list.source === "campaign" && list;
        });
    /** Waits until the text of an element matches. */
    const shows = (page: Page, selector: string, text: RegExp) => {
        const textExpression = `document.querySelector(${JSON.stringify(selector)})?.textContent ?? ""`;
        return page.waitForFunction(`${text}.test(${textExpression})`, { timeout: 120_000 });
    };

    before(async () => {
        aws = await startTestAws();
        await mkdir(dirname(aws.interactionsFile), { recursive: true });
        await writeFile(at("events.csv"), events);
        await writeFile(at("products.csv"), products);
        await writeFile(at("customers.csv"), customers);
        [viewer = ""] = /Kund\u00e9-\d+/.exec(events) ?? [];
        await aws.configure(config);
    });
    after(async () => {
        await browser?.close();
        await aws?.stop();
    });

    it("`data-prep` prepares interactions, items and users, and omits e-mail addresses", async () => {
        const log = await prepared();
        assert.match(log, /times in ISO 8601/);
        assert.match(
            log,
            /^products\.csv: id = product_id, category = category, price = price, brand = brand; no title: ids are shown/m,
        );
        assert.match(log, /Left out of users\.csv: email \(personal\)/);
    });

    it("`up` creates three datasets, and a filter that removes purchased items", async () => {
        assertExit(await aws.engine("up"), 0);
        assert.deepEqual(await schemaOf("INTERACTIONS"), ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP"]);
        assert.deepEqual(await schemaOf("ITEMS"), ["ITEM_ID", "GENRES", "PRICE", "BRAND"]);
        assert.deepEqual(await schemaOf("USERS"), ["USER_ID", "AGE", "TIER"]);
        const { datasetImportJobs = [] } = await aws.personalize.listDatasetImportJobs({});
        assert.deepEqual(
            datasetImportJobs.map(({ status }) => status),
            ["ACTIVE", "ACTIVE", "ACTIVE"],
        );
        const { watchedFilterArn: filterArn } = await aws.outputs();
        const { filter } = await aws.personalize.describeFilter({ filterArn });
        assert.match(filter?.filterExpression ?? "", /EVENT_TYPE IN \("purchase", "NotInterested"\)$/);
    });

    it("the API returns IDs as titles and accepts the shop's event types", async () => {
        const list = await askCampaign("?numResults=10");
        assert.equal(list.items.length, 10);
        for (const { itemId, title } of list.items) {
            assert.match(itemId, /^\u88fd\u54c1 \d+$/);
            assert.equal(title, itemId);
        }
        const bought = events.split("\n").filter((row) => row.startsWith(`${viewer},`) && row.includes(",purchase,"));
        const boughtIds = bought.map((row) => row.split(",")[1]);
        assert.ok(boughtIds.length > 0);
        assert.deepEqual(
            list.items.filter(({ itemId }) => boughtIds.includes(itemId)),
            [],
        );
        const popular = await ask("popular?genre=toys");
        assert.deepEqual([popular.genres, popular.items[0]?.genres], [["garden", "kitchen", "toys"], ["toys"]]);
        const body = { userId: viewer, sessionId: "s", events: [{ eventType: "view", itemId: list.items[0]?.itemId }] };
        const init = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) };
        assert.equal((await ask("events", init)).tracked, true);
    });

    for (const id of oddIds) {
        it(`the API knows the viewer and the item with the id ${id}`, async () => {
            const encoded = encodeURIComponent(id);
            assert.equal((await ask(`recommendations/${encoded}`)).viewerKnown, true);
            assert.equal(((await ask(`items/${encoded}`)) as { itemId?: string }).itemId, id);
        });
    }

    it("the storefront uses the words product and view instead of film and watch", async () => {
        const { storefrontUrl } = await aws.outputs();
        browser = await openBrowser();
        const page = await browser.newPage();
        const complaints: string[] = [];
        page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
        await page.goto(storefrontUrl ?? "");
        await shows(page, ".viewers", /\(Kund\u00e9-\d+\)/);
        await page.locator(".viewers .viewer").click();
        await shows(page, ".hero-item", /^\u88fd\u54c1 \d+$/);
        await shows(page, ".hero .primary", /^View$/);
        await shows(page, "#popular", /Products viewed most, where recent times count more\./);
        await page.locator(".hero .primary").click();
        await shows(page, "#picks", /Because you viewed \u88fd\u54c1 \d+/);
        assert.deepEqual(complaints, []);
    });

    it("`update-items` changes the campaign's filters and the page, and the next `up` imports nothing", async () => {
        const { items } = await askCampaign();
        const listed = items[0]?.itemId;
        await writeFile(
            at("new.csv"),
            `product_id,category,price,brand\n${listed},toys,3.5,fresh\nneu-1,toys,1,other\n`,
        );
        await writeFile(at("tiers.csv"), `customer_id,tier\n${viewer},black\n`);
        const update = (...more: string[]) =>
            aws.runbook(
                "update-items",
                ...[at("new.csv"), "--users", at("tiers.csv"), "--config-file", aws.engineArgs("up")[2] ?? "", ...more],
            );
        const dry = await update("--dry-run");
        assert.equal(dry.exitCode, 0, dry.stderr);
        assert.match(dry.stdout, /^Changes: 2 items \(1 new\), 1 user\. Personalize bills 3 records/m);
        const done = await update();
        assert.equal(done.exitCode, 0, done.stderr);
        assert.match(done.stdout, /Updated 2 items and 1 user\..*keeps these rows, and imports nothing/s);
        const { datasetImportJobs: before = [] } = await aws.personalize.listDatasetImportJobs({});
        // Another configuration of the function starts new processes, which read the tables at once.
        await aws.configure({ ...config, publicHistories: false });
        assertExit(await aws.engine("up"), 0);
        const { datasetImportJobs: after = [] } = await aws.personalize.listDatasetImportJobs({});
        assert.equal(after.length, before.length);
        assert.deepEqual(
            (await askCampaign("?filter=fresh")).items.map(({ itemId }) => itemId),
            [listed],
        );
        assert.deepEqual(
            (await ask("latest")).items.map(({ itemId }) => itemId),
            ["neu-1"],
        );
        const page = await browser.newPage();
        await page.goto((await aws.outputs()).storefrontUrl ?? "");
        await page.waitForSelector("#popular [data-item]");
        await page.$eval("#popular", (row) => row.scrollIntoView());
        await shows(page, "#latest", /New.*neu-1/s);
    });

    it("`preview` rejects data in which all events have the same timestamp", async () => {
        await writeFile(at("timeless.csv"), events.replaceAll(/\d{4}-\d{2}-\d{2}T.*$/gm, "2026-03-01T00:00:00Z"));
        assert.match(await prepared({ input: at("timeless.csv") }), /^red +2026-03-01 to 2026-03-01, 0 days/m);
        const refused = await aws.engine("preview");
        assert.notEqual(refused.exitCode, 0);
        assert.match(refused.stdout + refused.stderr, /not good enough for a paid training.*0 days.*dataWaiver/s);
    });

    it("`up` replaces the interactions dataset if the schema changed, and the campaign serves again", async () => {
        const rows = events.trimEnd().split("\n");
        const priced = rows.map((row, index) => (index === 0 ? `${row},price` : `${row},${(index % 40) / 4}`));
        await writeFile(at("priced.csv"), `${priced.join("\n")}\n`);
        const columns = "user=customer_id,item=product_id,event=event_type,time=event_time,value=price";
        await prepared({ input: at("priced.csv"), columns });
        assertExit(await aws.engine("up"), 0);
        assert.deepEqual(await schemaOf("INTERACTIONS"), [
            "USER_ID",
            "ITEM_ID",
            "EVENT_TYPE",
            "EVENT_VALUE",
            "TIMESTAMP",
        ]);
        await askCampaign();
    });
});
