import assert from "node:assert/strict";
import { AttachRolePolicyCommand, DeleteRolePolicyCommand, PutRolePolicyCommand } from "@aws-sdk/client-iam";
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
    const broken = ({ findings }: Printed) =>
        findings.flatMap(({ fault, verdict }) => (verdict === "broken" ? [fault] : []));

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

        assertExit(await aws.engine("up"), 1);
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
        const hands = { iam: aws.iam, s3: () => aws.s3, kms: new KMSClient({ region }), file: "" };
        for (const command of commands) {
            await runCommand(command, hands);
        }
        assertExit(await aws.engine("up"), 0);
        const sound = await ask(0, "--stack", aws.stack);
        assert.deepEqual([sound.verdict, broken(sound), sound.firstBroken], ["sound", [], null]);
    });

    it("takes a role and a bucket of people who do not use this program, and shows the picture", async () => {
        const { roleArn = "", bucketName = "" } = await aws.outputs();
        await aws.s3.send(new DeleteBucketPolicyCommand({ Bucket: bucketName }));
        await aws.iam.send(
            new DeleteRolePolicyCommand({ RoleName: roleArn.split("/").at(-1), PolicyName: "read-interactions" }),
        );
        const args = ["runbooks/diagnose-access.ts", "--role", roleArn, "--bucket", bucketName];
        const answer = await run(aws.instance, process.execPath, args, "captured");
        assertExit(answer, 1);
        assert.match(answer.stdout, /✗ {2}role policies: list and read .*◀ first broken link/);
        assert.match(answer.stdout, /! role-policy-without-document: AmazonForecastFullAccess is attached, but/);
        for (const fault of ["role-list-missing", "role-get-missing", "bucket-policy-missing"]) {
            assert.ok(answer.stdout.includes(`✗ ${fault}: `), answer.stdout);
        }
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
