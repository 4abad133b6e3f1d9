import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { PersonalizeRuntime } from "@aws-sdk/client-personalize-runtime";
import { S3 } from "@aws-sdk/client-s3";
import { until } from "../support/until.ts";

const region = "eu-central-1";
const credentials = { accessKeyId: "test", secretAccessKey: "test" };

/** The programs that run the services and the project, outside this repository. */
export interface Programs {
    /** Python with moto. */
    readonly python: string;
    readonly node: string;
    /** Options of Node.js. */
    readonly options?: readonly string[];
    readonly env: NodeJS.ProcessEnv;
}

/** S3 and Personalize for a project. */
export interface Services {
    readonly motoUrl: string;
    /** Address of local-personalize. */
    readonly url: string;
    stop(): void;
}

/** Starts moto on a port, and the local-personalize that a project has installed. */
export async function startServices(project: string, port: number, programs: Programs): Promise<Services> {
    const { python, node, options = [], env } = programs;
    const moto = spawn(python, ["-m", "moto.server", "-p", String(port)], { stdio: "ignore" });
    const motoUrl = `http://127.0.0.1:${port}`;
    await until("moto answers", async () => (await fetch(motoUrl).catch(() => undefined))?.ok);
    const program = join("node_modules", "local-personalize", "bin.js");
    const data = join(project, ".local-personalize", String(port));
    const settings = ["--port", "0", "--speed", "instant", "--s3-endpoint", motoUrl, "--region", region];
    const args = [...options, program, ...settings, "--folder", data, "--account", "123456789012"];
    const keys = { AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" };
    const served = spawn(node, args, { cwd: project, env: { ...env, ...keys } });
    let errors = "";
    served.stderr.on("data", (text) => (errors += text));
    const [line] = await Promise.race([
        once(served.stdout, "data"),
        once(served, "exit").then(() => assert.fail(errors)),
    ]);
    const stop = () => {
        served.kill("SIGINT");
        moto.kill();
    };
    return { motoUrl, url: /http:\/\/127\.0\.0\.1:\d+/.exec(String(line))?.[0] ?? "", stop };
}

/** Writes interactions of 60 users with 90 items, and a file of users, into a new bucket. Returns the interactions' location. */
export async function putInteractions({ motoUrl }: Services, bucket: string): Promise<string> {
    const s3 = new S3({ endpoint: motoUrl, region, credentials, forcePathStyle: true });
    const rows = Array.from({ length: 2000 }, (_, n) => `u${n % 60},i${(n * n + 7 * n) % 90},${1_700_000_000 + n}`);
    const CreateBucketConfiguration = { LocationConstraint: region } as const;
    await s3.createBucket({ Bucket: bucket, CreateBucketConfiguration });
    const Body = `USER_ID,ITEM_ID,TIMESTAMP\n${rows.join("\n")}\n`;
    await s3.putObject({ Bucket: bucket, Key: "interactions.csv", Body });
    await s3.putObject({ Bucket: bucket, Key: "users.json", Body: '{"userId":"u7"}\n' });
    s3.destroy();
    return `s3://${bucket}/interactions.csv`;
}

/** Returns five items that a campaign recommends to a user of `putInteractions`. */
export async function recommendations(
    { url }: Services,
    campaignArn: string,
): Promise<readonly (string | undefined)[]> {
    const runtime = new PersonalizeRuntime({ endpoint: url, region, credentials });
    const { itemList = [] } = await runtime.getRecommendations({ campaignArn, userId: "u7", numResults: 5 });
    return itemList.map(({ itemId }) => itemId);
}
