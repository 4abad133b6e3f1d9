import { createAdmin } from "../../packages/local-aws/test/admin.ts";
import { assertExit, startTestAws } from "../support/local-aws.ts";

/** Deploys a stack on a local AWS. Returns functions that run runbooks and read the stack's state. */
export async function startOperated() {
    const aws = await startTestAws();
    try {
        assertExit(await aws.engine("up"), 0);
        return operated(aws, (await aws.outputs()).campaignArn ?? "");
    } catch (error) {
        await aws.stop();
        throw error;
    }
}

function operated(aws: Awaited<ReturnType<typeof startTestAws>>, campaignArn: string) {
    const admin = createAdmin(aws.instance);
    const configFile = aws.engineArgs("up").slice(1, 3);
    const runbook = (name: string, ...args: string[]) => aws.runbook(name, ...configFile, ...args);
    async function json(name: string, exitCode: number, ...args: string[]) {
        const result = await runbook(name, "--json", ...args);
        assertExit(result, exitCode);
        return { ...JSON.parse(result.stdout), stderr: result.stderr };
    }
    async function serving(): Promise<string> {
        const { campaign } = await aws.personalize.describeCampaign({ campaignArn });
        return campaign?.solutionVersionArn ?? "";
    }
    const newest = async () => (await aws.outputs()).solutionVersionArn ?? "";
    /** Returns the Personalize operations that change resources and that the service accepted during `work`. */
    async function askedDuring(work: () => Promise<unknown>): Promise<string[]> {
        const last = (await admin.requests()).at(-1)?.id ?? 0;
        await work();
        return (await admin.requests(last))
            .filter(({ outcome }) => outcome === "accepted")
            .map(({ operation }) => operation);
    }
    const held = async () => (await json("versions", 0)).held;
    /**
     * Runs `up`. `operations` are the Personalize operations that change resources and that the service accepted during
     * `up`.
     */
    async function up(): Promise<{ readonly operations: string[]; readonly stdout: string }> {
        let stdout = "";
        const operations = await askedDuring(async () => {
            const result = await aws.engine("up");
            assertExit(result, 0);
            stdout = result.stdout;
        });
        return { operations, stdout };
    }
    return { aws, admin, campaignArn, configFile, runbook, json, serving, newest, askedDuring, held, up };
}
