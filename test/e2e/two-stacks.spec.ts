import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { itemsCsv, itemsSchema } from "../../data-prep/attributes/columns.ts";
import { localAccountId } from "../../packages/local-aws/instance.ts";
import { listEverything, listWatchers } from "../support/inventory.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";
import { applied } from "../support/preview-plan.ts";
import { until } from "../support/until.ts";

const personalizeArn = `arn:aws:personalize:${region}:${localAccountId}`;
const catalogue = Array.from({ length: 150 }, (_, index) => ({
    itemId: String(index + 1),
    title: `Film ${index + 1}`,
    year: 1900 + index,
    genres: [index % 2 === 0 ? "Comedy" : "Drama"],
}));
const comedies = catalogue.filter(({ genres }) => genres.includes("Comedy")).map(({ itemId }) => itemId);

describe("Two stacks with the same configuration in one account and region", () => {
    let aws: TestAws;
    let [first, second] = ["", ""];
    let configuration: Readonly<Record<string, unknown>> = {};
    const at = (name: string) => join(aws.instance.dir, name);
    const everything = async () => [...(await listEverything(aws)), ...(await listWatchers(aws))].sort();

    before(async () => {
        aws = await startTestAws();
        await writeFile(at("data/items.csv"), itemsCsv(catalogue));
        await writeFile(at("data/items.schema.json"), JSON.stringify(itemsSchema));
        await writeFile(at("data/users.csv"), 'USER_ID,AGE\n"1",30\n"2",\n');
        const fields = [
            { name: "USER_ID", type: "string" },
            { name: "AGE", type: ["null", "int"] },
        ];
        await writeFile(at("data/users.schema.json"), JSON.stringify({ ...itemsSchema, name: "Users", fields }));
        // All features that one stack can have together.
        configuration = {
            api: true,
            storefront: "cloudfront",
            eventTracker: true,
            auditTrail: true,
            alertEmail: "films@example.com",
            chatWebhookParameter: "/films/webhook",
            itemsFile: at("data/items.csv"),
            usersFile: at("data/users.csv"),
            filters: { comedies: 'INCLUDE ItemID WHERE Items.GENRES IN ("Comedy")' },
        };
        const webhook = { Name: "/films/webhook", Value: "https://chat.example/hook", Type: "SecureString" } as const;
        await aws.ssm.putParameter(webhook);
        [first, second] = [aws.stack, `${aws.stack}-b`];
    });
    after(() => aws?.stop());

    async function comedyFilters(): Promise<string[]> {
        const { Filters = [] } = await aws.personalize.listFilters({});
        return Filters.map(({ name = "" }) => name)
            .filter((name) => name.startsWith("comedies"))
            .sort();
    }

    /** Asserts that the API and `recommend` of the current stack return comedies for the filter `comedies`. */
    async function assertComedies(viewer: string): Promise<void> {
        const { apiUrl } = await aws.outputs();
        let items: readonly { itemId: string }[] = [];
        // On a busy machine, the campaign can answer later than the API waits.
        await until("the API returns the campaign's list", async () => {
            const answer = await fetch(`${apiUrl}/recommendations/${viewer}?filter=comedies`);
            const list = (await answer.json()) as { items: { itemId: string }[]; source: string };
            items = list.items;
            return ["campaign", "cache"].includes(list.source);
        });
        const result = await aws.runbook("recommend", viewer, "--filter", "comedies", "--json");
        assertExit(result, 0);
        for (const list of [items, JSON.parse(result.stdout).recommendations[viewer] as typeof items]) {
            assert.ok(list.length > 0 && list.every(({ itemId }) => comedies.includes(itemId)));
        }
    }

    it("`up` creates both stacks, and the API and `recommend` of each apply its own filter `comedies`", async () => {
        for (const stack of [first, second]) {
            await aws.use(stack);
            await aws.configure(configuration);
            assertExit(await aws.engine("up"), 0);
            await assertComedies("1");
        }
        assert.deepEqual(await comedyFilters(), [`comedies-${first}`, `comedies-${second}`]);
    });

    it("`recommend` names the stack's filters without the suffix for an unknown filter", async () => {
        const refused = await aws.runbook("recommend", "1", "--filter", "dramas");
        assertExit(refused, 2);
        assert.match(
            refused.stderr,
            /The stack has no filter dramas\. It has: comedies, movie-recommender-unwatched-\S+\. Add it to config filters/,
        );
    });

    it("`destroy` of one stack leaves every resource of the other stack unchanged", async () => {
        const both = await everything();
        assertExit(await aws.engine("destroy"), 0);
        assertExit(await aws.runbook("audit-leftovers"), 0);
        await aws.use(first);
        const left = await everything();
        assert.ok(left.length > 0 && left.length < both.length);
        assert.deepEqual(
            both.filter((thing) => !left.includes(thing) && !thing.includes(second)),
            [],
        );
        assertExit(await aws.engine("preview", "--refresh", "--expect-no-changes"), 0);
        // A new viewer, because the API has the first viewer's list in its cache.
        await assertComedies("2");
    });

    it("`preview` shows no change for a filter that an earlier release deployed without the suffix", async () => {
        const [physical, name] = [`comedies-${first}`, "comedies"];
        const { filterArn } =
            (await aws.personalize.listFilters({})).Filters?.find((one) => one.name === physical) ?? {};
        const { filter } = await aws.personalize.describeFilter({ filterArn });
        const { tags } = await aws.personalize.listTagsForResource({ resourceArn: filterArn });
        const { datasetGroupArn, filterExpression } = filter ?? {};
        await aws.personalize.createFilter({ name, datasetGroupArn, filterExpression, tags });
        await aws.personalize.deleteFilter({ filterArn });
        const file = at("state.json");
        assertExit(await aws.pulumi("stack", "export", "--file", file), 0);
        const state = (await readFile(file, "utf8")).replaceAll(physical, name);
        await writeFile(file, state.replaceAll(/,?\s*"formerName": "comedies"/g, ""));
        assertExit(await aws.pulumi("stack", "import", "--file", file), 0);
        assertExit(await aws.engine("preview", "--expect-no-changes"), 0);
        const result = await aws.runbook("recommend", "1", "--filter", name, "--json");
        assertExit(result, 0);
    });

    it("`up` gives that filter the suffix when its expression changes", async () => {
        const comedies = 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Like")';
        await aws.configure({ ...configuration, filters: { comedies } });
        const { plan } = await applied(aws);
        assert.ok(plan.update?.includes("Function"), JSON.stringify(plan));
        assert.deepEqual(await comedyFilters(), [`comedies-${first}`]);
    });

    it("`recommend` names the commands that restore a filter which a user deleted by hand", async () => {
        await aws.personalize.deleteFilter({ filterArn: `${personalizeArn}:filter/comedies-${first}` });
        const failed = await aws.runbook("recommend", "1", "--filter", "comedies");
        assertExit(failed, 1);
        assert.match(failed.stderr, /Filter comedies-\S+ was deleted outside Pulumi\..* pulumi refresh && pulumi up/);
    });
});
