import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import {
    AttachRolePolicyCommand,
    CreateAccessKeyCommand,
    CreateUserCommand,
    DeleteRolePolicyCommand,
    PutRolePolicyCommand,
} from "@aws-sdk/client-iam";
import { KMSClient } from "@aws-sdk/client-kms";
import { DeleteBucketPolicyCommand } from "@aws-sdk/client-s3";
import { run } from "../../packages/local-aws/pulumi.ts";
import type { Diagnosis } from "../../runbooks/lib/access/diagnose.ts";
import { runCommand } from "../drills/access/commands.ts";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";

type Printed = Omit<Diagnosis, "firstBroken"> & { readonly firstBroken: string | null };

describe("diagnose-access on the real engine", () => {
    let aws: TestAws;
    before(async () => {
        aws = await startTestAws();
    });
    after(() => aws?.stop());

    const ask = async (exitCode: number, ...args: string[]): Promise<Printed> => {
        const answer = await run(
            aws.instance,
            process.execPath,
            ["runbooks/diagnose-access.ts", "--json", ...args],
            "captured",
        );
        assertExit(answer, exitCode);
        return JSON.parse(answer.stdout) as Printed;
    };
    const shown = async (exitCode: number, ...args: string[]): Promise<string> => {
        const answer = await run(aws.instance, process.execPath, ["runbooks/diagnose-access.ts", ...args], "captured");
        assertExit(answer, exitCode);
        return answer.stdout;
    };
    const broken = ({ findings }: Printed) =>
        findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []));

    it("calls a stack without a deployment not deployed, and names no fault", async () => {
        const text = await shown(4, "--stack", aws.stack);
        assert.match(text, /^Stack \S+ is not deployed yet: .*\nFix: pulumi up --stack \S+\n/);
    });

    it("names what keeps an import of the stack from reading, before the job and after it", async () => {
        assertExit(await aws.engine("up", "--target", "**DataBucket**", "--target", "**PersonalizeAccess**"), 0);
        const deny = { Version: "2012-10-17", Statement: [{ Effect: "Deny", Action: "s3:GetObject", Resource: "*" }] };
        await aws.iam.send(
            new PutRolePolicyCommand({
                RoleName: `AmazonPersonalize-ExecutionRole-${aws.stack}`,
                PolicyName: "somebody-elses",
                PolicyDocument: JSON.stringify(deny),
            }),
        );
        // The first is in nearly every notebook; of the second this local AWS has no document.
        for (const policy of ["service-role/AmazonPersonalizeFullAccess", "AmazonForecastFullAccess"]) {
            await aws.iam.send(
                new AttachRolePolicyCommand({
                    RoleName: `AmazonPersonalize-ExecutionRole-${aws.stack}`,
                    PolicyArn: `arn:aws:iam::aws:policy/${policy}`,
                }),
            );
        }
        const early = await ask(1, "--stack", aws.stack);
        assert.deepEqual([early.firstBroken, broken(early)], ["role policies: list and read", ["role-deny"]]);

        const failed = await aws.engine("up");
        assertExit(failed, 1);
        assert.match(
            failed.stdout + failed.stderr,
            /Find the cause with: npm run diagnose-access -- --job arn:aws:personalize:/,
        );
        const late = await ask(1, "--stack", aws.stack);
        assert.deepEqual(broken(late), ["role-deny"]);
        const job = late.links.find(({ link }) => link === "import job result");
        assert.match(job?.detail ?? "", /Insufficient privileges for accessing data in Amazon S3/);
    });

    it("is repaired by exactly the command that it prints", async () => {
        const { fixes } = await ask(1, "--stack", aws.stack);
        const commands = fixes.flatMap((fix) => fix.commands);
        assert.match(commands.join("\n"), /^aws iam put-role-policy .*--policy-name somebody-elses .*NotResource/);
        assert.doesNotMatch(commands.join("\n"), /delete-|detach-/);
        const folder = join(aws.instance.dir, "access-fix");
        await ask(0, "--stack", aws.stack, "--write", folder);
        const saved = await readdir(folder);
        assert.deepEqual(saved.toSorted(), [
            "01-iam-put-role-policy-before.json",
            "01-iam-put-role-policy.json",
            "apply.sh",
            "undo.sh",
        ]);
        assert.match(await readFile(join(folder, "01-iam-put-role-policy.json"), "utf8"), /NotResource/);
        await assert.rejects(ask(0, "--stack", aws.stack, "--write", folder), /is not empty/);

        const hands = { iam: aws.iam, s3: () => aws.s3, kms: new KMSClient({ region }), file: "" };
        for (const command of commands) {
            await runCommand(command, hands);
        }
        assertExit(await aws.engine("up"), 0);
        const sentence = await shown(0, "--stack", aws.stack);
        assert.match(sentence, /^An import can read s3:\/\/\S+ by arn:aws:iam::\S+\.\n/);
        const sound = await ask(0, "--stack", aws.stack);
        assert.deepEqual([sound.verdict, broken(sound), sound.firstBroken], ["sound", [], null]);
    });

    it("takes a role and a bucket of people who do not use this program, and shows the picture", async () => {
        const { roleArn = "", bucketName = "" } = await aws.outputs();
        await aws.s3.send(new DeleteBucketPolicyCommand({ Bucket: bucketName }));
        await aws.iam.send(
            new DeleteRolePolicyCommand({ RoleName: roleArn.split("/").at(-1), PolicyName: "read-interactions" }),
        );
        const text = await shown(1, "--role", roleArn, "--bucket", bucketName);
        assert.match(
            text,
            /^Role policies of \S+: .*s3:ListBucket.*\nFix: AWS_REGION=eu-central-1 npm run diagnose-access -- /,
        );
        assert.match(text, /✗ {2}role policies: list and read .*◀ first broken link/);
        assert.match(text, /! role-policy-without-document: AmazonForecastFullAccess is attached, but/);
        for (const fault of ["role-other-bucket", "bucket-policy-missing"]) {
            assert.ok(text.includes(`✗ ${fault}: `), text);
        }
    });

    it("calls unknown what the caller may not read, and names the permissions", async () => {
        const { roleArn = "", bucketName = "" } = await aws.outputs();
        const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY } = await strangersKeys(aws);
        const answer = await run(
            aws.instance,
            process.execPath,
            ["runbooks/diagnose-access.ts", "--role", roleArn, "--bucket", bucketName, "--key", "a.csv"],
            "captured",
            { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY },
        );
        assertExit(answer, 4);
        const [start = ""] = answer.stdout.split("\n");
        assert.match(start, /^Nothing broken was found, but without .*iam:GetRole.* could not be checked: /);
        assert.match(start, /s3:GetBucketPolicy/);
        assert.match(
            answer.stdout,
            /\nAsk: an administrator of account 000000000000: allow arn:aws:iam::000000000000:user\/stranger that\.\n/,
        );
    });

    it("understands a pasted message without a call, and together with a diagnosis", async () => {
        const message = "More than 5 resources with PENDING or IN_PROGRESS status.";
        assert.match(
            await shown(1, "--error", message),
            /^5 imports are running.*\nNext: aws personalize list-dataset-import-jobs\n$/,
        );
        assert.match(await shown(4, "--error", "The build failed."), /^This message about an import is unknown here/);
        const { roleArn = "", bucketName = "" } = await aws.outputs();
        const both = await ask(1, "--role", roleArn, "--bucket", bucketName, "--error", message);
        assert.equal(both.firstBroken, "role policies: list and read");
    });

    it("names the account of a job that the credentials do not belong to", async () => {
        const job = `arn:aws:personalize:${region}:999999999999:dataset-import-job/x`;
        const answer = await run(
            aws.instance,
            process.execPath,
            ["runbooks/diagnose-access.ts", "--job", job],
            "captured",
        );
        assertExit(answer, 3);
        assert.match(
            answer.stderr,
            /^error: The job is in account 999999999999 \(aws\), and the credentials are of arn:/,
        );
    });

    it("reports rejected credentials as such", async () => {
        const wrong = { AWS_ACCESS_KEY_ID: "AKIAWRONGWRONGWRONG1", AWS_SECRET_ACCESS_KEY: "wrong" };
        const job = `arn:aws:personalize:${region}:000000000000:dataset-import-job/x`;
        const args = ["runbooks/diagnose-access.ts", "--job", job];
        const answer = await run(aws.instance, process.execPath, args, "captured", wrong);
        assertExit(answer, 3);
        assert.match(answer.stderr, /^error: AWS rejected the credentials/);
    });

    it("refuses half of a question, and an ARN of another kind", async () => {
        for (const args of [
            ["--role", "arn:aws:iam::000000000000:role/x"],
            ["--job", "x"],
            ["--job", "x", "--bucket", "y"],
        ]) {
            const answer = await run(
                aws.instance,
                process.execPath,
                ["runbooks/diagnose-access.ts", ...args],
                "captured",
            );
            assertExit(answer, 2);
            assert.match(answer.stderr, /^error: /);
        }
    });
});

/** Keys of a user without any permission. */
async function strangersKeys({ iam }: TestAws) {
    await iam.send(new CreateUserCommand({ UserName: "stranger" }));
    const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName: "stranger" }));
    return { AWS_ACCESS_KEY_ID: AccessKey?.AccessKeyId ?? "", AWS_SECRET_ACCESS_KEY: AccessKey?.SecretAccessKey ?? "" };
}
