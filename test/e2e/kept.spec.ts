import assert from "node:assert/strict";
import { join } from "node:path";
import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { listEverything } from "../support/inventory.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";
import { createProgram, pluginFolder, programIn, type SmallProgram } from "../support/small-program.ts";

interface Recorded {
    readonly urn: string;
    readonly id?: string;
    readonly type: string;
    readonly delete?: boolean;
    readonly inputs?: Readonly<Record<string, unknown>>;
}

/** Ordinary uses of Pulumi that must delete no resource that nobody asked to delete. */
describe("Resources that a Pulumi command is not asked to delete", () => {
    let aws: TestAws;
    let films: SmallProgram;
    let original: readonly string[];
    before(async () => {
        aws = await startTestAws();
        films = await createProgram(aws, "films", join(import.meta.dirname, "kept"));
        await films.succeeds("config", "set", "plugin", "true");
        await films.succeeds("up", "--yes", "--skip-preview");
        original = await personalize();
    });
    after(() => aws?.stop());

    const personalize = async () =>
        (await listEverything(aws)).filter((thing) => !/^(S3-bucket|IAM-role|SSM-parameter) /.test(thing)).sort();
    const recorded = async (): Promise<readonly Recorded[]> =>
        JSON.parse(await films.succeeds("stack", "export")).deployment.resources ?? [];
    const find = async (kind: string) =>
        (await recorded()).find(({ type, delete: isPending }) => type.endsWith(`:${kind}`) && !isPending) ??
        assert.fail(kind);
    const text = ({ stdout, stderr }: { stdout: string; stderr: string }) => `${stdout}\n${stderr}`;
    /** Returns the names of the changing calls of Personalize that the work made. */
    async function changesDuring(work: () => Promise<unknown>): Promise<string[]> {
        const admin = createAdmin(aws.instance);
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        await work();
        return (await admin.requests(last)).map(({ operation }) => operation);
    }
    const noChanges = () => films.succeeds("preview", "--expect-no-changes");
    /** Asserts that a program which starts (`true`) or stops (`false`) to use the plugin changes no resource. */
    async function assertKeptWithPlugin(plugin: "true" | "false"): Promise<void> {
        await films.succeeds("config", "set", "plugin", plugin);
        const changes = await changesDuring(() => films.succeeds("up", "--yes", "--skip-preview"));
        assert.deepEqual(changes, []);
        await films.succeeds("preview", "--refresh", "--expect-no-changes");
        assert.deepEqual(await personalize(), original);
    }

    it("a program that stops to use the plugin that created its resources changes no resource", () =>
        assertKeptWithPlugin("false"));

    it("`up --target` of a renamed dataset group keeps the old group and everything in it, and fails", async () => {
        const { urn } = await find("DatasetGroup");
        await films.succeeds("config", "set", "suffix", "2");
        const up = await films.pulumi("up", "--yes", "--skip-preview", "--target", urn);
        assertExit(up, 1);
        assert.match(
            text(up),
            /dataset group films is not deleted, because it is in use by arn:\S+:solution\/films and /,
        );
        assert.match(
            text(up),
            /aws personalize delete-solution --solution-arn arn:\S+:solution\/films --region eu-central-1/,
        );
        const [added, ...others] = (await personalize()).filter((thing) => !original.includes(thing));
        assert.match(added ?? "", /^dataset-group films2$/);
        assert.deepEqual(others, []);
        assert.ok((await recorded()).some((one) => one.urn === urn && one.delete));
    });

    it("the next whole `up` deletes the old dataset group after everything in it", async () => {
        await films.succeeds("up", "--yes", "--skip-preview");
        const left = (await personalize()).filter((thing) => original.includes(thing));
        assert.deepEqual(left, ["filter seen", "schema films"]);
        await noChanges();
        await films.succeeds("config", "rm", "suffix");
        await films.succeeds("up", "--yes", "--skip-preview");
        original = await personalize();
    });

    it("`destroy --exclude` of a campaign keeps the campaign and what it uses, and `get` reads the campaign", async () => {
        const { urn, id = "" } = await find("Campaign");
        await films.succeeds("destroy", "--yes", "--skip-preview", "--exclude", urn);
        const kept = original.filter((thing) =>
            /^(campaign|solution|version|dataset-group|dataset|schema) /.test(thing),
        );
        assert.deepEqual(await personalize(), kept);
        await films.succeeds("config", "set", "read", id);
        await films.succeeds("up", "--yes", "--skip-preview");
        assert.deepEqual(await personalize(), original);
        const { readCampaign } = JSON.parse(await films.succeeds("stack", "output", "--json"));
        assert.deepEqual(readCampaign, { name: "films", minProvisionedTPS: 1 });
        await films.succeeds("config", "rm", "read");
    });

    it("a program that starts to use the plugin changes no resource", async () => {
        await assertKeptWithPlugin("true");
        await films.succeeds("config", "set", "plugin", "false");
        await films.succeeds("up", "--yes", "--skip-preview");
    });

    it("a stack of the same name in another backend neither adopts nor deletes resources", async () => {
        const backend = `file://${join(aws.instance.dir, "another-backend")}?metadata=skip`;
        await aws.run("mkdir", [join(aws.instance.dir, "another-backend")]);
        const another = programIn(aws, join(aws.instance.dir, "films"), await pluginFolder(aws), {
            PULUMI_BACKEND_URL: backend,
        });
        await another.succeeds("stack", "init");
        const up = await another.pulumi("up", "--yes", "--skip-preview", "--continue-on-error");
        assert.notEqual(up.exitCode, 0);
        assert.match(
            text(up),
            /dataset group films already exists and does not belong to this stack: .*To use it, set the input `adopt` to arn:\S+:dataset-group\/films\. Otherwise give the new resource another name\./,
        );
        assert.match(text(up), /schema films already exists and is older than this stack, which will not delete it/);
        assert.deepEqual(await personalize(), original);
        const destroyed = await another.succeeds("destroy", "--yes", "--skip-preview");
        assert.match(destroyed, /schema films existed before this stack, so it remains in AWS/);
        assert.deepEqual(await personalize(), original);
    });

    it("`up --replace` and `state taint` keep a resource with the same name, and say so", async () => {
        const campaign = await find("Campaign");
        const replaced = await films.succeeds("up", "--yes", "--skip-preview", "--replace", campaign.urn);
        const kept =
            /arn:\S+:campaign\/films is kept: the stack uses the resource with the same name\..*deleteBeforeReplace/g;
        assert.equal(new Set(replaced.match(kept)).size, 1, replaced);
        await films.succeeds("state", "taint", (await find("Solution")).urn, "--yes");
        assert.match(await films.succeeds("up", "--yes", "--skip-preview"), /:solution\/films is kept: /);
        assert.deepEqual(await personalize(), original);
        await noChanges();
    });

    it("`up --replace` with `deleteBeforeReplace` replaces a campaign, and a solution with its campaign", async () => {
        const options = { Campaign: { deleteBeforeReplace: true }, Solution: { deleteBeforeReplace: true } };
        await films.succeeds("config", "set", "options", JSON.stringify(options));
        for (const [kind, changes] of [
            ["Campaign", ["DeleteCampaign", "CreateCampaign"]],
            [
                "Solution",
                ["DeleteCampaign", "DeleteSolution", "CreateSolution", "CreateSolutionVersion", "CreateCampaign"],
            ],
        ] as const) {
            const { urn } = await find(kind);
            const made = await changesDuring(() => films.succeeds("up", "--yes", "--skip-preview", "--replace", urn));
            assert.deepEqual(made, changes);
        }
        await films.succeeds("config", "rm", "options");
        await noChanges();
    });

    it("`destroy` deletes every resource", async () => {
        await films.succeeds("destroy", "--yes", "--skip-preview");
        assert.deepEqual(await personalize(), []);
    });
});
