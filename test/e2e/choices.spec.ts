import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { itemsCsv, itemsSchema } from "../../data-prep/attributes/columns.ts";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { listEverything } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/preview-plan.ts";

const genres = ["Comedy", "Drama", "War"];

/** The films of the synthetic ratings. A film's number decides its genre, and every fifth film is also a Western. */
const films = Array.from({ length: 150 }, (_, index) => ({
    itemId: String(index + 1),
    title: `Film ${index + 1}`,
    year: 1900 + index,
    genres: [genres[(index + 1) % genres.length] ?? "", ...((index + 1) % 5 === 0 ? ["Western"] : [])],
}));
const isOf = (itemId: string, genre: string) => films[Number(itemId) - 1]?.genres.includes(genre);

describe("Optional features of a stack that Pulumi deploys on the local AWS", () => {
    let aws: TestAws;
    const at = (name: string) => join(aws.instance.dir, "data", name);
    const configured = (more: object = {}) => ({
        itemsFile: at("items.csv"),
        usersFile: at("users.csv"),
        eventTracker: true,
        filters: {
            "by-genre": "INCLUDE ItemID WHERE Items.GENRES IN ($GENRE)",
            "by-year": "INCLUDE ItemID WHERE Items.YEAR < 1950",
        },
        ...more,
    });

    before(async () => {
        aws = await startTestAws();
        await writeFile(at("items.csv"), itemsCsv(films));
        await writeFile(at("items.schema.json"), JSON.stringify(itemsSchema));
        await writeFile(at("users.csv"), 'USER_ID,AGE\n"1",30\n"2",\n');
        const fields = [
            { name: "USER_ID", type: "string" },
            { name: "AGE", type: ["null", "int"] },
        ];
        const usersSchema = { ...itemsSchema, name: "Users", fields };
        await writeFile(at("users.schema.json"), JSON.stringify(usersSchema));
        await aws.configure(configured());
        // Personalize may return expressions with other spaces and letter case than in requests, so test such
        // responses, too.
        await createAdmin(aws.instance).forms("other");
    });
    after(() => aws?.stop());

    /**
     * Asserts that a refresh and a preview find no change if Personalize returns expressions in a different spelling.
     */
    async function settled(): Promise<void> {
        await createAdmin(aws.instance).forms("received");
        assertExit(await aws.engine("refresh", "--expect-no-changes"), 0);
        await createAdmin(aws.instance).forms("other");
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
    }
    async function recommended(userId: string, ...args: string[]): Promise<string[]> {
        const result = await aws.runbook("recommend", userId, "--json", ...args);
        assertExit(result, 0);
        const list = JSON.parse(result.stdout).recommendations[userId] as { itemId: string }[];
        return list.map(({ itemId }) => itemId);
    }
    async function schemaNames(): Promise<string[]> {
        const { schemas = [] } = await aws.personalize.listSchemas({});
        return schemas.map(({ name = "" }) => name).sort();
    }

    it("`up` creates the stack with all optional features", async () => {
        assertExit(await aws.engine("up"), 0);
    });

    it("`recommend --filter` returns only items that match the filter", async () => {
        const { campaignArn } = await aws.outputs();
        const { itemList = [] } = await aws.runtime.getRecommendations({ campaignArn, userId: "1", numResults: 150 });
        const all = itemList.map(({ itemId = "" }) => itemId);
        const dramas = await recommended(
            "1",
            "--num-results",
            "150",
            "--filter",
            "by-genre",
            "--filter-value",
            "GENRE=Drama",
        );
        assert.ok(dramas.length > 10);
        assert.deepEqual(
            dramas,
            all.filter((item) => isOf(item, "Drama")),
        );
        const both = ["--filter-value", "GENRE=War", "--filter-value", "GENRE=Western"];
        assert.deepEqual(
            await recommended("1", "--num-results", "150", "--filter", "by-genre", ...both),
            all.filter((item) => isOf(item, "War") || isOf(item, "Western")),
        );
        const old = await recommended("1", "--num-results", "150", "--filter", "by-year");
        assert.deepEqual(
            old,
            all.filter((item) => Number(item) + 1899 < 1950),
        );
        const alone = await aws.runbook("recommend", "1", "--filter-value", "GENRE=War");
        assertExit(alone, 2);
        assert.match(alone.stderr, /--filter-value needs --filter/);
    });

    it("`recommend` omits watched items by default, and `--explain` lists the omitted items", async () => {
        const csv = await readFile(aws.interactionsFile, "utf8");
        const isWatched = (itemId: string) => csv.includes(`"1","${itemId}",`);
        const args = ["1", "--num-results", "50", "--explain", "--data", aws.interactionsFile];
        const result = await aws.runbook("recommend", ...args, "--json");
        assertExit(result, 0);
        const { recommendations, explanations } = JSON.parse(result.stdout);
        const list = (recommendations["1"] as { itemId: string }[]).map(({ itemId }) => itemId);
        assert.deepEqual([list.length, list.filter(isWatched)], [50, []]);
        const { filter, expression, items, knownItems } = explanations["1"].leftOut;
        assert.equal(filter, `movie-recommender-unwatched-${aws.stack}`);
        // Compare without spaces after commas, because the emulator returns the expression in a different spelling.
        const words = 'exclude itemid where interactions.event_type in ("Watch","NotInterested")';
        assert.equal(expression.replaceAll(/\s+/g, " ").replaceAll(", ", ","), words);
        assert.ok(items.length > 0 && items.every(({ itemId }: { itemId: string }) => isWatched(itemId)));
        assert.deepEqual(knownItems, []);
        const { stdout } = await aws.runbook("recommend", ...args);
        assert.match(
            stdout,
            /Of the best 50, the filter movie-recommender-unwatched-\S+ removed .*\d.*exclude +itemid/,
        );
    });

    it("`up` updates the items' schema in place if a nullable column is new", async () => {
        const before = await aws.outputs();
        const [old = ""] = (await schemaNames()).filter((name) => name.startsWith("movie_items_schema"));
        const fields = [...itemsSchema.fields, { name: "STUDIO", type: ["null", "string"] }];
        await writeFile(at("items.schema.json"), JSON.stringify({ ...itemsSchema, fields }));
        // With the new schema, Personalize requires the column STUDIO in the CSV, so add the column with empty values.
        const changed = itemsCsv(films.map((film) => ({ ...film, genres: ["Comedy"] })));
        await writeFile(at("items.csv"), changed.replace("YEAR", "YEAR,STUDIO").replace(/(\d)$/gm, "$1,"));
        assert.deepEqual((await applied(aws)).plan, {
            replace: ["DatasetImportJob", "Schema"],
            update: ["BucketObjectv2", "Dataset"],
        });
        assert.deepEqual(await aws.outputs(), before);
        const names = await schemaNames();
        assert.equal(names.length, 3);
        assert.ok(!names.includes(old));
        const datasetArn = (before.datasetArn ?? "").replace(/INTERACTIONS$/, "ITEMS");
        const { dataset } = await aws.personalize.describeDataset({ datasetArn });
        assert.ok(names.includes(dataset?.schemaArn?.split("/").at(-1) ?? ""));
        assert.deepEqual(await recommended("1", "--filter", "by-genre", "--filter-value", "GENRE=Drama"), []);
    });

    it("`preview` rejects an items file that lacks a column of the dataset", async () => {
        const deployed = await readFile(at("items.schema.json"), "utf8");
        await writeFile(at("items.schema.json"), JSON.stringify(itemsSchema));
        const preview = await aws.engine("preview");
        await writeFile(at("items.schema.json"), deployed);
        assertExit(preview, 1);
        const text = preview.stdout.replaceAll(/\s+/g, " ");
        assert.match(text, /movie-recommender:itemsFile is ".*items\.csv", and its schema lacks column STUDIO of the/);
    });

    it("`up` replaces a filter with a changed expression, and nothing else", async () => {
        const filters = { ...configured().filters, "by-year": "INCLUDE ItemID WHERE Items.YEAR >= 1990" };
        await aws.configure(configured({ filters }));
        assert.deepEqual((await applied(aws)).plan, { replace: ["Filter"] });
        const recent = await recommended("2", "--num-results", "150", "--filter", "by-year");
        assert.ok(recent.length > 0 && recent.every((item) => Number(item) + 1899 >= 1990));
        await settled();
    });

    it("`up` deletes the resources of features that were switched off, including the campaign", async () => {
        await aws.configure({ campaignEnabled: false, watchedFilter: false });
        assertExit(await aws.engine("up"), 0);
        const { watchedFilterArn, campaignArn } = await aws.outputs();
        assert.deepEqual([watchedFilterArn, campaignArn], ["", ""]);
        const kinds = (await listEverything(aws)).map((thing) => thing.split(" ")[0]);
        const roles = ["IAM-role", "IAM-role", "IAM-role", "IAM-role"];
        const data = ["solution", "dataset", "dataset-group", "schema", "S3-bucket", "S3-bucket"];
        assert.deepEqual(kinds, [...data, ...roles, "version"]);
    });
});
