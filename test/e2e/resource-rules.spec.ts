import assert from "node:assert/strict";
import { appendFile, cp, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "../../packages/local-aws/instance.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { assertExit, startTestAws, type TestAws } from "../support/local-aws.ts";

/** What somebody adds to the program who means well. */
const additions = `
const text = (Statement: object) => JSON.stringify({ Version: "2012-10-17", Statement: [Statement] });
new aws.iam.RolePolicy("wide", {
    name: "wide",
    role: config.names.role,
    policy: text({ Effect: "Allow", Action: "s3:*", Resource: "*" }),
});
`;
const made = `
new aws.s3.BucketPolicy("open", {
    bucket: data.bucketName,
    policy: data.bucketName.apply((name) =>
        JSON.stringify({
            Version: "2012-10-17",
            Statement: [{ Effect: "Allow", Principal: "*", Action: "s3:GetObject", Resource: \`arn:aws:s3:::\${name}/*\` }],
        }),
    ),
});
`;
/** What the program imports. */
const folders = ["app", "components", "config", "cost", "data-prep", "iam", "personalize"];
const reason = "an experiment of one afternoon, on data that is public";

describe("the guard rules against the real engine", () => {
    let aws: TestAws;
    let program: string;
    let original: string;
    before(async () => {
        aws = await startTestAws();
        program = join(aws.instance.dir, "program");
        await mkdir(program);
        const modules = (await readdir(root)).filter((name) => name.endsWith(".ts"));
        for (const file of [...folders, ...modules, "Pulumi.yaml", "package.json"]) {
            await cp(join(root, file), join(program, file), { recursive: true });
        }
        await symlink(join(root, "node_modules"), join(program, "node_modules"));
        original = await readFile(join(program, "index.ts"), "utf8");
    });
    after(() => aws?.stop());

    async function engine(command: "preview" | "up", addition: string) {
        await writeFile(join(program, "index.ts"), original);
        await appendFile(join(program, "index.ts"), addition);
        const result = await run(aws.instance, "pulumi", ["--cwd", program, ...aws.engineArgs(command)], "captured");
        return { ...result, text: `${result.stdout}${result.stderr}`.replaceAll(/\s+/g, " ") };
    }

    it("let the program itself pass", async () => {
        assertExit(await engine("preview", ""), 0);
    });

    it("refuse at preview what somebody adds, and say what it is", async () => {
        const preview = await engine("preview", additions);
        assertExit(preview, 1);
        assert.match(
            preview.text,
            /aws:iam\/rolePolicy:RolePolicy wide a statement allows s3:\* \(resource rule wildcard-action\)/,
        );
        assert.match(preview.text, /pulumi config set --path waivers\.wildcard-action/);
    });

    it("let it pass with a written reason, and show the reason", async () => {
        await aws.configure({ waivers: { "wildcard-action": reason } });
        const preview = await engine("preview", additions);
        assertExit(preview, 0);
        assert.match(preview.text, new RegExp(`warning: .*RolePolicy wide .*is waived \\(${reason}\\)`));
        await aws.configure();
    });

    it("refuse before it is made what is known only when the bucket is", async () => {
        const up = await engine("up", made);
        assertExit(up, 1);
        assert.match(
            up.text,
            /BucketPolicy open a statement allows access to everyone \(resource rule public-bucket\)/,
        );
        const { stdout } = await aws.pulumi("stack", "export");
        assert.doesNotMatch(stdout, /BucketPolicy::open/);
    });
});
