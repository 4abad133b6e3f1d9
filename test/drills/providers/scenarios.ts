import assert from "node:assert/strict";
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { DescribeCampaignCommand, PersonalizeClient, paginateListCampaigns } from "@aws-sdk/client-personalize";
import { kinds } from "pulumi-personalize/core";
import { root } from "../../../packages/local-aws/instance.ts";
import { type Pulumi, pulumiProject, readmeProgram } from "../../packages/pulumi-project.ts";
import {
    type Programs,
    putInteractions,
    recommendations,
    type Services,
    startServices,
} from "../../packages/services.ts";
import { awsPlugin, createByHand, pluginFolder, yamlHost } from "./tools.ts";

/** What each way of deployment gets: a folder in the project, its own services, and Pulumi. */
interface Environment {
    readonly folder: string;
    readonly services: Services;
    readonly programs: Programs;
    /** Creates the Pulumi stack. Call it after the files of the project are written. */
    stack(): Promise<Pulumi>;
}

const region = "eu-central-1";
const roleArn = "arn:aws:iam::123456789012:role/Import";
const example = (name: string, folder: string) => cpSync(join(root, "examples", name), folder, { recursive: true });

/** Runs `up`, and asserts that the campaign serves and that preview and refresh find no change. */
async function live(pulumi: Pulumi, services: Services): Promise<void> {
    await pulumi("up", "--yes", "--skip-preview");
    const { campaignArn } = JSON.parse(await pulumi("stack", "output", "--json"));
    assert.equal((await recommendations(services, campaignArn)).length, 5);
    await pulumi("preview", "--expect-no-changes");
    await pulumi("refresh", "--yes", "--expect-no-changes");
}

/** Runs `destroy`, and asserts that no campaign is left. */
async function end(pulumi: Pulumi, services: Services): Promise<void> {
    await pulumi("destroy", "--yes", "--skip-preview");
    assert.deepEqual(await campaigns(services), []);
}

/** Runs `work` with a Personalize client that calls the given services. */
async function withClient<T>({ url }: Services, work: (client: PersonalizeClient) => Promise<T>): Promise<T> {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new PersonalizeClient({ endpoint: url, region, credentials });
    return work(client).finally(() => client.destroy());
}

const campaigns = (services: Services): Promise<readonly string[]> =>
    withClient(services, async (client) => {
        const campaignArns: string[] = [];
        for await (const { campaigns = [] } of paginateListCampaigns({ client }, {})) {
            campaignArns.push(...campaigns.map(({ campaignArn = "" }) => campaignArn));
        }
        return campaignArns;
    });

async function configureData(pulumi: Pulumi, services: Services): Promise<void> {
    await pulumi("config", "set", "aws:region", region);
    await pulumi("config", "set", "--path", "data.dataLocation", await putInteractions(services, "films"));
    await pulumi("config", "set", "--path", "data.roleArn", roleArn);
}

/** Returns the operation of a preview (such as `update`) for each resource type that it changes. */
async function previewed(pulumi: Pulumi): Promise<Record<string, string>> {
    const { steps } = JSON.parse(await pulumi("preview", "--json"));
    return Object.fromEntries(
        steps
            .filter(({ op }: { op: string }) => op !== "same")
            .map(({ op, urn }: { op: string; urn: string }) => [urn.split("::")[2]?.split(":").at(-1), op]),
    );
}

/** Asserts that the state contains the role's ARN, a secret input, only encrypted. */
async function keepsSecret(pulumi: Pulumi): Promise<void> {
    const state = await pulumi("stack", "export");
    assert.ok(!state.includes(roleArn), "the state contains the secret in clear");
    assert.match(await pulumi("stack", "export", "--show-secrets"), new RegExp(roleArn));
}

/** The five ways of deployment, by name. Each throws an error if it fails. */
export const deployments: Readonly<Record<string, (environment: Environment) => Promise<void>>> = {
    /**
     * Uses the dynamic provider classes in a program in a subfolder. A change of minProvisionedTPS must be an update.
     */
    async classes({ folder, services, stack }) {
        const main = join(folder, "infra");
        mkdirSync(main, { recursive: true });
        const project = "name: films\nruntime: { name: nodejs, options: { typescript: false } }\nmain: infra/\n";
        writeFileSync(join(folder, "Pulumi.yaml"), project);
        writeFileSync(join(main, "package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
        const program = await readmeProgram("Resource by resource");
        writeFileSync(join(main, "index.ts"), program);
        const pulumi = await stack();
        await configureData(pulumi, services);
        await live(pulumi, services);
        writeFileSync(
            join(main, "index.ts"),
            program.replace("const served = {", "const served = { minProvisionedTPS: 2,"),
        );
        assert.deepEqual(await previewed(pulumi), { Campaign: "update" });
        await live(pulumi, services);
        await end(pulumi, services);
    },

    /**
     * Uses the plugin's executable in TypeScript, with the components that give access to a bucket. The plugin's schema
     * must be valid.
     */
    async executable({ folder, services, stack }) {
        example("bring-your-own-bucket", folder);
        writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
        await putInteractions(services, "own-bucket");
        const pulumi = await stack();
        const schema = JSON.parse(
            await pulumi("package", "get-schema", join(pluginFolder(dirname(folder)), "pulumi-resource-personalize")),
        );
        assert.equal(Object.keys(schema.resources).length, Object.keys(kinds).length);
        await pulumi("config", "set", "aws:region", region);
        await pulumi("config", "set", "bucketName", "own-bucket");
        // Set no bucket policy, because moto ignores conditions and would deny every read due to the statement that
        // requires TLS.
        await pulumi("config", "set", "setBucketPolicy", "false");
        await live(pulumi, services);
        await pulumi("config", "set", "minProvisionedTPS", "2");
        assert.deepEqual(await previewed(pulumi), { Campaign: "update" });
        await live(pulumi, services);
        await end(pulumi, services);
    },

    async yaml({ folder, services, stack }) {
        example("yaml", folder);
        const pulumi = await stack();
        await pulumi("config", "set", "personalize:region", region);
        await pulumi("config", "set", "dataLocation", await putInteractions(services, "films"));
        await pulumi("config", "set", "--secret", "roleArn", roleArn);
        await live(pulumi, services);
        await keepsSecret(pulumi);
        await end(pulumi, services);
    },

    /** Imports, by its ARN, a campaign that boto3 created. The import must change nothing. */
    async import({ folder, services, programs, stack }) {
        createByHand(programs, services.url, services.motoUrl);
        const [campaignArn = ""] = await campaigns(services);
        const served = await recommendations(services, campaignArn);
        const solutionArn = campaignArn.replace(":campaign/", ":solution/");
        writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module", main: "index.ts" }));
        writeFileSync(
            join(folder, "Pulumi.yaml"),
            "name: films\nruntime: { name: nodejs, options: { typescript: false } }\n",
        );
        const describe = new DescribeCampaignCommand({ campaignArn });
        const { campaign } = await withClient(services, (client) => client.send(describe));
        const { solutionVersionArn } = campaign ?? {};
        const args = JSON.stringify({ region, name: "films", solutionArn, solutionVersionArn });
        writeFileSync(
            join(folder, "index.ts"),
            'import { Campaign, usePlugin } from "pulumi-personalize";\n\nusePlugin();\n' +
                `const campaign = new Campaign("films", ${args}, { import: ${JSON.stringify(campaignArn)} });\n` +
                "export const campaignArn = campaign.id;\n",
        );
        const pulumi = await stack();
        assert.deepEqual(await previewed(pulumi), { Stack: "create", Campaign: "import" });
        await live(pulumi, services);
        assert.deepEqual(await recommendations(services, campaignArn), served);
        await end(pulumi, services);
    },

    /** Deploys the example from the README, which has at most 20 lines. */
    async example({ folder, services, stack }) {
        example("minimal", folder);
        const program = readFileSync(join(folder, "index.ts"), "utf8");
        assert.equal(program, await readmeProgram("From a file in S3 to a campaign"));
        assert.ok(program.trim().split("\n").length <= 20, "the example has more than 20 lines");
        writeFileSync(join(folder, "package.json"), JSON.stringify({ type: "module" }));
        const pulumi = await stack();
        await configureData(pulumi, services);
        await live(pulumi, services);
        await end(pulumi, services);
    },
};

/** Runs one way of deployment in its own folder of the project, with its own services. */
export async function runDeployment(name: string, project: string, programs: Programs, port: number): Promise<void> {
    const folder = join(project, name);
    mkdirSync(folder, { recursive: true });
    const services = await startServices(project, port, programs);
    try {
        const path = [pluginFolder(project), yamlHost, awsPlugin];
        const stack = () => pulumiProject(folder, join(project, "homes", name), programs, services, path);
        await deployments[name]?.({ folder, services, programs, stack });
    } finally {
        services.stop();
    }
}
